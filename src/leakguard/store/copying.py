"""Copies every row of a store into an empty one, whichever database either is, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import islice

from leakguard.errors import NotAllowed
from leakguard.ledger.heads import Head, head_of
from leakguard.store.connection import AT_ONCE, Connection
from leakguard.store.ledger_writes import last_entry
from leakguard.store.schema import MOVED, VERSION_TABLE
from leakguard.store.tables import TABLES

OF_PROCESSES = frozenset({"leases"})
"""What belongs to processes that work on this very store: it is in no copy."""
OF_LOGINS = frozenset({"sessions", "first_links"})
"""What lets somebody in. A backup leaves it out: restored, it would let in who was logged out since."""
MOVED_LEDGER = "moved_ledger"
"""The ledger's table in a store that was moved: no process that has it open still can append to it."""
Tell = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows are copied so far."""


def copy_rows(source: Connection, target: Connection, *, without: Collection[str], tell: Tell) -> Mapping[str, int]:
    """Copy each table but those `without`; how many rows each had. The caller's transactions are the frame."""
    counts = {}
    for table, columns in TABLES.items():
        if table in without:
            continue
        counts[table] = 0
        rows = source.stream(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608  (our own names)
        while some := list(islice(rows, AT_ONCE)):
            target.insert(table, columns, some)
            counts[table] += len(some)
            tell(table, counts[table])
    return counts


def refuse_used(connection: Connection, name: str) -> None:
    """Raise `NotAllowed` for a store that holds anything: a copy goes into an empty one."""
    for table in TABLES:
        if connection.first(f"SELECT 1 FROM {table} LIMIT 1") is not None:  # noqa: S608  (our own names)
            raise NotAllowed(
                f"{name} is a store that is in use", next_step="Name a place where no store is, or an empty database."
            )


def retire(connection: Connection) -> None:
    """Make sure that nothing is recorded here any more: not by a new process, and not by one that has it open."""
    connection.run(f"ALTER TABLE ledger RENAME TO {MOVED_LEDGER}")
    connection.run(f"UPDATE {VERSION_TABLE} SET version_num = ?", MOVED)  # noqa: S608  (our own name)


def head_in(connection: Connection) -> Head | None:
    """Where the ledger stands; nothing while it is empty."""
    last = last_entry(connection)
    return head_of(last) if last is not None else None
