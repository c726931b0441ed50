"""The response as a report shows it: every step of the playbook with who did it and against which time box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import Progress, StepProgress, latest_start
from leakguard.playbooks.states import OPEN, SETTLED, StepState
from leakguard.reports.values import PlaybookState, StepLine
from leakguard.use_cases.incidents.playbooks import response_of
from leakguard.use_cases.reports.report_story import shown


def playbook_state(incident: str, records: Sequence[KeptRecord], now: datetime) -> PlaybookState | None:
    """The response, or nothing when no playbook was started."""
    if latest_start(records) is None:
        return None
    response = response_of(incident, records, now=now)
    progress = response.progress
    playbook = progress.playbook
    return PlaybookState(
        name=playbook.playbook, title=playbook.title, version=playbook.version, tested_on=playbook.tested_on or "",
        started_at=progress.started_at,
        steps=tuple(_line(step, progress, response.due_at) for step in progress.steps.values()),
    )  # fmt: skip


def _line(step: StepProgress, progress: Progress, due_at: Mapping[str, datetime]) -> StepLine:
    return StepLine(
        id=step.id, title=step.step.title, phase=step.step.phase, owner=step.step.owner or "", state=step.state.value,
        is_settled=step.state in SETTLED, is_open=step.state in OPEN, by=_by(step), second=shown(step.second),
        ready_at=_ready_at(step, progress), done_at=step.since if step.state is StepState.DONE else None,
        due_at=due_at.get(step.id),
    )  # fmt: skip


def _by(step: StepProgress) -> str:
    """Who finished it; for an automated step what did, and by which event of the ledger."""
    return shown(f"{step.by or 'an event'} ({step.proof})" if step.proof else step.by)


def _ready_at(step: StepProgress, progress: Progress) -> datetime | None:
    """When the last step that leads to it was settled; a step that starts the playbook is ready with it."""
    before = [other for other in progress.steps.values() if step.id in other.step.next]
    if any(other.state not in SETTLED for other in before):
        return None
    ends = [other.since for other in before if other.since is not None]
    return max(ends, default=progress.started_at)
