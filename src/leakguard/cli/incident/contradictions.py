"""Warns of a person's word that the last look contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leakguard.models.events import Event
from leakguard.outputs.incident import contradiction_lines
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.odd_times import odd_time

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.models.events import Event
    from leakguard.use_cases.incidents.recorded_closures import Contradiction


def contradictions_of(context: Context, incident: str, event: Event) -> tuple[Contradiction, ...]:
    """The looks that said last that findings are still open, for an event that claims closure; else none."""
    from leakguard.use_cases.incidents.playbook_closure import CLAIMS  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.recorded_closures import contradictions  # noqa: PLC0415  (`--help` must not load it)

    return contradictions(tuple(context.wiring.existing_store.read(incident))) if event.kind in CLAIMS else ()


def say_contradictions(context: Context, kind: str, looks: Sequence[Contradiction]) -> None:
    """Name each look on stderr, whoever wants quiet."""
    for line in contradiction_lines(kind, looks):
        context.warn(line)


_NAMED = ("obligation", "stage")


def warn_of_odd_time(context: Context, identifier: str, event: Event) -> str | None:
    """Warn, also with `--quiet`, of a time that nobody can have meant; returns what is odd."""
    odd = odd_time(context.wiring.existing_store, identifier, event)
    if odd is not None:
        mend = f"leakguard incident event {identifier} {event.kind} --corrects {event.id} --at TIME --reason TEXT"
        given = "".join(f" --{name} {printable(str(event.fields[name]))}" for name in _NAMED if event.fields.get(name))
        context.warn(f"WARNING: {odd}\n  If not, correct it: {mend}{given}")
    return odd
