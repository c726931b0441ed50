"""What the ledger tells of a machine at work on a step: when it began, under which key, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from leakguard.frozen import Frozen
from leakguard.playbooks.states import Move

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
