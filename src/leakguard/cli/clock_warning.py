"""Says that the ledger is ahead of this machine's clock: loudly for a person, in a field of its own for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from leakguard.models.moments import to_z

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.store.sql_store import SqlStore

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


def doubted(context: Context, document: dict[str, Any]) -> dict[str, Any]:
    """A JSON document, with `clock_doubt` where the ledger is ahead of this machine's clock."""
    if context.clock_doubt is None:
        return document
    from leakguard.use_cases.proofs.clock_doubts import doubt_to_json  # noqa: PLC0415  (hardly ever needed)

    return {**document, "clock_doubt": doubt_to_json(context.clock_doubt)}
