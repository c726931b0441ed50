"""Takes content out of rows for good; the entries stay. What SQL cannot do alone is done afterwards: `scrub`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leakguard.errors import NotAllowed
from leakguard.store.connection import Connection
from leakguard.store.drivers import Pool
from leakguard.store.view_rows import rebuild

if TYPE_CHECKING:
    from leakguard.ledger.erasure import Erasure

PATIENCE = 3.0
"""Seconds to wait for readers before the files are written anew; whoever waits longer is told to come back."""
_TABLES = (
    "ledger", "findings", "glances", "seen", "bookmarks", "people", "sessions", "tokens", "passkeys", "idempotency",
)  # fmt: skip
_LATER = ("locked", "busy", "lock timeout", "is full")


def refuse_new_holds(connection: Connection, seen: int) -> None:
    """Raise `NotAllowed` if a legal hold was set since entry `seen`."""
    from leakguard.ledger.custody import PUT_ON_HOLD  # noqa: PLC0415  (a scan erases nothing)

    if connection.first("SELECT 1 FROM ledger WHERE kind = ? AND sequence > ? LIMIT 1", PUT_ON_HOLD, seen) is not None:
        raise NotAllowed("a legal hold was set at this very moment", next_step="Look at it, then try again.")


def erase_contents(connection: Connection, erasures: Sequence[Erasure]) -> None:
    """Put tombstones in the place of contents, and let go of what was reckoned from them.

    Raises `NotAllowed` where another process was first.
    """
    connection.run("DELETE FROM bookmarks")
    for erasure in erasures:
        found = connection.first("SELECT salt FROM ledger WHERE sequence = ?", erasure.sequence)
        if found is None or found[0] is None:
            raise NotAllowed(
                f"the content of entry {erasure.sequence} was erased at this very moment",
                next_step="There is nothing to do.",
            )
        connection.run(
            "UPDATE ledger SET salt = NULL, content = ? WHERE sequence = ?", erasure.tombstone, erasure.sequence
        )


def erase_findings(connection: Connection, sequences: Sequence[int], ids: Sequence[str]) -> None:
    """Remove findings, by the entries that list them and by id, and make the views without them."""
    before = connection.first("SELECT count(*) FROM findings")
    connection.many("DELETE FROM findings WHERE sequence = ?", [(number,) for number in sequences])
    connection.many("DELETE FROM findings WHERE id = ?", [(identifier,) for identifier in ids])
    if connection.first("SELECT count(*) FROM findings") != before:
        rebuild(connection)


def scrub(pool: Pool, *, patience: float) -> bool:
    """Write the database anew, so that nothing of what was erased is left in its files; whether that came to its end.

    False while another process reads or writes, or the disk is full: the files still hold old pages then.
    `patience` is in seconds.
    Idle connections of ours are closed first: nobody but others should be in the way.
    """
    pool.close()
    with pool.plain() as connection:
        try:
            return _scrub_file(connection, patience) if connection.is_sqlite else _scrub_server(connection, patience)
        except pool.driver.error as error:
            if any(word in str(error).lower() for word in _LATER):
                return False
            raise


def _scrub_file(connection: Connection, patience: float) -> bool:
    connection.run(f"PRAGMA busy_timeout={patience * 1000:.0f}")
    connection.run("VACUUM")
    busy = connection.first("PRAGMA wal_checkpoint(TRUNCATE)")
    return busy is not None and not busy[0]


def _scrub_server(connection: Connection, patience: float) -> bool:
    connection.run(f"SET lock_timeout = '{patience * 1000:.0f}ms'")
    for table in _TABLES:
        connection.run(f"VACUUM FULL {table}")
    return True
