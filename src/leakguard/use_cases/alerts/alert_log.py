"""What the watchman logs of one incident: ids, levels and counts; no name of a person and no text of a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leakguard.alerts.history import Message
from leakguard.alerts.marks import is_over
from leakguard.alerts.records import Attempt
from leakguard.clocks.standing import Standing
from leakguard.logs import Value, log
from leakguard.models.alerts import ChannelSettings, setting_of


def log_evaluated(incident: str, standings: Sequence[Standing]) -> None:
    """The deadlines of an incident were evaluated."""
    if log.is_on:
        overdue = sum(is_over(one) for one in standings)
        log.debug("deadlines_evaluated", incident=incident, count=len(standings), overdue_count=overdue)


def log_raised(incident: str, messages: Iterable[Message]) -> None:
    """Each deadline of each new alert."""
    for message in messages:
        for alarm in message.alarms:
            log.info(
                "alert_raised", incident=incident, message=message.id, clock=alarm.clock, severity=alarm.severity.value
            )


def log_tried(
    subject: str, message: Message, attempt: Attempt, failure: str, channels: Sequence[ChannelSettings]
) -> None:
    """How one try ended. The kind of the channel is told and not its name, which may be that of a person."""
    if not log.is_on:
        return
    kinds = [one.kind for one in channels if one.name == setting_of(attempt.channel)]
    fields: dict[str, Value] = {"message": message.id, "chain_level": attempt.level + 1}
    fields |= {"channel_kind": kinds[0]} if kinds else {}
    fields |= {"incident": subject} if subject.startswith("IR-") else {}
    if failure:
        log.warning("alert_failed", **fields)
    else:
        log.info("alert_sent", **fields)
