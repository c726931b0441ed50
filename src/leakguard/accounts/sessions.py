"""Sessions: how long somebody stays logged in."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from leakguard.models.accounts import SessionRow


class Kind(StrEnum):
    """Where somebody logged in."""

    WEB = "web"
    CLI = "cli"


class Limits(Frozen):
    """How long a session lasts."""

    idle: timedelta
    """Without being used."""
    absolute: timedelta
    """In all."""


LIMITS = {
    Kind.WEB: Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12)),
    Kind.CLI: Limits(idle=timedelta(hours=12), absolute=timedelta(days=7)),
}
TOUCHED_EVERY = timedelta(minutes=1)
"""A use is kept no more often, so that reading does not write each time."""


def why_over(session: SessionRow, now: datetime) -> str:
    """Why a session no longer counts; empty while it does."""
    if session.revoked_at is not None:
        return "it was ended"
    if now >= session.expires_at:
        return "it has lasted as long as a session may"
    if session.expires_at > now + 2 * LIMITS[Kind(session.kind)].absolute:  # as leases; see `store.leases.take`
        return "it began under a clock that was ahead"
    if now - session.seen_at >= LIMITS[Kind(session.kind)].idle:
        return "it was not used for too long"
    return ""


def needs_touch(session: SessionRow, now: datetime) -> bool:
    """Whether this use is to be kept."""
    return now - session.seen_at >= TOUCHED_EVERY
