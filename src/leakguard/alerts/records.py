"""What the watchman writes into the ledger, and the keys by which nothing of it is written twice.

| kind | tells |
| --- | --- |
| `alarm_raised` | a threshold passed, and in which message people are told |
| `alarm_missed` | a threshold passed that nobody was told of by itself, and why |
| `alarm_try` | a message is about to be given to a channel |
| `alarm_sent`, `alarm_failed` | how that ended |
| `alarm_acknowledged` | somebody has seen it, until when that holds |
| `escalation_set` | the chain of roles that holds for the incident |
| `watchman_outage` | nobody watched between two moments |
| `watchman_takeover` | a watchman took the place of another one that fell silent |
| `channel_tested` | somebody tried a channel out, and whether it took the message |
| `clock_step` | the wall clock jumped against the clock that only grows |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.alerts import Alert, EscalationLevel, Severity
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.records import Record

RAISED, MISSED = "alarm_raised", "alarm_missed"
TRY, SENT, FAILED = "alarm_try", "alarm_sent", "alarm_failed"
ACKNOWLEDGED, CHAIN = "alarm_acknowledged", "escalation_set"
OUTAGE, CLOCK_STEP = "watchman_outage", "clock_step"
TAKEOVER, TESTED = "watchman_takeover", "channel_tested"
KEYED = frozenset({RAISED, MISSED, TRY, SENT, FAILED, CHAIN, OUTAGE, TAKEOVER})
"""What is kept once only."""
TOLD_BEFORE = "told_before"
"""Why a threshold is missed of which people were told before the clock changed."""


class KeyedAlertRecord(Frozen):
    """A record that is kept only if none of its keys is known; implements `ports.KeyedRecord`."""

    keys: tuple[str, ...]
    record: Record


class MissedThreshold(Frozen):
    """A threshold that is over and of which nobody is told by itself."""

    alarm: Alert
    reason: str
    """`offline`: it passed while nobody watched; `known_late`: before it was recorded; `told_before`: see there."""
    instead: str
    """The threshold that is told in its place; empty where there is none."""
    unwatched_since: datetime | None = None


class Attempt(Frozen):
    """One try to send one message on one channel."""

    message: str
    round: int
    """Rises when an acknowledgement runs out."""
    level: int
    role: str
    channel: str
    number: int
    """From one; rises when a try failed, or was never heard of again."""

    @property
    def place(self) -> tuple[int, int, str]:
        """Where in the chain it was made."""
        return self.round, self.level, self.channel

    @property
    def name(self) -> str:
        """What makes it unique."""
        return f"{self.message}/{self.round}/{self.level}/{self.channel}/{self.number}"


class Chain(Frozen):
    """The chain of roles that holds for an incident."""

    generation: int
    levels: tuple[EscalationLevel, ...]
    repeat: timedelta


def raised_record(alarm: Alert, *, message: str, now: datetime) -> KeyedAlertRecord:
    """The alarm in the ledger."""
    return KeyedAlertRecord(
        keys=(alarm.key,),
        record=Record(kind=RAISED, occurred_at=_at(now), content={**_content(alarm), "message": message}),
    )


def missed_record(missed: MissedThreshold, *, now: datetime) -> KeyedAlertRecord:
    """A threshold that was not told by itself; its key is taken, so that it cannot come up later."""
    content = {**_content(missed.alarm), "why": missed.reason, "instead": missed.instead}
    if missed.unwatched_since is not None:
        content |= {"offline_from": to_z(missed.unwatched_since), "offline_to": to_z(now)}
    return KeyedAlertRecord(keys=(missed.alarm.key,), record=Record(kind=MISSED, occurred_at=_at(now), content=content))


def try_record(attempt: Attempt, *, incident: str, now: datetime) -> KeyedAlertRecord:
    """Written before sending: whoever keeps it may send, nobody else."""
    return KeyedAlertRecord(
        keys=(f"try/{incident}/{attempt.name}",),
        record=Record(kind=TRY, occurred_at=_at(now), content=_attempt(attempt)),
    )


def end_record(attempt: Attempt, *, incident: str, now: datetime, failure: str = "") -> KeyedAlertRecord:
    """Written after sending: it went out, or why it did not."""
    content = {**_attempt(attempt), **({"failure": failure} if failure else {})}
    return KeyedAlertRecord(
        keys=(f"end/{incident}/{attempt.name}",),
        record=Record(kind=FAILED if failure else SENT, occurred_at=_at(now), content=content),
    )


def acknowledged_record(clocks: Sequence[str], *, by: str, until: datetime, now: datetime) -> Record:
    """Somebody has seen the alarms of these clocks."""
    return Record(
        kind=ACKNOWLEDGED,
        occurred_at=_at(now),
        content={"clocks": list(clocks), "by": by, "until": to_z(until)},
    )


def chain_record(chain: Chain, *, incident: str, now: datetime, by: str = "", reason: str = "") -> KeyedAlertRecord:
    """The chain that holds from now on; who adopted it and why, where it is not the first one."""
    content = {
        "generation": chain.generation,
        "levels": [
            {"role": level.role, "after_seconds": int(level.after.total_seconds()), "least": level.least.value}
            for level in chain.levels
        ],
        "repeat_seconds": int(chain.repeat.total_seconds()),
        **({"by": by, "reason": reason} if by else {}),
    }
    return KeyedAlertRecord(
        keys=(f"escalation/{incident}/{chain.generation}",),
        record=Record(kind=CHAIN, occurred_at=_at(now), content=content),
    )


def outage_record(incident: str, *, since: datetime, until: datetime) -> KeyedAlertRecord:
    """Nobody watched in between."""
    return KeyedAlertRecord(
        keys=(f"outage/{incident}/{to_z(since)}",),
        record=Record(
            kind=OUTAGE,
            occurred_at=Interval(earliest=since, latest=until),
            content={"from": to_z(since), "to": to_z(until), "seconds": int((until - since).total_seconds())},
        ),
    )


def takeover_record(former: str, holder: str, *, last_beat: datetime | None, now: datetime) -> KeyedAlertRecord:
    """A watchman took the place of another one that did not let go of it."""
    content = {
        "from": former, "to": holder, "at": to_z(now), "last_beat": to_z(last_beat) if last_beat is not None else None,
    }  # fmt: skip
    return KeyedAlertRecord(
        keys=(_takeover(content),), record=Record(kind=TAKEOVER, occurred_at=_at(now), content=content)
    )


def tested_record(channel: str, *, test: str, failure: str, now: datetime) -> Record:
    """A test message was given to a channel; `failure` is why it did not take it."""
    content = {"channel": channel, "test": test, "failure": failure}
    return Record(kind=TESTED, occurred_at=_at(now), content=content)


def step_record(seconds: float, *, now: datetime) -> Record:
    """The wall clock jumped; a positive number means forward."""
    return Record(kind=CLOCK_STEP, occurred_at=_at(now), content={"milliseconds": round(seconds * 1000)})


def alarm_in(content: Mapping[str, Any], *, incident: str, moment: Any) -> Alert:  # noqa: ANN401  (reads a time)
    """The alarm in a record of the ledger; `moment` reads a time or nothing."""
    return Alert(
        incident=incident,
        clock=str(content["clock"]),
        generation=int(content["generation"]),
        threshold=str(content["threshold"]),
        severity=Severity(content["severity"]),
        at=moment(str(content["at"])),
        due_at=moment(content["due_at"]),
        is_statutory=bool(content["statutory"]),
        title=str(content["title"]),
        is_from_memory=bool(content.get("from_memory")),
        again=int(content.get("again") or 0),
    )


def keys_of(kind: str, incident: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys under which the watchman keeps such a record, none for what it keeps as often as it comes.

    Of an alarm also the one without its limit, which older stores have, and which keeps none of today's back.
    Raises `KeyError`, `TypeError` and `ValueError` for a content that is none of its.
    """
    if kind in {RAISED, MISSED}:
        alarm, due = _alarm(incident, content), content["due_at"]
        again = f"/again-{content['again']}" if content.get("again") else ""
        return (f"{alarm}{again}", f"{alarm}/{due}{again}") if due else (f"{alarm}{again}",)
    if kind in {TRY, SENT, FAILED}:
        attempt = Attempt(**{name: content[field] for name, field in _ATTEMPT.items()})
        return (f"{'try' if kind == TRY else 'end'}/{incident}/{attempt.name}",)
    if kind == CHAIN:
        return (f"escalation/{incident}/{content['generation']}",)
    if kind == TAKEOVER:
        return (_takeover(content),)
    return (f"outage/{incident}/{content['from']}",) if kind == OUTAGE else ()


def _takeover(content: Mapping[str, Any]) -> str:
    return f"takeover/{content['from']}/{content['at']}"


def _alarm(incident: str, content: Mapping[str, Any]) -> str:
    return f"alarm/{incident}/{content['clock']}/{content['generation']}/{content['threshold']}"


def _content(alarm: Alert) -> dict[str, Any]:
    return {
        "clock": alarm.clock,
        "generation": alarm.generation,
        "threshold": alarm.threshold,
        "severity": alarm.severity.value,
        "at": to_z(alarm.at),
        "due_at": to_z(alarm.due_at) if alarm.due_at is not None else None,
        "statutory": alarm.is_statutory,
        "title": alarm.title,
        **({"from_memory": True} if alarm.is_from_memory else {}),
        **({"again": alarm.again} if alarm.again else {}),
    }


_ATTEMPT = {
    "message": "message", "round": "round", "level": "level", "role": "role", "channel": "channel", "number": "attempt",
}  # fmt: skip
"""What an attempt knows, and how the ledger calls it."""


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {field: getattr(attempt, name) for name, field in _ATTEMPT.items()}


def _at(now: datetime) -> Interval:
    return Interval(earliest=now, latest=now)
