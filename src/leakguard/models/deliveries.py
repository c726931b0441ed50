"""Deliveries: how the sending of one letter to one person stands. No address, no name, no word of the letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from leakguard.frozen import Frozen


class DeliveryState(StrEnum):
    """Where one letter stands; a letter that nobody began has no delivery."""

    IN_DOUBT = "in_doubt"
    """About to be handed over: from the moment before the last byte goes out until the server's answer is kept."""
    SENT = "sent"
    """The mail server answered that it has taken it."""
    REFUSED = "refused"
    """The mail server will never take it."""
    DEFERRED = "deferred"
    """The mail server did not take it this time, and has not got it."""
    SET_ASIDE = "set_aside"
    """It must not, or cannot, go by e-mail."""


OPEN_STATES = frozenset({DeliveryState.DEFERRED, DeliveryState.SET_ASIDE, DeliveryState.REFUSED})
"""The letter is surely not on its way, so that it may be handed over; a refused one only when a person says so."""


class Delivery(Frozen):
    """One letter to one person."""

    incident: str
    batch: str
    """Hex digest of what was approved."""
    key: str
    """A keyed hash of the recipient's id; whoever holds the key and the recipients' file can tell who it is."""
    state: DeliveryState
    at: datetime
    message_id: str = ""
    """Empty for a letter that is set aside."""
    digest: str = ""
    """Hex digest of the letter."""
    attempts: int = 0
    """How often its last byte went out, or was about to."""
    code: int | None = None
    """The mail server's reply code; its words are never kept, for they may hold the address."""
    queue_id: str = ""
    reason: str = ""
    """Why it is refused, deferred or set aside, or who settled a doubt; in our own words."""
    sealed: int | None = None
    """The ledger entry that vouches for it; only what was sent has one."""
    bounced: str = ""
    """The status of RFC 3463 with which it came back later, such as `5.1.1`; empty while it did not."""
    bounced_at: datetime | None = None


class DeliveryCounts(Frozen):
    """How many letters of a batch stand how."""

    by_state: Mapping[DeliveryState, int]
    bounced: int = 0

    def of(self, state: DeliveryState) -> int:
        """How many stand so."""
        return self.by_state.get(state, 0)


class Bounce(Frozen):
    """A letter that came back, or that a server says is late."""

    message_id: str
    status: str
    """As in RFC 3463; `5.0.0` where the bounce tells none."""
    is_final: bool
    """False for one that is only late."""
