"""`leakguard evidence`: the ledger, and whether it still verifies."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "verify": ("leakguard.cli.evidence.verify:verify_cmd", "Verify every entry, every finding and the end."),
        "list": ("leakguard.cli.evidence.list:list_cmd", "List the entries of the ledger with their hashes."),
    },
)
def evidence_group() -> None:
    """Verify the ledger: the append-only record of every scan, event and step.

    Each entry names the hash of the one before, so a change anywhere shows.
    """
