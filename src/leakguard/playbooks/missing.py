"""What is still missing before a response is over, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.playbooks.engine import Progress, StepProgress
from leakguard.playbooks.states import SETTLED, StepState

_SENTENCES = {
    StepState.READY: (
        "`{}` ({}) is open; {} answers for it",
        "`{}` ({}) is open, more often than planned: a person has to decide; {} answers for it",
    ),
    StepState.RUNNING: (
        "`{}` ({}) was begun by a machine that has not said how it ended; {} answers for it",
        (
            "`{}` ({}) was begun by a machine that has not said how it ended, more often than planned: a person has "
            "to decide; {} answers for it"
        ),
    ),
    StepState.UNSURE: (
        "`{}` ({}) was stopped in the middle: a person has to look whether it happened; {} answers for it",
        (
            "`{}` ({}) was stopped in the middle: a person has to look whether it happened, more often than planned: "
            "a person has to decide; {} answers for it"
        ),
    ),
    StepState.FAILED: (
        "`{}` ({}) has failed; {} answers for it",
        "`{}` ({}) has failed, more often than planned: a person has to decide; {} answers for it",
    ),
}
"""What is said of an open step; the second where it was tried more often than planned."""


def missing_steps(progress: Progress) -> tuple[str, ...]:
    """A sentence for each step that is not settled, what can be worked on first; empty when all of them are."""
    return tuple(text for _, text in missing_by_step(progress))


def missing_by_step(progress: Progress) -> tuple[tuple[StepProgress, str], ...]:
    """As `missing_steps`, each sentence with its step."""
    return (*((step, _open(step)) for step in progress.open), *_waiting(progress))


def _open(step: StepProgress) -> str:
    planned, worn = _SENTENCES[step.state]
    return (worn if step.is_worn_out else planned).format(step.id, step.step.title, step.step.owner)


def _waiting(progress: Progress) -> Iterator[tuple[StepProgress, str]]:
    for step in progress.waiting:
        before = [
            other.id for other in progress.steps.values() if step.id in other.step.next and other.state not in SETTLED
        ]
        names = ", ".join(before)
        yield step, f"`{step.id}` ({step.step.title}) waits for {names}; {step.step.owner} answers for it"
