"""Takes content out of rows for good; the entries stay. What SQL cannot do alone is done afterwards: `scrub`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, and_, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError

from leakguard.errors import NotAllowed
from leakguard.ledger.custody import HELD
from leakguard.ledger.erasure import Erasure
from leakguard.store.tables import FINDINGS, GLANCES, LEDGER, SEEN
from leakguard.store.view_rows import rebuild

PATIENCE = 3.0
"""Seconds to wait for readers before the files are written anew; whoever waits longer is told to come back."""


def refuse_new_holds(connection: Connection, seen: int) -> None:
    """Raise `NotAllowed` if a legal hold was set since entry `seen`."""
    newest = connection.execute(select(func.max(LEDGER.c.sequence)).where(LEDGER.c.kind == HELD)).scalar()
    if newest is not None and newest > seen:
        raise NotAllowed("a legal hold was set at this very moment", next_step="Look at it, then try again.")


def erase_contents(connection: Connection, erasures: Sequence[Erasure]) -> None:
    """Put tombstones in the place of contents; raises `NotAllowed` where another process was first."""
    for one in erasures:
        erased = update(LEDGER).where(and_(LEDGER.c.sequence == one.sequence, LEDGER.c.salt.is_not(None)))
        if connection.execute(erased.values(salt=None, content=one.tombstone)).rowcount != 1:
            raise NotAllowed(
                f"the content of entry {one.sequence} was erased at this very moment",
                next_step="There is nothing to do.",
            )


def erase_findings(connection: Connection, sequences: Sequence[int], ids: Sequence[str]) -> None:
    """Remove findings, by the entries that list them or by id, and make the views without them."""
    gone = or_(FINDINGS.c.sequence.in_(sequences), FINDINGS.c.id.in_(ids))
    if connection.execute(delete(FINDINGS).where(gone)).rowcount:
        rebuild(connection)


def scrub(engine: Engine, *, patience: float) -> bool:
    """Write the database anew, so that nothing of what was erased is left in its files; whether that came to its end.

    False while another process reads or writes: the write-ahead log still holds old pages then. `patience` is in
    seconds.
    """
    try:
        return _scrub_sqlite(engine, patience) if engine.dialect.name == "sqlite" else _scrub_server(engine, patience)
    except (sqlite3.OperationalError, OperationalError) as error:
        if any(word in str(error).lower() for word in ("locked", "busy", "lock timeout")):
            return False
        raise


def _scrub_sqlite(engine: Engine, patience: float) -> bool:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
        try:
            cursor.execute("VACUUM")
            return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout={before}")
    finally:
        raw.close()


def _scrub_server(engine: Engine, patience: float) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{patience * 1000:.0f}ms'")
        try:
            for table in (LEDGER, FINDINGS, GLANCES, SEEN):
                connection.exec_driver_sql(f"VACUUM FULL {table.name}")
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True
