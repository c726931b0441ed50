"""What the ledger tells about the alarms of one incident: raised, sent, acknowledged, by which chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from leakguard.alerts.records import (
    ACKNOWLEDGED,
    CHAIN,
    FAILED,
    MISSED,
    RAISED,
    SENT,
    TOLD_BEFORE,
    TRY,
    Attempt,
    Chain,
    alarm_in,
)
from leakguard.frozen import Frozen, field
from leakguard.ledger.erasure import ERASED
from leakguard.models.alerts import Alert, EscalationLevel, Severity
from leakguard.models.moments import from_z
from leakguard.models.records import KeptRecord


class Acknowledgement(Frozen):
    """Somebody has seen the alarms of a clock; it runs out."""

    clock: str
    by: str
    at: datetime
    until: datetime
    entry: int = 0
    """Its entry in the ledger: it is behind an alert whose entry has a lower number, whatever the clocks said."""


class AttemptResult(Frozen):
    """One try, and how it ended."""

    attempt: Attempt
    at: datetime
    outcome: str = ""
    """`alarm_sent` or `alarm_failed`; empty while nobody knows."""
    ended_at: datetime | None = None
    failure: str = ""
    """Why it failed, in the words that the ledger keeps."""


class Message(Frozen):
    """Alarms that people are told of together."""

    id: str
    raised_at: datetime
    alarms: tuple[Alert, ...]
    tries: tuple[AttemptResult, ...]
    entry: int = 0
    """The entry in the ledger by which it was raised."""

    @property
    def severity(self) -> Severity:
        """That of its most urgent alarm."""
        return max((alarm.severity for alarm in self.alarms), key=lambda severity: severity.rank)

    @property
    def is_statutory(self) -> bool:
        """Whether a law's clock is among them."""
        return any(alarm.is_statutory for alarm in self.alarms)


