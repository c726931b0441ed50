"""The states of a step and the moves between them, as one table."""

from __future__ import annotations

from enum import StrEnum

from leakguard.errors import NotAllowed


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    """A step before it is not settled yet."""
    READY = "ready"
    RUNNING = "running"
    """A machine has begun it and has not said how it ended."""
    UNSURE = "unsure"
    """A machine was stopped in the middle of what must not be done twice: a person has to look."""
    DONE = "done"
    SKIPPED = "skipped"
    """Its condition does not hold, or two people decided that it is not needed."""
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
    """A later step failed and leads back to this one, or it was recorded by mistake."""
    SENT_BACK = "sent_back"
    """A later step failed and leads back to one before this one, or an event undid it."""
    AGAIN = "again"
    """It was done, and its answer asks for another round."""
    BEGUN = "begun"
    """A machine begins, perhaps once more."""
    GAVE_UP = "gave_up"
    """The machine could not do it, or got no clear answer; nothing has happened."""
    LOST = "lost"
    """The machine did not say how it ended, and nobody may assume anything."""
    WAIVED = "waived"
    """Two people decided that it is not needed."""


SETTLED = frozenset({StepState.DONE, StepState.SKIPPED})
OPEN = frozenset({StepState.READY, StepState.FAILED, StepState.RUNNING, StepState.UNSURE})
"""States in which somebody, or a machine, can work on the step."""

_TRIED = {
    Move.FINISHED: StepState.DONE,
    Move.FAILED: StepState.FAILED,
    Move.BEGUN: StepState.RUNNING,
}
"""A recorded step stays recorded, also when a correction of an earlier event makes it wait again or leaves it done:
so these moves are known in states in which a command would refuse them."""

TABLE: dict[StepState, dict[Move, StepState]] = {
    StepState.WAITING: {
        Move.REACHED: StepState.READY,
        Move.PASSED_OVER: StepState.SKIPPED,
        **_TRIED,
        Move.AGAIN: StepState.WAITING,
        Move.WAIVED: StepState.SKIPPED,
    },
    StepState.READY: {
        **_TRIED,
        Move.SENT_BACK: StepState.WAITING,
        Move.AGAIN: StepState.READY,
        Move.WAIVED: StepState.SKIPPED,
    },
    StepState.RUNNING: {
        **_TRIED,
        Move.SENT_BACK: StepState.WAITING,
        Move.GAVE_UP: StepState.READY,
        Move.LOST: StepState.UNSURE,
        Move.WAIVED: StepState.SKIPPED,
    },
    StepState.UNSURE: {
        **_TRIED,
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
        Move.GAVE_UP: StepState.READY,
        Move.WAIVED: StepState.SKIPPED,
    },
    StepState.FAILED: {
        **_TRIED,
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
        Move.AGAIN: StepState.READY,
        Move.WAIVED: StepState.SKIPPED,
    },
    StepState.DONE: {
        **_TRIED,
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
        Move.AGAIN: StepState.READY,
        Move.WAIVED: StepState.DONE,
    },
    StepState.SKIPPED: {
        **_TRIED,
        Move.REOPENED: StepState.READY,
        Move.SENT_BACK: StepState.WAITING,
        Move.AGAIN: StepState.SKIPPED,
        Move.WAIVED: StepState.SKIPPED,
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
