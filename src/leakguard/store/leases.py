"""Leases: which of several processes does a job, and when its last whole cycle ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from leakguard.models.moments import from_z, to_z
from leakguard.store.tables import LEASES

GONE = "(nobody)"
"""The holder of a lease that was let go."""


def take(connection: Connection, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease inside the caller's writing transaction; false while somebody else holds it.

    One that reaches far beyond what anybody asks for was made before the wall clock was set back: it binds nobody.
    """
    row = _row(connection, name)
    if row is None:
        connection.execute(insert(LEASES).values(name=name, holder=holder, until=to_z(until), beat_at=None))
        return True
    held_until = _moment(row.until)
    longest = now + 2 * (until - now)
    if row.holder != holder and held_until is not None and now < held_until <= longest:
        return False
    connection.execute(update(LEASES).where(LEASES.c.name == name).values(holder=holder, until=to_z(until)))
    return True


def release(connection: Connection, name: str, holder: str) -> None:
    """Let go of a lease that is still ours; the time of the last cycle stays."""
    ours = (LEASES.c.name == name) & (LEASES.c.holder == holder)
    row = connection.execute(select(LEASES).where(ours)).first()
    if row is None:
        return
    if row.beat_at is None:
        connection.execute(delete(LEASES).where(ours))
        return
    connection.execute(update(LEASES).where(ours).values(holder=GONE, until=row.beat_at))


def beat(connection: Connection, name: str, holder: str, *, now: datetime) -> None:
    """Keep the end of a whole cycle; a holder that lost its lease meanwhile changes nothing."""
    ours = (LEASES.c.name == name) & (LEASES.c.holder == holder)
    connection.execute(update(LEASES).where(ours).values(beat_at=to_z(now)))


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When the last whole cycle ended; `None` before the first."""
    row = _row(connection, name)
    return _moment(row.beat_at) if row is not None and row.beat_at is not None else None


def _row(connection: Connection, name: str) -> Row[tuple[str, ...]] | None:
    return connection.execute(select(LEASES).where(LEASES.c.name == name)).first()


def _moment(text: str) -> datetime | None:
    """A time that somebody changed by hand is as good as none."""
    try:
        return from_z(text)
    except ValueError:
        return None
