"""What an event would do to the clocks of an incident, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.moments import to_z
from leakguard.outputs.incident import event_json
from leakguard.use_cases.alerts.event_preview import ClockDifference, Preview

_NEVER = datetime.max.replace(tzinfo=UTC)


def preview_json(found: Preview, zone: str) -> dict[str, Any]:
    """The event as it would be kept, and each clock that it changes: those of laws first, the soonest limit first."""
    first = found.first_notice
    gap = (found.event.occurred_at.earliest - first).total_seconds() if first is not None else None
    return {
        "event": event_json(found.event, zone=zone), "time_doubt": found.time_doubt,
        "changes": [_change(change) for change in sorted(found.changes, key=_place)],
        "since_first_notice_seconds": gap,
    }  # fmt: skip


def _place(change: ClockDifference) -> tuple[str, bool, datetime]:
    return change.does.value, not change.after.rule.law, change.after.work_by or _NEVER


def _change(change: ClockDifference) -> dict[str, Any]:
    rule = change.after.rule
    return {
        "clock": rule.id, "title": rule.title or None, "law": rule.law or None, "soft": rule.soft,
        "does": change.does.value, "before": _then(change.before) if change.before is not None else None,
        "after": _then(change.after),
    }  # fmt: skip


def _then(status: ClockStatus) -> dict[str, Any]:
    verdict = status.verdict
    return {
        "state": status.state.value, "work_by": _stamp(verdict.work_by),
        "statutory_limit": _stamp(verdict.statutory_limit), "ended_at": _stamp(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds, "provisional": status.provisional,
    }  # fmt: skip


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None