class History(Frozen):
    """Everything about the alarms of one incident, in the order in which it was recorded."""

    incident: str
    kept: Mapping[tuple[str, int], Mapping[str, Alert]] = field(default_factory=dict)
    """Thresholds that were raised or missed, by clock and generation."""
    messages: tuple[Message, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    chain: Chain | None = None
    told_before: Mapping[tuple[str, int, str], Alert] = field(default_factory=dict)
    """By clock, generation and threshold, what an earlier generation had told already, with the limit of this one."""
    recorded: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    """When each threshold was raised or missed, by `Alert.mark`."""
    again: Mapping[str, int] = field(default_factory=dict)
    """How often each was recorded by a clock that was ahead, and not since; see `ahead.as_of`."""

    def told_of(self, clock: str, generation: int, due: datetime | None) -> Mapping[str, Alert]:
        """The thresholds on the way to this very limit that were raised or missed."""
        kept = self.kept.get((clock, generation), {})
        return {text: alarm for text, alarm in kept.items() if alarm.due_at == due}

    def latest(self, clock: str) -> Message | None:
        """The last message about a clock."""
        return next(
            (message for message in reversed(self.messages) if any(a.clock == clock for a in message.alarms)), None
        )

    def more_urgent(self, message: Message) -> Mapping[str, Message]:
        """By clock of a message, a later one that is more urgent: whoever answers the message has not seen that one."""
        clocks = dict.fromkeys(alarm.clock for alarm in message.alarms)
        latest = {clock: self.latest(clock) for clock in clocks}
        rank = message.severity.rank
        return {clock: one for clock, one in latest.items() if one is not None and one.severity.rank > rank}

    def acks_of(self, clock: str, message: Message) -> tuple[Acknowledgement, ...]:
        """Acknowledgements of a clock that were recorded after a message.

        By their entries: a message that was raised while the system clock was ahead has a later time.
        """
        return tuple(
            acknowledgement
            for acknowledgement in self.acknowledgements
            if acknowledgement.clock == clock and acknowledgement.entry > message.entry
        )

    def is_acknowledged(self, clock: str, *, since: Message, now: datetime) -> bool:
        """Whether an acknowledgement made after that message still holds."""
        return any(ack.until > now for ack in self.acks_of(clock, since))


def history_of(incident: str, records: Iterable[KeptRecord]) -> History:
    """Read the records of one incident; what an erased or foreign record no longer tells is left out."""
    reader = _HistoryReader(incident)
    for record in records:
        take = reader.takers.get(record.kind)
        if take is not None and record.content:
            with suppress(KeyError, TypeError, ValueError, AttributeError, OverflowError):
                take(record)
    return reader.history()


class _HistoryReader:
    """Collects while it reads."""

    def __init__(self, incident: str) -> None:
        self.incident = incident
        self.takers = {
            RAISED: self.raised,
            MISSED: self.missed,
            TRY: self.tried,
            SENT: self.ended,
            FAILED: self.ended,
            ACKNOWLEDGED: self.acknowledged,
            CHAIN: self.chained,
        }
        self._kept: dict[tuple[str, int], dict[str, Alert]] = {}
        self._alarms: dict[str, list[Alert]] = {}
        self._raised_at: dict[str, datetime] = {}
        self._entries: dict[str, int] = {}
        self._tries: dict[str, dict[str, AttemptResult]] = {}
        self._acks: list[Acknowledgement] = []
        self._chain: Chain | None = None
        self._told_before: dict[tuple[str, int, str], Alert] = {}
        self._recorded: dict[str, list[datetime]] = {}

    def raised(self, record: KeptRecord) -> None:
        message = str(record.content["message"])
        alarm = self._keep(record)
        self._raised_at.setdefault(message, record.occurred_at.latest)
        self._entries.setdefault(message, record.sequence)
        self._alarms.setdefault(message, []).append(alarm)

    def missed(self, record: KeptRecord) -> None:
        alarm = self._keep(record)
        if record.content.get("why") == TOLD_BEFORE:
            self._told_before[alarm.clock, alarm.generation, alarm.threshold] = alarm

    def _keep(self, record: KeptRecord) -> Alert:
        alarm = alarm_in(record.content, incident=self.incident, moment=_moment)
        self._kept.setdefault((alarm.clock, alarm.generation), {})[alarm.threshold] = alarm
        self._recorded.setdefault(alarm.mark, []).append(record.occurred_at.latest)
        return alarm

    def tried(self, record: KeptRecord) -> None:
        attempt = _attempt_in(record.content)
        self._tries.setdefault(attempt.message, {})[attempt.name] = AttemptResult(
            attempt=attempt, at=record.occurred_at.latest
        )

    def ended(self, record: KeptRecord) -> None:
        attempt = self._begun(_attempt_in(record.content))
        at = record.occurred_at.latest
        why = str(record.content.get("failure", ""))
        done = AttemptResult(attempt=attempt, at=at, outcome=record.kind, ended_at=at, failure=why)
        self._tries.setdefault(attempt.message, {})[attempt.name] = done

    def _begun(self, ended: Attempt) -> Attempt:
        """The try that an end belongs to; of one that was erased by an earlier release, the last that is open."""
        if ended.message != ERASED:
            return ended
        tries = (tried for message in self._tries.values() for tried in message.values())
        own = [tried for tried in tries if not tried.outcome and tried.attempt.place == ended.place]
        return max(own, key=lambda tried: tried.at).attempt if own else ended

    def acknowledged(self, record: KeptRecord) -> None:
        content = record.content
        until = from_z(str(content["until"]))
        for clock in content["clocks"]:
            self._acks.append(
                Acknowledgement(
                    clock=str(clock), by=str(content["by"]), at=record.occurred_at.latest, until=until,
                    entry=record.sequence,
                )
            )  # fmt: skip

    def chained(self, record: KeptRecord) -> None:
        content = record.content
        self._chain = Chain(
            generation=int(content["generation"]),
            levels=tuple(_level_in(level) for level in content["levels"]),
            repeat=timedelta(seconds=int(content["repeat_seconds"])),
        )

    def history(self) -> History:
        messages = tuple(
            Message(
                id=name,
                raised_at=self._raised_at[name],
                alarms=tuple(alarms),
                tries=tuple(self._tries.get(name, {}).values()),
                entry=self._entries[name],
            )
            for name, alarms in self._alarms.items()
        )
        return History(
            incident=self.incident,
            kept=self._kept,
            messages=messages,
            acknowledgements=tuple(self._acks),
            chain=self._chain,
            told_before=self._told_before,
            recorded={mark: tuple(times) for mark, times in self._recorded.items()},
        )


def _level_in(content: Mapping[str, Any]) -> EscalationLevel:
    return EscalationLevel(
        role=str(content["role"]),
        after=timedelta(seconds=int(content["after_seconds"])),
        least=Severity(content["least"]),
    )


def _attempt_in(content: Mapping[str, Any]) -> Attempt:
    return Attempt(
        message=str(content["message"]),
        round=int(content["round"]),
        level=int(content["level"]),
        role=str(content["role"]),
        channel=str(content["channel"]),
        number=int(content["attempt"]),
    )


def _moment(text: object) -> datetime | None:
    return from_z(str(text)) if text is not None else None
