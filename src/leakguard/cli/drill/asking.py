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
from leakguard.use_cases.drills.drill_stage import Choice, Offer

_HINT = "Enter: do it now; PT30M: so much later; -: leave it out"
_ALARM_HINT = f"{_HINT}; --: and all further alerts about this clock"


class DrillPrompt:
    """Implements `use_cases.drill_stage.Decide`."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._ignored: set[str] = set()

    def __call__(self, offer: Offer) -> Choice:
        """Ask once more after an answer that cannot be read."""
        moment = offer.moment
        who = f"{moment.role} ({self._scenario.cast.get(moment.role, 'nobody')})"
        is_alarm = moment.kind is Kind.ACKNOWLEDGE
        hint = _ALARM_HINT if is_alarm else _HINT
        if is_alarm and moment.title in self._ignored:
            return Choice(is_left_out=True)
        while True:
            at = local(moment.at, self._scenario.zone)
            said = self._ask(f"DRILL {at}  {who}: {printable(moment.title, longest=200)}\n  {hint}")
            if is_alarm and said == "--":
                self._ignored.add(moment.title)
                return Choice(is_left_out=True)
            if said == "-":
                return Choice(is_left_out=True)
            if not said:
                return Choice(answers=self._answers(offer) if moment.kind in {Kind.STEP, Kind.ACT} else {})
            later = _length(said)
            if later is not None:
                return Choice(later=later)

    def _answers(self, offer: Offer) -> dict[str, Any]:
        """The form of the step; what is left as it stands is the scenario's own answer."""
        found: dict[str, Any] = {}
        for name, scripted in offer.answers.items():
            said = self._ask(f"    {offer.labels.get(name, name)} [{_shown(scripted)}]")
            if said:
                found[name] = _read(said, scripted)
        return found

    def _ask(self, question: str) -> str:
        answer: str = click.prompt(question, default="", show_default=False, err=True, prompt_suffix="\n> ")
        return answer.strip()


def _length(said: str) -> timedelta | None:
    try:
        return length_in(said.removeprefix("+").upper())
    except UsageProblem:
        click.echo("  Press Enter alone, write a length of hours and minutes such as PT30M or PT2H, or -", err=True)
        return None


def _shown(scripted: object) -> str:
    return ", ".join(str(one) for one in scripted) if isinstance(scripted, list) else str(scripted)


def _read(said: str, scripted: object) -> Any:  # noqa: ANN401  (an answer of the question's own type)
    if isinstance(scripted, list):
        return [part.strip() for part in said.split(",") if part.strip()]
    if isinstance(scripted, int) and not isinstance(scripted, bool) and said.isdecimal():
        return int(said)
    return said
