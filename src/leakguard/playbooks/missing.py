"""What is still missing before a response is over, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.playbooks.engine import Progress, StepProgress
from leakguard.playbooks.states import SETTLED, StepState

_WORDS = {
    StepState.READY: "is open",
    StepState.RUNNING: "was begun by a machine that has not said how it ended",
    StepState.UNSURE: "was stopped in the middle: a person has to look whether it happened",
    StepState.FAILED: "has failed",
}


def missing_steps(progress: Progress) -> tuple[str, ...]:
    """A sentence for each step that is not settled, what can be worked on first; empty when all of them are."""
    return tuple(text for _, text in missing_by_step(progress))


def missing_by_step(progress: Progress) -> tuple[tuple[StepProgress, str], ...]:
    """As `missing_steps`, each sentence with its step."""
    return (*((one, _open(one)) for one in progress.open), *_waiting(progress))


def _open(one: StepProgress) -> str:
    worn = ", more often than planned: a person has to decide" if one.is_worn_out else ""
    return f"`{one.id}` ({one.step.title}) {_WORDS[one.state]}{worn}; {one.step.owner} answers for it"


def _waiting(progress: Progress) -> Iterator[tuple[StepProgress, str]]:
    for one in progress.waiting:
        before = [
            other.id for other in progress.steps.values() if one.id in other.step.next and other.state not in SETTLED
        ]
        waits = f"`{one.id}` ({one.step.title}) waits for {', '.join(before)}"
        yield one, f"{waits}; {one.step.owner} answers for it"
