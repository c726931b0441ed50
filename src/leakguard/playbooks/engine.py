"""Where a response stands: replays the ledger's records of one incident against the playbook they started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.records import KeptRecord
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import OPEN, SETTLED, Move, StepState
from leakguard.playbooks.walk import Walk

STARTED, STEP_DONE, STEP_FAILED = "playbook_started", "step_done", "step_failed"
"""The kinds of the records that a response consists of; none of them is an event kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """Where one step stands."""

    id: str
    step: Step
    state: StepState
    since: datetime | None
    """When it came into this state, by the time that things happened; `None` while it waits from the start."""
    failures: int
    by: str
    """Who finished it, or failed at it, last."""
    second: str
    answers: Mapping[str, Any]
    """The form as it was answered."""

    @property
    def is_worn_out(self) -> bool:
        """Whether it failed more often than its way back allows: now a person has to decide."""
        return self.state is StepState.FAILED and self.failures > (self.step.attempts or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a whole response stands."""

    playbook: Playbook
    started_at: datetime
    steps: Mapping[str, StepProgress]
    """All steps, in the order of the file."""

    @property
    def open(self) -> tuple[StepProgress, ...]:
        """The steps that somebody can work on now."""
        return tuple(one for one in self.steps.values() if one.state in OPEN)

    @property
    def waiting(self) -> tuple[StepProgress, ...]:
        """The steps whose turn has not come."""
        return tuple(one for one in self.steps.values() if one.state is StepState.WAITING)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return all(one.state in SETTLED for one in self.steps.values())


def latest_start(records: Sequence[KeptRecord]) -> KeptRecord | None:
    """The record that began the response that counts: the last one, since a reopened incident begins again."""
    return next((record for record in reversed(records) if record.kind == STARTED), None)


def advance(playbook: Playbook, records: Sequence[KeptRecord]) -> Progress:
    """Replay `records`, all of one incident in the order of their sequence; the same records give the same progress.

    Events before the start count too: an automated step may find its event already there.
    """
    start = latest_start(records)
    if start is None:
        raise ValueError("advance() needs the record that started the playbook")
    walk = Walk(playbook, started_at=start.occurred_at.latest)
    events = {record.sequence: event_of(record) for record in records if is_event_record(record)}
    superseded = {event.corrects for event in events.values()}
    for record in records:
        if record.sequence in events:
            if events[record.sequence].id not in superseded:
                walk.note_event(events[record.sequence])
        elif record.sequence > start.sequence:
            _replay(walk, record)
    return Progress(
        playbook=playbook,
        started_at=start.occurred_at.latest,
        steps={name: _progress(walk, name, step) for name, step in playbook.steps.items()},
    )


def _replay(walk: Walk, record: KeptRecord) -> None:
    move = {STEP_DONE: Move.FINISHED, STEP_FAILED: Move.FAILED}.get(record.kind)
    if move is not None:
        walk.note_step(move, record.content, at=record.occurred_at.latest)


def _progress(walk: Walk, name: str, step: Step) -> StepProgress:
    content = walk.contents.get(name, {})
    return StepProgress(
        id=name,
        step=step,
        state=walk.states[name],
        since=walk.since.get(name),
        failures=walk.failures[name],
        by=str(content.get("by") or ""),
        second=str(content.get("second") or ""),
        answers=dict(content.get("form") or {}),
    )
