"""Where a response stands: replays the ledger's records of one incident against the playbook they started."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.people import by_source, signatory_of
from leakguard.models.records import KeptRecord
from leakguard.playbooks.definitions import from_snapshot
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED, Acts, MachineRun
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import OPEN, SETTLED, Move, StepState
from leakguard.playbooks.walk import Replay

STARTED, MIGRATED = "playbook_started", "playbook_migrated"
STEP_DONE, STEP_FAILED, STEP_WAIVED = "step_done", "step_failed", "step_waived"
STEP_CLAIMED = "step_claimed"
"""What one person did and a second one has to confirm."""
STEP_TAKEN_BACK = "step_taken_back"
"""The kinds of the records of a response, beside those of `machine_runs`; none of them is an event kind."""
_TOLD = {STEP_DONE: Move.FINISHED, STEP_FAILED: Move.FAILED, STEP_WAIVED: Move.WAIVED}


class StepProgress(Frozen):
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
    rounds: int = 0
    """How often its answer asked for another round."""
    run: MachineRun | None = None
    """The last act of a machine on it."""
    reason: str = ""
    """Why it was recorded late, or is not needed."""
    by_source: str = ""
    """Where the name in `by` comes from, see `people.BySource`."""
    by_id: str = ""
    """The id of whoever recorded it under this name."""
    proof: str = ""
    """The event that finished an automated step, such as `E-12`."""
    claim: KeptRecord | None = None
    """What one person said of it, while it awaits a second one."""
    evidence: tuple[str, ...] = ()
    """What proved it, as its record has it: `config_before: EV-12`."""

    @property
    def is_worn_out(self) -> bool:
        """Whether it failed, or went round, more often than it may: now a person has to decide."""
        if self.state is not StepState.FAILED:
            return False
        repeat = self.step.repeat
        return self.failures > (self.step.attempts or 0) or (repeat is not None and self.rounds >= repeat.at_most)


class Progress(Frozen):
    """Where a whole response stands."""

    playbook: Playbook
    started_at: datetime
    started_by: int
    """The sequence of the record that began it; with the step's name and a number it makes a key for each act."""
    steps: Mapping[str, StepProgress]
    """All steps, in the order of the file."""

    @property
    def open(self) -> tuple[StepProgress, ...]:
        """The steps that somebody can work on now."""
        return tuple(step for step in self.steps.values() if step.state in OPEN)

    @property
    def waiting(self) -> tuple[StepProgress, ...]:
        """The steps whose turn has not come."""
        return tuple(step for step in self.steps.values() if step.state is StepState.WAITING)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return all(step.state in SETTLED for step in self.steps.values())


def latest_start(records: Sequence[KeptRecord]) -> KeptRecord | None:
    """The record that began the response that counts: the last one, since a reopened incident begins again."""
    return next((record for record in reversed(records) if record.kind == STARTED), None)


def latest_playbook(records: Sequence[KeptRecord]) -> KeptRecord | None:
    """The record that holds the playbook that applies now: that of the start, or of the last move to another one."""
    start = latest_start(records)
    if start is None:
        return None
    return next(record for record in reversed(records) if record.kind == MIGRATED or record is start)


def advance(playbook: Playbook, records: Sequence[KeptRecord]) -> Progress:
    """Replay `records`, all of one incident in the order of their sequence; the same records give the same progress.

    `playbook` is the one that applies now; if the response was moved to it, the one that it began with is read out of
    the records. Events before the start count too: an automated step may find its event already there.
    """
    start = latest_start(records)
    if start is None:
        raise ValueError("advance() needs the record that started the playbook")
    is_moved = latest_playbook(records) is not start
    first = _kept_playbook(start) if is_moved else playbook
    walk = Replay(first, started_at=start.occurred_at.latest)
    events = {record.sequence: event_of(record) for record in records if is_event_record(record)}
    superseded = {event.corrects for event in events.values()}
    acts = Acts(events)
    for record in records:
        if record.sequence in events:
            if events[record.sequence].id not in superseded:
                note = walk.note_event if record.sequence > start.sequence else walk.note_earlier
                note(events[record.sequence])
        elif record is start:
            walk.settle()
        elif record.sequence > start.sequence:
            _replay(walk, acts.as_it_counts(record, walk.playbook))
    return Progress(
        playbook=walk.playbook,
        started_at=start.occurred_at.latest,
        started_by=start.sequence,
        steps={name: _progress(walk, name, step) for name, step in walk.playbook.steps.items()},
    )


def _replay(walk: Replay, record: KeptRecord) -> None:
    at = record.occurred_at.latest
    if record.kind in _TOLD:
        walk.note_step(_TOLD[record.kind], record.content, at=at)
    elif record.kind == STEP_CLAIMED:
        walk.note_claim(record)
    elif record.kind == STEP_TAKEN_BACK:
        walk.take_back(str(record.content.get("step")), at=at)
    elif record.kind == RUN_BEGUN:
        walk.note_begun(record.content, at=at)
    elif record.kind == RUN_ENDED:
        walk.note_ended(record.content, at=at)
    elif record.kind == MIGRATED:
        walk.adopt(_kept_playbook(record), at=at)


def _kept_playbook(record: KeptRecord) -> Playbook:
    return from_snapshot(record.content.get("playbook"), name=f"the playbook of {record.subject}")


def _progress(walk: Replay, name: str, step: Step) -> StepProgress:
    story = walk.steps[name]
    content = story.content
    return StepProgress(
        id=name,
        step=step,
        state=story.state,
        since=story.since,
        failures=story.failures,
        by=str(content.get("by") or ""),
        second=str(content.get("second") or ""),
        answers=dict(content.get("form") or {}),
        rounds=story.rounds,
        run=story.run,
        reason=str(content.get("reason") or ""),
        by_source=by_source(content),
        by_id=signatory_of(content).actor,
        proof=str(content.get("proof") or ""),
        claim=story.claim,
        evidence=tuple(map(str, content.get("evidence") or ())),
    )


def taken_back(records: Iterable[KeptRecord]) -> frozenset[int]:
    """The sequences of records that count no more, as somebody took back what was said of the step; they come in order.

    Taking back undoes what was said of the step last: a claim that awaited its second person, or else the record that
    settled the step. What an earlier round said of it, or an earlier response, goes on to count.
    """
    said: defaultdict[str, list[int]] = defaultdict(list)
    claimed: dict[str, int] = {}
    gone = set[int]()
    for record in records:
        step = str(record.content.get("step"))
        if record.kind in {STEP_DONE, STEP_WAIVED}:
            claimed.pop(step, None)
            said[step].append(record.sequence)
        elif record.kind == STEP_CLAIMED:
            claimed[step] = record.sequence
        elif record.kind == STEP_TAKEN_BACK and step in claimed:
            gone.add(claimed.pop(step))
        elif record.kind == STEP_TAKEN_BACK and said[step]:
            gone.add(said[step].pop())
    return frozenset(gone)
