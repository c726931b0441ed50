"""How the watch stands, in numbers alone, for a monitoring system: no name of an incident, a person or a channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leakguard.alerts.escalation import unacknowledged
from leakguard.alerts.history import History
from leakguard.alerts.marks import is_over, is_watched
from leakguard.alerts.records import SENT
from leakguard.clocks.clock_status import ClockStatus
from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.alerts import WatchSettings, setting_of

WORKING, FAILING, UNTRIED, UNSET = "working", "failing", "untried", "unset"
CHANNEL_STATES = (WORKING, FAILING, UNTRIED, UNSET)
"""What is known of a channel: its last try went out or failed, it was not tried yet, it lacks its secret."""


class Try(Frozen):
    """One try to give an alert to a channel."""

    channel: str
    level: int
    """Of the chain, counted from one."""
    is_sent: bool


class DeadlineTally(Frozen):
    """The deadlines that one cycle evaluated, counted."""

    by_state: Mapping[str, int] = frozen_field(default_factory=dict)
    overdue: int = 0
    """Over, and somebody still has to act; acknowledged or not."""
    next_due: datetime | None = None
    """The earliest limit that is still ahead."""
    unacknowledged: Mapping[int, int] = frozen_field(default_factory=dict)
    """Alerts that nobody has acknowledged, by the highest level that got them; 0 for nobody."""

    def plus(self, statuses: Sequence[ClockStatus], history: History, now: datetime) -> DeadlineTally:
        """With the deadlines of one more incident."""
        watched = [status for status in statuses if is_watched(status)]
        ahead = [status.work_by for status in watched if status.work_by is not None and status.work_by >= now]
        generations = {status.id: status.generation for status in watched}
        waiting = unacknowledged(history, generations, now)
        return DeadlineTally(
            by_state=Counter(self.by_state) + Counter(status.state.value for status in statuses),
            overdue=self.overdue + sum(is_over(status) for status in statuses),
            next_due=min((moment for moment in (self.next_due, *ahead) if moment is not None), default=None),
            unacknowledged=Counter(self.unacknowledged) + Counter(_level_of(history, alert.clock) for alert in waiting),
        )


def _level_of(history: History, clock: str) -> int:
    message = history.latest(clock)
    tries = message.tries if message is not None else ()
    return max((attempt.attempt.level + 1 for attempt in tries if attempt.outcome == SENT), default=0)


class WatchState(Frozen):
    """What the metrics of a watchman tell."""

    version: str
    levels: tuple[int, ...]
    """Those of the chain."""
    is_running: bool = True
    is_leader: bool = False
    is_measured: bool = False
    """Whether this watchman evaluated the incidents; one that stands by has not, and its numbers mean nothing."""
    incident_count: int = 0
    deadlines: DeadlineTally = DeadlineTally()
    next_due_in: float | None = None
    """Seconds, at the last cycle."""
    sent: Mapping[int, int] = frozen_field(default_factory=dict)
    """By level, since this process began."""
    failed: Mapping[int, int] = frozen_field(default_factory=dict)
    channels: Mapping[tuple[str, str], int] = frozen_field(default_factory=dict)
    """How many channels of a kind are in a state."""
    last_cycle: datetime | None = None
    last_heartbeat: datetime | None = None
    """When a whole cycle of this process last ended, and when its heartbeat was last written."""
    ledger_entries: int = 0
    ahead_seconds: float = 0.0
    """How far the ledger is ahead of this machine's clock; one of the two clocks is wrong."""
    store_failures: int = 0


@dataclass(slots=True, kw_only=True)
class WatchCounts:
    """Adds up what the cycles of this process did."""

    settings: WatchSettings
    unset: frozenset[str]
    """Names of channels that lack their secret."""
    sent: Counter[int] = field(default_factory=Counter)
    failed: Counter[int] = field(default_factory=Counter)
    store_failures: int = 0
    _last: dict[str, bool] = field(default_factory=dict)

    @property
    def levels(self) -> tuple[int, ...]:
        """Those of the chain, and those of an incident's own chain that were used."""
        stated = range(1, len(self.settings.escalation.levels) + 1)
        return tuple(sorted({*stated, *self.sent, *self.failed}))

    def take(self, tries: Sequence[Try]) -> None:
        """Count the tries of one cycle."""
        for attempt in tries:
            (self.sent if attempt.is_sent else self.failed)[attempt.level] += 1
            channel = setting_of(attempt.channel)
            # That one person cannot be reached says nothing of the channel.
            if attempt.is_sent or channel == attempt.channel:
                self._last[channel] = attempt.is_sent

    def channels(self) -> Mapping[tuple[str, str], int]:
        """How many channels of each kind that the settings have are in each state, also where that is none."""
        kinds = dict.fromkeys(channel.kind for channel in self.settings.channels)
        counted = Counter({(kind, state): 0 for kind in kinds for state in CHANNEL_STATES})
        for channel in self.settings.channels:
            counted[channel.kind, self._state_of(channel.name)] += 1
        return counted

    def _state_of(self, name: str) -> str:
        if name in self.unset:
            return UNSET
        was_sent = self._last.get(name)
        return UNTRIED if was_sent is None else WORKING if was_sent else FAILING
