"""Actions of a review, and the review itself: short lines, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from leakguard.clocks.verdicts import FAILED
from leakguard.models.moments import to_z
from leakguard.outputs.incident import missing_json
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.clocks.clock_status import ClockStatus
    from leakguard.models.events import Event
    from leakguard.models.review_actions import Action
    from leakguard.reports.measures import Measure
    from leakguard.reports.values import StepLine
    from leakguard.use_cases.reports.after_action import AfterAction
    from leakguard.use_cases.responses.review_actions import OwedAction


def action_json(action: Action, *, today: date) -> dict[str, Any]:
    """One action."""
    return {
        "id": action.id, "incident": action.incident, "title": action.title or None,
        "owner": {"id": action.owner.actor or None, "name": action.owner.name},
        "due": action.due.isoformat() if action.due is not None else None, "state": action.state.value,
        "late": action.is_late(today), "by": action.by, "added_at": to_z(action.added_at),
        "ended_at": to_z(action.ended_at) if action.ended_at is not None else None, "ended_by": action.ended_by or None,
        "note": action.note or None,
    }  # fmt: skip


def owed_json(action: OwedAction, *, today: date) -> dict[str, Any]:
    """One open action with the title of its incident."""
    return {**action_json(action.action, today=today), "late": action.is_late, "incident_title": action.incident.title}


def owed_lines(owed: Sequence[OwedAction]) -> Iterator[str]:
    """One line an open action: until when, where, what, and whose it is."""
    for one in owed:
        action, late = one.action, "  LATE" if one.is_late else ""
        title, due = printable(action.title) or "(erased)", str(action.due or "no due date")
        whose = f"action of a review: {printable(action.owner.name)}"
        yield f"{due}{late}  {action.incident}  {action.id}: {title} ({whose})"


def action_lines(actions: Sequence[Action], *, today: date) -> Iterator[str]:
    """One line an action: until when, which, what, whose."""
    for action in actions:
        state = "LATE" if action.is_late(today) else action.state.value
        title, due = printable(action.title) or "(erased)", str(action.due or "no day")
        yield f"{due:<10}  {state:<7}  {action.incident}  {action.id}: {title} ({printable(action.owner.name)})"
        if action.note:
            yield f"  {printable(action.note)}"


def review_json(found: AfterAction) -> dict[str, Any]:
    """The review: times in UTC, durations in seconds."""
    return {
        "incident": found.incident.id, "title": found.incident.title, "state": found.incident.state.value,
        "opened_at": to_z(found.incident.opened_at), "reviewed": found.is_reviewed,
        "review_due": _stamp(found.review_due),
        "measures": [_measure(measure) for measure in found.measures],
        "kept": [_clock(status) for status in found.kept],
        "missed": [_clock(status) for status in found.missed],
        "running": [_clock(status) for status in found.running],
        "late_steps": [_step(step, found.now) for step in found.steps], "step_count": found.step_count,
        "alarms": len(found.alarms),
        "unacknowledged": sum(alarm.acknowledged_at is None for alarm in found.alarms),
        "unfinished": missing_json(found.left), "lessons": [_lesson(lesson) for lesson in found.lessons],
        "actions": [action_json(action, today=found.today) for action in found.actions],
    }  # fmt: skip


def _measure(measure: Measure) -> dict[str, Any]:
    start, end = measure.start, measure.end
    return {
        "name": measure.name, "cycle": measure.cycle, "seconds": measure.most_seconds,
        "least_seconds": measure.least_seconds,
        "open": measure.is_open, "reversed": measure.is_reversed,
        "from": to_z(start.occurred_at.earliest) if start is not None else None,
        "until": to_z(end.occurred_at.latest) if end is not None else None,
    }  # fmt: skip


def _clock(status: ClockStatus) -> dict[str, Any]:
    failed = next((earlier for earlier in status.earlier_cycles if earlier.state in FAILED), None)
    verdict = status.verdict if failed is None or status.state in FAILED else failed
    return {
        "id": status.id, "title": status.rule.title or None, "law": status.rule.law or None,
        "state": verdict.state.value,
        "due_at": _stamp(verdict.work_by), "ended_at": _stamp(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds, "budget_used": status.budget_used,
        "reason": status.computed.decision.reason or None if status.computed.decision is not None else None,
    }  # fmt: skip


def _step(step_line: StepLine, now: datetime) -> dict[str, Any]:
    late = ((step_line.done_at or now) - step_line.due_at).total_seconds() if step_line.due_at is not None else None
    return {
        "id": step_line.id, "title": step_line.title, "owner": step_line.owner or None,
        "due_at": _stamp(step_line.due_at),
        "done_at": _stamp(step_line.done_at), "late_by_seconds": late, "by": step_line.by or None,
    }  # fmt: skip


def _lesson(event: Event) -> dict[str, Any]:
    return {
        "event": event.id, "at": to_z(event.occurred_at.latest), "by": event.by or None, "source": event.source or None,
        "text": event.reason or None,
    }  # fmt: skip


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None
