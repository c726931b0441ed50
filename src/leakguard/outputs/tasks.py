"""Tasks and comments: short lines, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import local_words
from leakguard.models.moments import to_z
from leakguard.models.people import who_text
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.models.comments import Comment
    from leakguard.playbooks.assignments import Assignment
    from leakguard.playbooks.engine import StepProgress
    from leakguard.use_cases.incidents.open_tasks import Task


def assignee_json(assigned: Assignment | None) -> dict[str, Any] | None:
    """Whose step it is; `None` where it is nobody's."""
    if assigned is None:
        return None
    return {"id": assigned.to.actor or None, "name": assigned.to.name, "by": assigned.by, "at": to_z(assigned.at)}


def assigned_lines(assigned: Assignment | None) -> Iterator[str]:
    """Whose step it is, as a line under it."""
    if assigned is not None:
        yield f"  assigned to {printable(assigned.to.name)}"


def owner_words(step: StepProgress, assigned: Assignment | None) -> str:
    """The role of a step, and the person to whom it was assigned."""
    return f"{step.step.owner}{f': {printable(assigned.to.name)}' if assigned is not None else ''}"


def task_lines(tasks: Sequence[Task]) -> Iterator[str]:
    """One line a step: until when, where, what, and whose it is."""
    for task in tasks:
        step = task.step
        due = local_words(task.due_at, task.incident.zone) if task.due_at is not None else "no due time"
        late = "  LATE" if task.is_late else ""
        yield f"{due}{late}  {task.incident.id}  {step.id}: {step.step.title} ({owner_words(step, task.assigned)})"


def task_json(task: Task) -> dict[str, Any]:
    """One step with all that is known of whose it is."""
    step = task.step
    return {
        "incident": task.incident.id, "incident_title": task.incident.title, "step": step.id, "title": step.step.title,
        "owner": step.step.owner, "state": step.state.value, "late": task.is_late,
        "due_at": to_z(task.due_at) if task.due_at is not None else None,
        "assigned_to": assignee_json(task.assigned), "why": task.why or None,
        "phase": step.step.phase, "action": step.step.action, "evidence": list(step.step.evidence),
        "second_person": step.step.second_person, "awaits_second": step.claim is not None,
    }  # fmt: skip


def comment_lines(comments: Sequence[Comment]) -> Iterator[str]:
    """Who wrote what, when and about which step."""
    for comment in comments:
        about = f" on {comment.step}" if comment.step else ""
        mark = "  PRIVILEGED" if comment.is_privileged else ""
        by = printable(who_text(comment.by, comment.by_source))
        yield f"E-{comment.number}  {to_z(comment.at.replace(microsecond=0))}  {by}{about}{mark}"
        for line in comment.text.splitlines() or ["(erased)"]:
            yield f"  {printable(line)}"


def comment_json(comment: Comment) -> dict[str, Any]:
    """One comment."""
    return {
        "entry": f"E-{comment.number}", "incident": comment.incident, "step": comment.step or None,
        "at": to_z(comment.at),
        "by": comment.by, "by_source": comment.by_source or None, "privileged": comment.is_privileged,
        "text": comment.text,
    }  # fmt: skip
