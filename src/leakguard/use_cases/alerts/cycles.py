"""What one look of a watchman did."""

from __future__ import annotations

from datetime import datetime

from leakguard.alerts.readiness import NotReady
from leakguard.alerts.undelivered import Undelivered
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlarmMessage


class Delivery(Frozen):
    """One alert that a channel took."""

    incident: str
    message: str
    clocks: str
    role: str
    channel: str


class Cycle(Frozen):
    """What one look did."""

    at: datetime
    is_leader: bool
    """False while another watchman holds the lease: then nothing was done."""
    other_holder: str = ""
    """Who holds the lease, or held it up to this look and did not let it go."""
    last_beat: datetime | None = None
    """When the last whole cycle of any watchman ended."""
    incident_count: int = 0
    messages: tuple[AlarmMessage, ...] = ()
    """New ones."""
    missed_count: int = 0
    sent: tuple[Delivery, ...] = ()
    failures: tuple[str, ...] = ()
    """Channel and reason of each try that failed."""
    undelivered: tuple[Undelivered, ...] = ()
    """Alerts, of this look or an earlier one, that somebody should have by now and has not."""
    problems: tuple[NotReady, ...] = ()
    """Levels of an incident's own chain that reach nobody."""
    slow: frozenset[str] = frozenset()
    """Channels that are left alone, since waiting for them took long and was in vain."""
    unwatched_since: datetime | None = None
    """The begin of an outage that this look ended."""
    next_look: datetime | None = None
    is_recorded: bool = True
    """False where the store could not be written: what was done stands in the memory of this process alone."""

    @property
    def sent_count(self) -> int:
        """How many alerts were taken by a channel."""
        return len(self.sent)

    @property
    def is_takeover(self) -> bool:
        """Whether this look took the place of a watchman that fell silent."""
        return self.is_leader and bool(self.other_holder)
