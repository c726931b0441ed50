"""Whether a step has all that it demands: evidence, answers and a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.errors import NotAllowed, Problem
from leakguard.frozen import replace
from leakguard.playbooks.forms import unanswered
from leakguard.playbooks.gates import Claim, evidence_name, missing_for

if TYPE_CHECKING:
    from leakguard.playbooks.engine import StepProgress
    from leakguard.use_cases.responses.step_evidence import GatheredEvidence


class StepIncomplete(NotAllowed):
    """A step stays open, as something is missing."""

    problems: tuple[Problem, ...] = ()
    """Each by what it is about: `evidence.config_before`, `form.basis`."""


def refuse_incomplete(
    found: StepProgress, claim: Claim, gathered: GatheredEvidence, *, asks_second: bool,
    next_step: str = "Add what is missing and run it again.",
) -> None:  # fmt: skip
    """Raise with everything that is missing; what was given and proves nothing is named by its own reason alone."""
    completed = replace(claim, evidence=(*claim.evidence, *gathered.refused))
    missing = (*gathered.problems, *missing_for(found.step, completed, asks_second=asks_second))
    if missing:
        error = StepIncomplete(
            "\n".join((f"`{found.id}` stays open, as it is not complete:", *(f"  {line}" for line in missing))),
            next_step=next_step,
        )
        error.problems = _problems(found, completed, gathered)
        raise error


def _problems(found: StepProgress, claim: Claim, gathered: GatheredEvidence) -> tuple[Problem, ...]:
    """What is missing, by its place, for a page that shows it beside the field."""
    wrong = (Problem(where=f"evidence.{name}", text="this proves nothing") for name in sorted(gathered.refused))
    given = {evidence_name(text) for text in claim.evidence}
    absent = (
        Problem(where=f"evidence.{name}", text="this piece of evidence is missing")
        for name in found.step.evidence
        if name not in given
    )
    asked = (
        Problem(where=f"form.{name}", text="this answer is missing")
        for name in unanswered(found.step.form, claim.answers)
    )
    return (*wrong, *absent, *asked)
