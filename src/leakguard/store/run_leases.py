"""Leases of runs: one process at a time goes on with a run, and one that was killed is known to be gone.

On the same machine the list of processes decides, so a run whose process was killed is free at once.
From another machine, through a shared database, a lease that was not renewed for two minutes binds nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from leakguard.errors import NotAllowed
from leakguard.models.moments import from_z, to_z
from leakguard.store import leases
from leakguard.store.connection import Connection
from leakguard.store.holders import Holder, lives, parse_holder

TERM = timedelta(minutes=2)
"""Results are kept twice a second at best, once in the longest deadline of an endpoint at worst (under a minute)."""


def take(connection: Connection, run: str, holder: Holder, *, now: datetime) -> None:
    """Hold a run inside the caller's writing transaction; raises `NotAllowed` while another living process does."""
    take_named(connection, _name(run), holder, now=now, term=TERM, taken=f"the run {run} is in the hands of")


def take_named(
    connection: Connection, name: str, holder: Holder, *, now: datetime, term: timedelta, taken: str
) -> None:
    """Hold the lease of this name for `term`; `taken` begins the refusal and ends before "another process"."""
    row = connection.first("SELECT holder, until FROM leases WHERE name = ?", name)
    if row is not None and row[0] != holder.text and binds(row[0], row[1], now, term=term):
        other = parse_holder(row[0])
        raise NotAllowed(
            f"{taken} another process" + (f" (number {other.process})" if other else ""),
            next_step=f"Let it end, or end it. On another machine it is free again at {row[1]} unless it renews.",
        )
    leases.put(connection, name, holder.text, now + term)


def hold_on(connection: Connection, run: str, holder: Holder, *, now: datetime) -> None:
    """Renew the lease; raises `NotAllowed` when somebody else has taken the run meanwhile."""
    row = connection.first("SELECT holder FROM leases WHERE name = ?", _name(run))
    if row is None or row[0] != holder.text:
        raise NotAllowed(
            f"another process has taken over the run {run}, so this one keeps nothing more of it",
            next_step=f"Look at what it finds: leakguard scan show {run}",
        )
    leases.put(connection, _name(run), holder.text, now + TERM)


def renew(connection: Connection, held: Mapping[str, Holder], *, now: datetime) -> None:
    """Hold on to these as well, each if it is still ours."""
    for run, holder in held.items():
        until = to_z(now + TERM)
        connection.run("UPDATE leases SET until = ? WHERE name = ? AND holder = ?", until, _name(run), holder.text)


def release(connection: Connection, run: str, holder: Holder) -> None:
    """Let go of a run that is still ours."""
    leases.release(connection, _name(run), holder.text)


def at_work(connection: Connection, *, now: datetime) -> tuple[str, ...]:
    """The scans that living processes go on with, this one among them."""
    rows = connection.rows("SELECT name, holder, until FROM leases WHERE name LIKE ? ORDER BY name", f"{_name('R-')}%")
    return tuple(name.partition(":")[2] for name, holder, until in rows if binds(holder, until, now, term=TERM))


def let_go_of_killed(connection: Connection) -> tuple[str, ...]:
    """Let go of the runs of killed processes of this very machine, and name them; elsewhere one may only sleep."""
    rows = connection.rows("SELECT name, holder FROM leases WHERE name LIKE ? ORDER BY name", f"{_name('R-')}%")
    known = ((name, holder, parse_holder(holder)) for name, holder in rows)
    left = {
        name: holder
        for name, holder, holder_of_run in known
        if holder_of_run is not None and lives(holder_of_run) is False
    }
    for name, holder in left.items():
        leases.release(connection, name, holder)
    return tuple(name.partition(":")[2] for name in left)


def binds(holder: str, until: str, now: datetime, *, term: timedelta) -> bool:
    """Whether a lease of another process still counts.

    A term far beyond what anybody asks for was given before the clock was set back: it binds nobody.
    """
    known = parse_holder(holder)
    alive = lives(known) if known is not None else None
    if alive is not None:
        return alive
    try:
        return now < from_z(until) <= now + 2 * term
    except ValueError:
        return False


def _name(run: str) -> str:
    return f"run:{run}"
