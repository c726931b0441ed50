"""Hands alerts over to channels: a try is written down before it, its end after it, and silence is waited for once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.alerts.ahead import as_of
from leakguard.alerts.escalation import sending
from leakguard.alerts.history import History, Message, history_of
from leakguard.alerts.readiness import NotReady
from leakguard.alerts.records import Attempt, KeyedAlertRecord, end_record, try_record
from leakguard.alerts.undelivered import UndeliveredAlert
from leakguard.errors import ChannelFailed
from leakguard.frozen import Frozen, field, replace
from leakguard.models.alerts import AlertMessage, setting_of
from leakguard.models.records import KeptRecord
from leakguard.ports import Channel
from leakguard.use_cases.alerts.alert_log import log_tried
from leakguard.use_cases.alerts.watch_state import DeadlineTally, Try

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.watchman import Watchman
    from leakguard.use_cases.incidents.unknown_law import UnknownLaw


class Delivery(Frozen):
    """One alert that a channel took."""

    incident: str
    message: str
    clocks: str
    role: str
    channel: str
    person: str = ""
    """The name of who got it, where a roster says who holds the role."""


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
    subject_count: int = 0
    """Reports, transfers and sites with a deadline that runs."""
    messages: tuple[AlertMessage, ...] = ()
    """New ones."""
    missed_count: int = 0
    sent: tuple[Delivery, ...] = ()
    failures: tuple[str, ...] = ()
    """Channel and reason of each try that failed."""
    undelivered: tuple[UndeliveredAlert, ...] = ()
    """Alerts, of this look or an earlier one, that somebody should have by now and has not."""
    problems: tuple[NotReady, ...] = ()
    """Levels of an incident's own chain that reach nobody."""
    unknown: Mapping[str, Sequence[UnknownLaw]] = field(default_factory=dict)
    """By incident, duties without a clock, because nobody knows what their law said on the day."""
    slow: frozenset[str] = frozenset()
    """Channels that are left alone, since waiting for them took long and was in vain."""
    unwatched_since: datetime | None = None
    """The begin of an outage that this look ended."""
    next_look: datetime | None = None
    is_recorded: bool = True
    """False where the store could not be written: what was done stands in the memory of this process alone."""
    deadlines: DeadlineTally = DeadlineTally()
    tries: tuple[Try, ...] = ()

    @property
    def sent_count(self) -> int:
        """How many alerts were taken by a channel."""
        return len(self.sent)

    def with_try(self, channel: str, level: int, *, is_sent: bool) -> Cycle:
        """With one more try to give an alert to a channel."""
        return replace(self, tries=(*self.tries, Try(channel=channel, level=level, is_sent=is_sent)))

    @property
    def is_takeover(self) -> bool:
        """Whether this look took the place of a watchman that fell silent."""
        return self.is_leader and bool(self.other_holder)


_MOST_ROUNDS = 200
"""More tries than this in one look at one incident can only be a mistake of ours; the next look goes on."""
SLOW = timedelta(seconds=5)
"""A channel that fails after so long is left alone for the rest of a look: other messages must not wait for it."""
MOST_REASON = 300
"""Characters that are kept of what a channel says about its failure."""


