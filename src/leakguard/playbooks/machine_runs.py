"""What the ledger tells of a machine at work on a step: when it began, under which key, and how it ended.

Of an act whose event was retracted, what it did or proved counts no more, so its step is open again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event, in_force
from leakguard.models.records import KeptRecord
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.states import Move

RETRACTED = "the event that it recorded was retracted"

RUN_BEGUN, RUN_ENDED = "step_run_begun", "step_run_ended"
"""The kinds of the two records that enclose every act of a machine."""


class RunOutcome(StrEnum):
    """How an act of a machine ended."""

    DONE = "done"
    FAILED = "failed"
    """It was done, and the answer is bad: still open."""
    GAVE_UP = "gave_up"
    """It could not be done or gave no clear answer; it may be tried again."""
    LOST = "lost"
    """Nobody knows whether it happened."""


MOVES = {
    RunOutcome.DONE: Move.FINISHED,
    RunOutcome.FAILED: Move.FAILED,
    RunOutcome.GAVE_UP: Move.GAVE_UP,
    RunOutcome.LOST: Move.LOST,
}


class MachineRun(Frozen):
    """One act of a machine."""

    key: str
    """The same for a repetition after a crash, so that a receiver can drop what it has already."""
    number: int
    """From one; how many keys this step has used in this response."""
    tries: int = 1
    """How often it was begun under this key."""
    by: str = ""
    """Who had it done."""
    outcome: RunOutcome | None = None
    """`None` while it runs, or after a crash."""
    text: str = ""
    """What it said at its end."""


def begun(content: Mapping[str, Any], before: MachineRun | None) -> MachineRun:
    """The act that a record says has begun; `before` is the last one of the same step."""
    key, by = str(content.get("key") or ""), str(content.get("by") or "")
    if before is not None and before.key == key:
        return MachineRun(key=key, number=before.number, tries=before.tries + 1, by=by)
    return MachineRun(key=key, number=1 if before is None else before.number + 1, by=by)


def outcome_of(content: Mapping[str, Any]) -> RunOutcome:
    """How a record says that it ended; what an erased content no longer tells counts as lost."""
    stated = str(content.get("outcome") or "")
    return RunOutcome(stated) if stated in set(RunOutcome) else RunOutcome.LOST


class Acts:
    """Reads the records of a response in their order, and knows the events of each act."""

    def __init__(self, events: Mapping[int, Event]) -> None:
        """`events` are all of the incident, by their place in the ledger, also those that came after the act."""
        self._events = events
        self._in_force = in_force(events.values())
        self._begun: dict[str, int] = {}

    def as_it_counts(self, record: KeptRecord, playbook: Playbook) -> KeptRecord:
        """The record itself, or, for the good end of an act whose event was retracted, one that says so.

        What may be done again is due again. Of what tells somebody a person has to say whether it happened.
        """
        key = str(record.content.get("key") or "")
        if record.kind == RUN_BEGUN:
            self._begun[key] = record.sequence
        if record.kind != RUN_ENDED or outcome_of(record.content) is not RunOutcome.DONE:
            return record
        step = playbook.steps.get(str(record.content.get("step")))
        begun = self._begun.get(key)
        if step is None or step.emits is None or begun is None or not self._is_retracted(step.emits, begun, record):
            return record
        outcome = RunOutcome.GAVE_UP if step.is_repeat_safe else RunOutcome.LOST
        return replace(record, content={**record.content, "outcome": outcome.value, "text": RETRACTED})

    def _is_retracted(self, kind: str, begun: int, ended: KeptRecord) -> bool:
        """A proof of closure is recorded by the look itself, any other event right behind the end."""
        own = [
            event for place, event in self._events.items() if event.kind == kind and begun < place <= ended.sequence + 1
        ]
        return bool(own) and all(self._in_force[event.id].kind != kind for event in own)
