"""Warns of a person's word that the last look contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from leakguard.cli.options import Context
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.models.events import Event
    from leakguard.use_cases.incidents.recorded_closures import Contradiction


def contradictions_of(context: Context, incident: str, event: Event) -> tuple[Contradiction, ...]:
    """The looks that said last that findings are still open, for an event that claims closure; else none."""
    from leakguard.use_cases.incidents.playbook_closure import CLAIMS  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.recorded_closures import contradictions  # noqa: PLC0415  (`--help` must not load it)

    return contradictions(tuple(context.wiring.existing_store.read(incident))) if event.kind in CLAIMS else ()


def say_contradictions(kind: str, looks: Sequence[Contradiction]) -> None:
    """Name each look on stderr, whoever wants quiet; the word stands until somebody looks again."""
    for look in looks:
        seen = f"finding {look.finding} still open at {to_z(look.at)}, in run {look.run} from {printable(look.vantage)}"
        click.echo(f"WARNING: `{kind}` contradicts the last look, which found {seen}.", err=True)
    if looks:
        ids = " ".join(look.finding for look in looks)
        click.echo("It is recorded as a person's word; the next look that finds it open voids it.", err=True)
        click.echo(f"Next: leakguard scan verify {ids}", err=True)


def contradictions_json(looks: Sequence[Contradiction]) -> list[dict[str, Any]]:
    """The same for a script."""
    return [{"finding": look.finding, "run": look.run, "vantage": look.vantage, "at": to_z(look.at)} for look in looks]
