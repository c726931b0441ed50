"""The states of a step and the moves between them, as one table; the documentation's diagram is drawn from it."""

from __future__ import annotations

from enum import StrEnum

from leakguard.errors import NotAllowed


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    """A step before it is not settled yet."""
    READY = "ready"
    DONE = "done"
    SKIPPED = "skipped"
    """Its condition does not hold."""
    FAILED = "failed"
    """Tried and failed; it can still be done."""


class Move(StrEnum):
    """What can happen to a step."""

    REACHED = "reached"
    """Every step that leads to it is settled."""
    PASSED_OVER = "passed_over"
    """As above, but its condition does not hold."""
    FINISHED = "finished"
    FAILED = "failed"
    REOPENED = "reopened"
    """A later step failed and leads back to this one."""
    SENT_BACK = "sent_back"
    """A later step failed and leads back to one before this one."""


SETTLED = frozenset({StepState.DONE, StepState.SKIPPED})
OPEN = frozenset({StepState.READY, StepState.FAILED})
"""States in which a person can work on the step."""

TABLE: dict[StepState, dict[Move, StepState]] = {
    # A recorded step stays recorded, also when a correction of an earlier event makes it wait again:
    # so `finished` and `failed` are known in states in which a command would refuse them.
    StepState.WAITING: {
        Move.REACHED: StepState.READY,
        Move.PASSED_OVER: StepState.SKIPPED,
        Move.FINISHED: StepState.DONE,
        Move.FAILED: StepState.FAILED,
    },
    StepState.READY: {
        Move.FINISHED: StepState.DONE,
        Move.FAILED: StepState.FAILED,
        Move.SENT_BACK: StepState.WAITING,
    },
    StepState.FAILED: {
        Move.FINISHED: StepState.DONE,
        Move.FAILED: StepState.FAILED,
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
    },
    StepState.DONE: {
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
    },
    StepState.SKIPPED: {
        Move.FINISHED: StepState.DONE,
        Move.FAILED: StepState.FAILED,
        Move.SENT_BACK: StepState.WAITING,
    },
}


def moved(state: StepState, move: Move) -> StepState:
    """The state after `move`; raises `NotAllowed` for a pair that the table does not know."""
    after = TABLE[state].get(move)
    if after is None:
        raise NotAllowed(
            f"a step that is {state} cannot be {move}", next_step="See what is open: leakguard playbook next INCIDENT"
        )
    return after


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {StepState.WAITING}"]
    for state, moves in TABLE.items():
        lines += [f"    {state} --> {after}: {move}" for move, after in moves.items()]
    return "\n".join(lines) + "\n"
