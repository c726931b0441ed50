"""The alerts that nobody has acknowledged, and how the watch stands, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.alerts.readiness import NotReady
from leakguard.alerts.subjects import WatchedSubject
from leakguard.alerts.undelivered import UndeliveredAlert
from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.alerts import setting_of
from leakguard.models.moments import to_z
from leakguard.models.subjects import subject_kind
from leakguard.outputs.board import WhoseIs, row_json
from leakguard.use_cases.alerts.waiting_alerts import WaitingAlert
from leakguard.use_cases.alerts.waiting_subjects import WaitingSubject
from leakguard.use_cases.alerts.watch_health import WatchHealth

WHY_NO_LEVEL, WHY_SEVERITY, WHY_NO_CHANNEL, WHY_FAILED = "no_level", "severity", "no_channel", "failed"
NEVER_RAISED = "never_raised"


def waiting_json(
    found: Sequence[WaitingAlert], others: Sequence[WaitingSubject], now: datetime, whose: WhoseIs, *, limit: int
) -> dict[str, Any]:
    """The first of them, and how many there are; `others` are those of reports, transfers and sites."""
    every: tuple[WaitingAlert | WaitingSubject, ...] = (*found, *others)
    since = [alert.since for alert in every if alert.since is not None]
    return {
        "now": to_z(now), "count": len(every), "reached_nobody": sum(not alert.reached for alert in every),
        "oldest": to_z(min(since)) if since else None, "alerts": [_alert(alert, now, whose) for alert in found[:limit]],
        "others": [_other(other) for other in others[:limit]],
    }  # fmt: skip


def _alert(alert: WaitingAlert, now: datetime, whose: WhoseIs) -> dict[str, Any]:
    return {
        "incident": alert.case.incident.id, "incident_title": alert.case.incident.title,
        "raised": alert.message is not None,
        "what": alert.message.id if alert.message is not None else alert.rows[0].clock.id,
        "clocks": [row_json(row, now, whose(row.owner)) for row in alert.rows], **_sent(alert),
    }  # fmt: skip


def _other(subject: WaitingSubject) -> dict[str, Any]:
    about, first = subject.subject, subject.statuses[0]
    return {
        "subject": about.id, "kind": subject_kind(about.id), "raised": subject.message is not None,
        "what": subject.message.id if subject.message is not None else first.id,
        "clocks": [_clock(about, status) for status in subject.statuses], **_sent(subject),
    }  # fmt: skip


def _clock(about: WatchedSubject, status: ClockStatus) -> dict[str, Any]:
    return {
        "id": status.id, "title": status.rule.title, "title_zh": about.zh.get(status.id, ""),
        "law": status.rule.law or None,
        "from_memory": status.rule.from_memory,
        "work_by": to_z(status.work_by) if status.work_by is not None else None,
        "command": about.actions.get(status.id, about.link),
    }  # fmt: skip


def _sent(alert: WaitingAlert | WaitingSubject) -> dict[str, Any]:
    """How urgent it is, and whom it reached."""
    return {
        "severity": alert.severity.value, "since": to_z(alert.since) if alert.since is not None else None,
        "thresholds": list(dict.fromkeys(alarm.threshold for alarm in alert.alarms)),
        "reached": [
            {"role": each.attempt.role, "channel": setting_of(each.attempt.channel), "at": to_z(each.at)}
            for each in alert.reached
        ],
        "unreached": [_unreached(each) for each in alert.unreached] if alert.message is not None else [_NEVER],
    }  # fmt: skip


_NEVER: Mapping[str, Any] = {"why": NEVER_RAISED, "level": None, "role": None, "failures": [], "next_try": None}


def _unreached(alert: UndeliveredAlert) -> dict[str, Any]:
    why = WHY_FAILED if alert.failures else WHY_NO_CHANNEL
    if not alert.level:
        why = WHY_SEVERITY if alert.unheard else WHY_NO_LEVEL
    return {
        "why": why, "level": alert.level or None, "role": alert.role or None,
        "failures": [{"channel": setting_of(channel), "reason": reason} for channel, reason in alert.failures],
        "next_try": to_z(alert.next_try) if alert.next_try is not None else None,
    }  # fmt: skip


def health_json(found: WatchHealth, now: datetime) -> dict[str, Any]:
    """Whether somebody watches, and what keeps alerts from people."""
    return {
        "now": to_z(now), "pulse": found.pulse.value, "watching": found.is_watching,
        "at": to_z(found.at) if found.at is not None else None, "holder": found.holder or None,
        "seconds_ago": int(found.ago.total_seconds()) if found.ago is not None else None,
        "reaches_people": not found.silencing, "problems": [_problem(problem) for problem in found.problems],
    }  # fmt: skip


def _problem(problem: NotReady) -> dict[str, Any]:
    return {"kind": problem.kind, "text": problem.text, "next_step": problem.next_step}