class AlertSending:
    """The alerts of one subject of the ledger in one cycle."""

    def __init__(self, watchman: Watchman, subject: str, records: tuple[KeptRecord, ...], cycle: Cycle) -> None:
        self._watchman = watchman
        self._subject = subject
        self._records = records
        self._known: History | None = None
        self._cycle = cycle
        self._now = cycle.at

    @abstractmethod
    def _text(self, message: Message, *, is_repeated: bool = False) -> AlertMessage:
        """What a channel sends."""

    def _history(self) -> History:
        if self._known is None:
            self._known = as_of(history_of(self._subject, self._records), self._now)
        return self._known

    def _keep(self, keyed: Sequence[KeyedAlertRecord]) -> tuple[KeptRecord, ...]:
        """Keep what nobody has kept; what others wrote meanwhile is seen in the next cycle."""
        kept = self._watchman.store.append_once(self._subject, keyed) if keyed else ()
        if kept:
            self._records, self._known = (*self._records, *kept), None
        return kept

    def _send(self, open_clocks: Mapping[str, int]) -> None:
        """Send what is due, and again after each failure, until nothing is."""
        for _ in range(_MOST_ROUNDS):
            plan = sending(self._history(), self._watchman.settings.escalation, open_clocks, self._now)
            ends = [(message, attempt, self._try(message, attempt)) for message, attempt in plan.attempts]
            self._add(
                sent=(
                    *self._cycle.sent,
                    *(self._delivery(message, attempt) for message, attempt, why in ends if why == ""),
                ),
                failures=(
                    *self._cycle.failures,
                    *(f"{self._reached(attempt.channel)}: {why}" for _, attempt, why in ends if why),
                ),
            )
            if all(why is None for *_, why in ends):
                break
        self._look_again(plan.next_look)

    def _try(self, message: Message, attempt: Attempt) -> str | None:
        """Send once; returns why it failed, an empty text when it went out, nothing when another one sends."""
        subject, moment = self._subject, self._watchman.now()
        # Channels may be slow: whoever lost the lease meanwhile leaves the rest to the new holder.
        if not self._watchman.holds_lease(moment):
            return None
        if not self._keep((try_record(attempt, incident=subject, now=max(self._now, moment)),)):
            return None
        is_repeated = any(not tried.outcome and tried.attempt.channel == attempt.channel for tried in message.tries)
        failure = self._handed_over(attempt.channel, self._text(message, is_repeated=is_repeated))
        end = max(self._now, self._watchman.now())
        self._keep((end_record(attempt, incident=subject, now=end, failure=failure),))
        self._cycle = self._cycle.with_try(attempt.channel, attempt.level + 1, is_sent=not failure)
        log_tried(subject, message, attempt, failure, self._watchman.settings.channels)
        return failure

    def _reached(self, channel: str) -> str:
        """A channel, and the person whom it reaches alone."""
        person = self._watchman.settings.escalation.people.get(channel)
        return channel if person is None else f"{setting_of(channel)} for {person}"

    def _delivery(self, message: Message, attempt: Attempt) -> Delivery:
        clocks = ", ".join(dict.fromkeys(alarm.clock for alarm in message.alarms))
        return Delivery(
            incident=self._subject, message=message.id, clocks=clocks, role=attempt.role, channel=attempt.channel,
            person=self._watchman.settings.escalation.people.get(attempt.channel, ""),
        )  # fmt: skip

    def _handed_over(self, channel: str, text: AlertMessage) -> str:
        """Give a message to a channel; returns why that failed, or nothing. Silence is waited for once."""
        if channel in self._cycle.slow:
            return "it is left alone for now, as waiting for it was in vain"
        began = self._watchman.now()
        text = as_unrecorded(text) if self._watchman.unwritable else text
        failure = _handed_over(self._watchman.channels.get(channel), channel, text)
        if failure and self._watchman.now() - began >= SLOW:
            self._add(slow=self._cycle.slow | {channel})
        return failure

    def _own_text(
        self, message: Message, title: str, lines: Sequence[str], *, is_repeated: bool = False
    ) -> AlertMessage:  # fmt: skip
        """An alert about the watchman itself, which concerns no incident."""
        repeated = ("Sent again, because nobody knows whether it went out the first time.",) if is_repeated else ()
        is_drill = self._watchman.is_drill
        return AlertMessage(
            id=message.id, incident="", clock="", threshold=message.alarms[0].threshold, severity=message.severity,
            title=f"DRILL {title}" if is_drill else title, lines=(*lines, *repeated), due_at=None, is_drill=is_drill,
            link="leakguard watchman check",
        )  # fmt: skip

    def _add(self, **changes: Any) -> None:  # noqa: ANN401  (fields of a cycle)
        self._cycle = replace(self._cycle, **changes)

    def _look_again(self, at: datetime | None) -> None:
        self._add(next_look=min((moment for moment in (self._cycle.next_look, at) if moment is not None), default=None))


def as_unrecorded(message: AlertMessage) -> AlertMessage:
    """The message with the remark that nothing about it is recorded."""
    remark = "NOT RECORDED: the store cannot be written. This alert may come again, and nobody can acknowledge it."
    return replace(message, title=f"{message.title} (NOT RECORDED)", lines=(*message.lines, remark))


def _handed_over(channel: Channel | None, name: str, text: AlertMessage) -> str:
    """Give a message to a channel; returns why that failed, or nothing."""
    if channel is None:
        return f"no channel is called {name}"
    try:
        channel.send(text)
    except ChannelFailed as error:
        return error.message[:MOST_REASON]
    return ""
