"""Leases of sending: one process at a time sends the letters of an incident."""

from __future__ import annotations

from datetime import datetime, timedelta

from leakguard.errors import NotAllowed
from leakguard.store import leases
from leakguard.store.connection import Connection
from leakguard.store.holders import Holder
from leakguard.store.run_leases import take_named

TERM = timedelta(minutes=15)
"""A server may take ten minutes to answer behind the last byte of a mail (RFC 5321, 4.5.3.2.6)."""


def take(connection: Connection, incident: str, holder: Holder, *, now: datetime) -> None:
    """Hold it inside the caller's writing transaction; raises `NotAllowed` while another living process does."""
    taken = f"the letters of {incident} are being sent by"
    take_named(connection, _name(incident), holder, now=now, term=TERM, taken=taken)


def hold_on(connection: Connection, incident: str, holder: Holder | None, *, now: datetime) -> None:
    """Renew it; raises `NotAllowed` when it is somebody else's by now, or was never taken."""
    row = connection.first("SELECT holder FROM leases WHERE name = ?", _name(incident))
    if holder is None or row is None or row[0] != holder.text:
        raise NotAllowed(
            f"another process has taken over the letters of {incident}, so this one hands over nothing more",
            next_step="See how they stand: leakguard notice deliveries --incident " + incident,
        )
    leases.put(connection, _name(incident), holder.text, now + TERM)


def release(connection: Connection, incident: str, holder: Holder) -> None:
    """Let go of what is still ours."""
    leases.release(connection, _name(incident), holder.text)


def _name(incident: str) -> str:
    return f"send:{incident}"
