"""Asks the team on the terminal what it does at each of its moments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from leakguard.cli.moments import length_in
from leakguard.drills.moments import Kind
from leakguard.drills.shapes import Scenario
from leakguard.errors import UsageProblem
from leakguard.outputs.drill import local
from leakguard.outputs.words import printable
from leakguard.use_cases.drills.drill_stage import Offer, StageChoice

_HINT = "Enter: do it now; PT30M: so much later; -: leave it out"
_ALARM_HINT = f"{_HINT}; --: and all further alerts about this clock"


class DrillPrompt:
    """Implements `use_cases.drill_stage.Decide`."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._ignored: set[str] = set()

    def __call__(self, offer: Offer) -> StageChoice:
        """Ask once more after an answer that cannot be read."""
        moment = offer.moment
        who = f"{moment.role} ({self._scenario.cast.get(moment.role, 'nobody')})"
        is_alarm = moment.kind is Kind.ACKNOWLEDGE
        hint = _ALARM_HINT if is_alarm else _HINT
        if is_alarm and moment.title in self._ignored:
            return StageChoice(is_left_out=True)
        while True:
            at = local(moment.at, self._scenario.zone)
            answer = self._ask(f"DRILL {at}  {who}: {printable(moment.title, longest=200)}\n  {hint}")
            if is_alarm and answer == "--":
                self._ignored.add(moment.title)
                return StageChoice(is_left_out=True)
            if answer == "-":
                return StageChoice(is_left_out=True)
            if not answer:
                return StageChoice(answers=self._answers(offer) if moment.kind in {Kind.STEP, Kind.ACT} else {})
            later = _length(answer)
            if later is not None:
                return StageChoice(later=later)

    def _answers(self, offer: Offer) -> dict[str, Any]:
        """The form of the step; what is left as it stands is the scenario's own answer."""
        found: dict[str, Any] = {}
        for name, scripted in offer.answers.items():
            answer = self._ask(f"    {offer.labels.get(name, name)} [{_shown(scripted)}]")
            if answer:
                found[name] = _read(answer, scripted)
        return found

    def _ask(self, question: str) -> str:
        answer: str = click.prompt(question, default="", show_default=False, err=True, prompt_suffix="\n> ")
        return answer.strip()


def _length(text: str) -> timedelta | None:
    try:
        return length_in(text.removeprefix("+").upper())
    except UsageProblem:
        click.echo("  Press Enter alone, write a length of hours and minutes such as PT30M or PT2H, or -", err=True)
        return None


def _shown(scripted: object) -> str:
    return ", ".join(str(one) for one in scripted) if isinstance(scripted, list) else str(scripted)


def _read(text: str, scripted: object) -> Any:  # noqa: ANN401  (an answer of the question's own type)
    if isinstance(scripted, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(scripted, int) and not isinstance(scripted, bool) and text.isdecimal():
        return int(text)
    return text
