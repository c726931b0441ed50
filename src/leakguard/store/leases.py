"""Leases: which of several processes does a job, and when its last whole cycle ended."""

from __future__ import annotations

from datetime import datetime

from leakguard.models.moments import from_z, to_z
from leakguard.store.connection import Connection
from leakguard.store.tables import LEASES

GONE = "(nobody)"
"""The holder of a lease that was let go."""


def take(connection: Connection, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease inside the caller's writing transaction; false while somebody else holds it.

    One that reaches far beyond what anybody asks for was made before the wall clock was set back: it binds nobody.
    """
    row = connection.first("SELECT holder, until FROM leases WHERE name = ?", name)
    if row is not None:
        kept_by, kept_until = row
        held_until = _moment(kept_until)
        longest = now + 2 * (until - now)
        if kept_by != holder and held_until is not None and now < held_until <= longest:
            return False
    put(connection, name, holder, until)
    return True


def holder_of(connection: Connection, name: str) -> str | None:
    """Who took a lease last; nobody where it was let go."""
    row = connection.first("SELECT holder FROM leases WHERE name = ?", name)
    return str(row[0]) if row is not None and row[0] != GONE else None


def put(connection: Connection, name: str, holder: str, until: datetime) -> None:
    """Give a lease to `holder`, whoever had it; the time of the last cycle stays."""
    if connection.first("SELECT 1 FROM leases WHERE name = ?", name) is None:
        connection.insert("leases", LEASES, [(name, holder, to_z(until), None)])
    else:
        connection.run("UPDATE leases SET holder = ?, until = ? WHERE name = ?", holder, to_z(until), name)


def release(connection: Connection, name: str, holder: str) -> None:
    """Let go of a lease that is still ours; the time of the last cycle stays."""
    row = connection.first("SELECT beat_at FROM leases WHERE name = ? AND holder = ?", name, holder)
    if row is None:
        return
    if row[0] is None:
        connection.run("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder)
        return
    connection.run("UPDATE leases SET holder = ?, until = ? WHERE name = ? AND holder = ?", GONE, row[0], name, holder)


def beat(connection: Connection, name: str, holder: str, *, now: datetime) -> None:
    """Keep the end of a whole cycle; a holder that lost its lease meanwhile changes nothing."""
    connection.run("UPDATE leases SET beat_at = ? WHERE name = ? AND holder = ?", to_z(now), name, holder)


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When the last whole cycle ended; `None` before the first."""
    row = connection.first("SELECT beat_at FROM leases WHERE name = ?", name)
    return _moment(row[0]) if row is not None and row[0] is not None else None


def _moment(text: str) -> datetime | None:
    """A time that somebody changed by hand is as good as none."""
    try:
        return from_z(text)
    except ValueError:
        return None
