"""`leakguard store`: backs the store up, restores it, checks it, and moves it to another database."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_PACKAGE = "leakguard.cli.store"


@click.command(
    cls=LazyGroup,
    lazy={
        "backup": (f"{_PACKAGE}.backup:backup_cmd", "Back up the store while it is in use."),
        "restore": (f"{_PACKAGE}.restore:restore_cmd", "Restore a backup to a location without a store."),
        "check": (f"{_PACKAGE}.check:check_cmd", "Show the size of the store, and verify it."),
        "move": (f"{_PACKAGE}.move:move_cmd", "Move the store to another file or database."),
    },
)
def store_group() -> None:
    """Back up, restore, check and move the store: the ledger, the findings and the kept evidence.

    Before a command ends, it verifies the copy by its ledger.
    """
