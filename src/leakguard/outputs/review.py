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
    from leakguard.use_cases.responses.review_actions import Owed


def action_json(one: Action, *, today: date) -> dict[str, Any]:
    """One action."""
    return {
        "id": one.id, "incident": one.incident, "title": one.title or None,
        "owner": {"id": one.owner.actor or None, "name": one.owner.name},
        "due": one.due.isoformat() if one.due is not None else None, "state": one.state.value,
        "late": one.is_late(today), "by": one.by, "added_at": to_z(one.added_at),
        "ended_at": to_z(one.ended_at) if one.ended_at is not None else None, "ended_by": one.ended_by or None,
        "note": one.note or None,
    }  # fmt: skip


def owed_json(one: Owed, *, today: date) -> dict[str, Any]:
    """One open action with the title of its incident."""
    return {**action_json(one.action, today=today), "late": one.is_late, "incident_title": one.incident.title}


def action_lines(actions: Sequence[Action], *, today: date) -> Iterator[str]:
    """One line an action: until when, which, what, whose."""
    for one in actions:
        state = "LATE" if one.is_late(today) else one.state.value
        title, due = printable(one.title) or "(erased)", str(one.due or "no day")
        yield f"{due:<10}  {state:<7}  {one.incident}  {one.id}: {title} ({printable(one.owner.name)})"
        if one.note:
            yield f"  {printable(one.note)}"


def review_json(found: AfterAction) -> dict[str, Any]:
    """The review: times in UTC, durations in seconds."""
    return {
        "incident": found.incident.id, "title": found.incident.title, "state": found.incident.state.value,
        "opened_at": to_z(found.incident.opened_at), "reviewed": found.is_reviewed,
        "review_due": _stamp(found.review_due),
        "measures": [_measure(one) for one in found.measures],
        "kept": [_clock(one) for one in found.kept], "missed": [_clock(one) for one in found.missed],
        "running": [_clock(one) for one in found.running],
        "late_steps": [_step(one, found.now) for one in found.steps], "step_count": found.step_count,
        "alarms": len(found.alarms),
        "unacknowledged": sum(one.acknowledged_at is None for one in found.alarms),
        "unfinished": missing_json(found.left), "lessons": [_lesson(one) for one in found.lessons],
        "actions": [action_json(one, today=found.today) for one in found.actions],
    }  # fmt: skip


def _measure(one: Measure) -> dict[str, Any]:
    start, end = one.start, one.end
    return {
        "name": one.name, "cycle": one.cycle, "seconds": one.most_seconds, "least_seconds": one.least_seconds,
        "open": one.is_open, "reversed": one.is_reversed,
        "from": to_z(start.occurred_at.earliest) if start is not None else None,
        "until": to_z(end.occurred_at.latest) if end is not None else None,
    }  # fmt: skip


def _clock(one: ClockStatus) -> dict[str, Any]:
    failed = next((earlier for earlier in one.earlier_cycles if earlier.state in FAILED), None)
    verdict = one.verdict if failed is None or one.state in FAILED else failed
    return {
        "id": one.id, "title": one.rule.title or None, "law": one.rule.law or None, "state": verdict.state.value,
        "due_at": _stamp(verdict.work_by), "ended_at": _stamp(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds, "budget_used": one.budget_used,
        "reason": one.computed.decision.reason or None if one.computed.decision is not None else None,
    }  # fmt: skip


def _step(one: StepLine, now: datetime) -> dict[str, Any]:
    late = ((one.done_at or now) - one.due_at).total_seconds() if one.due_at is not None else None
    return {
        "id": one.id, "title": one.title, "owner": one.owner or None, "due_at": _stamp(one.due_at),
        "done_at": _stamp(one.done_at), "late_by_seconds": late, "by": one.by or None,
    }  # fmt: skip


def _lesson(one: Event) -> dict[str, Any]:
    return {
        "event": one.id, "at": to_z(one.occurred_at.latest), "by": one.by or None, "source": one.source or None,
        "text": one.reason or None,
    }  # fmt: skip


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None
