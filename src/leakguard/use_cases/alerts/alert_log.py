"""What the watchman logs of one incident: ids, levels and counts; no name of a person and no text of a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leakguard.alerts.history import Message
from leakguard.alerts.marks import is_over
from leakguard.alerts.records import Attempt
from leakguard.clocks.clock_status import ClockStatus
from leakguard.logs import Value, log
from leakguard.models.alerts import Alert, ChannelSettings, setting_of
from leakguard.models.subjects import INCIDENT, REPORT, subject_kind


def log_evaluated(incident: str, statuses: Sequence[ClockStatus]) -> None:
    """The deadlines of an incident were evaluated."""
    if log.is_on:
        overdue = sum(is_over(status) for status in statuses)
        log.debug("deadlines_evaluated", **_subject(incident), count=len(statuses), overdue_count=overdue)


def log_raised(incident: str, messages: Iterable[Message]) -> None:
    """Each deadline of each new alert."""
    for message in messages:
        for alarm in message.alarms:
            log.info("alert_raised", **_subject(incident, alarm), message=message.id, severity=alarm.severity.value)


def log_tried(
    subject: str, message: Message, attempt: Attempt, failure: str, channels: Sequence[ChannelSettings]
) -> None:
    """How one try ended. The kind of the channel is told and not its name, which may be that of a person."""
    if not log.is_on:
        return
    kinds = [channel.kind for channel in channels if channel.name == setting_of(attempt.channel)]
    fields: dict[str, Value] = {"message": message.id, "chain_level": attempt.level + 1}
    fields |= {"channel_kind": kinds[0]} if kinds else {}
    fields |= _subject(subject)
    if failure:
        log.warning("alert_failed", **fields)
    else:
        log.info("alert_sent", **fields)


def _subject(subject: str, alarm: Alert | None = None) -> dict[str, Value]:
    """Which incident or report, and which clock of it; clocks of transfers and sites bear names of others."""
    kind = subject_kind(subject)
    if kind not in {INCIDENT, REPORT}:
        return {}
    return {kind: subject, **({"clock": alarm.clock} if alarm is not None else {})}
