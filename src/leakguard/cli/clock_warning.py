"""Warns of the store of a command: its ledger is ahead of this machine's clock, or it is no drill's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from leakguard.models.moments import to_z

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.proofs.clock_contradictions import Contradiction

_MINUTE = len("2026-11-29T18:57")


def warn_of_clock(context: Context, store: SqlStore) -> None:
    """Warn once, also with `--quiet`, where the ledger is ahead of this machine's clock.

    A warning and no refusal: nobody is locked out at night by a clock, and nobody sets a wrong limit in silence.
    """
    head, now = store.head(), context.wiring.now()
    if context.clock_doubt is not None or head is None or head.recorded_at[:_MINUTE] <= to_z(now)[:_MINUTE]:
        return
    from leakguard.use_cases.proofs.clock_doubts import clock_doubt, doubt_text  # noqa: PLC0415  (hardly ever needed)

    context.clock_doubt = clock_doubt(store, now)
    if context.clock_doubt is not None:
        click.echo(context.repeating(doubt_text(context.clock_doubt)), err=True)


def warn_of_real_store(context: Context) -> None:
    """Warn, also with `--quiet`, where a drill goes on in a store elsewhere that is no drill's."""
    from leakguard.wiring.own_files import real_store_warning  # noqa: PLC0415  (`--help` must not load it)

    if text := real_store_warning(context.wiring.settings):
        context.warn(f"WARNING: {text}")


def contradicted(context: Context, prefix: str) -> Contradiction | None:
    """The clocks that contradict each other in the ledger and touch incidents that begin with `prefix`; says nothing.

    The JSON of this command names them from now on.
    """
    from leakguard.use_cases.proofs.clock_contradictions import contradiction  # noqa: PLC0415  (`--help` must not load it)

    found = contradiction(context.wiring.existing_store, context.wiring.now())
    context.contradiction = found.of(prefix) if found is not None else None
    return context.contradiction


def warn_of_contradiction(context: Context, found: Contradiction | None, undecided: tuple[str, ...] = ()) -> None:
    """Warn, also with `--quiet`; `undecided` are the clocks whose limit or end depends on which one was right."""
    if found is None:
        return
    from leakguard.outputs.words import printable  # noqa: PLC0415  (hardly ever needed)
    from leakguard.use_cases.proofs.clock_contradictions import contradiction_text  # noqa: PLC0415  (as above)

    for text in contradiction_text(found, undecided).splitlines():
        click.echo(context.repeating(printable(text, longest=2000)), err=True)


def doubted(context: Context, document: dict[str, Any]) -> dict[str, Any]:
    """A JSON document, with `clock_doubt` where the ledger is ahead of this machine's clock.

    With `wrong_clocks` where clocks contradict each other inside the ledger and touch what is shown.
    """
    if context.contradiction is not None:
        from leakguard.use_cases.proofs.clock_contradictions import contradiction_json  # noqa: PLC0415  (as below)

        document = {**document, "wrong_clocks": contradiction_json(context.contradiction)}
    if context.clock_doubt is None:
        return document
    from leakguard.use_cases.proofs.clock_doubts import doubt_to_json  # noqa: PLC0415  (hardly ever needed)

    return {**document, "clock_doubt": doubt_to_json(context.clock_doubt)}
