"""The flow of somebody else's CACAO document as our graph: what follows what, and under which answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.playbooks.answers import MAX_CONDITIONS
from leakguard.playbooks.cacao.foreign_rules import can_be_honoured
from leakguard.playbooks.cacao.foreign_steps import ANSWER, ForeignSteps
from leakguard.playbooks.cacao.reading import Refusals
from leakguard.playbooks.cacao.words import lines_of

MAX_NESTING = 20
"""Branches inside branches; a person could not follow more."""
Branch = tuple[str, dict[str, Any] | None]
"""The first step of a branch, and the answer under which it is walked; nothing where it always is."""


class _Place(Frozen):
    """Where the walk is."""

    before: tuple[str, ...] = ()
    """The steps of ours that lead to the next one."""
    when: tuple[Mapping[str, Any], ...] = ()
    """The answers under which it is walked."""
    depth: int = 0


class ForeignFlow:
    """Walks the workflow once from its start; every step must be met exactly once."""

    def __init__(self, workflow: Mapping[str, Mapping[str, Any]], steps: ForeignSteps, refusals: Refusals) -> None:
        """Walks nothing yet."""
        self.start: list[str] = []
        self._workflow = workflow
        self._steps = steps
        self._refusals = refusals
        self._met: set[str] = set()

    def walk_all(self, start: str) -> None:
        """From the start step to the last end, then look for what nothing leads to."""
        for key, step in self._workflow.items():
            if (step["type"] == "start") != (key == start):
                self._refusals.add(key, "`workflow_start` must name the one start step")
        self._walk(start, _Place())
        if self._refusals.is_empty:
            for key in [key for key in self._workflow if key not in self._met]:
                self._refusals.add(key, "nothing leads to this step")

    def _walk(self, key: str, place: _Place) -> tuple[str, ...]:
        """Walk one sequence up to its end; gives the steps behind which it ends."""
        here: object = key
        while isinstance(here, str) and (step := self._take(here)) is not None and step["type"] != "end":
            place = replace(place, before=self._through(here, step, place))
            following = step.get("on_completion", step.get("on_success"))
            if not isinstance(following, str):
                self._refusals.add(here, "does not say what follows it")
            here = following
        return place.before

    def _take(self, key: str) -> Mapping[str, Any] | None:
        """The step of this id, once; an end may be shared by several branches."""
        step = self._workflow.get(key)
        if step is None:
            self._refusals.add(key, "a step points to it, and there is no such step")
            return None
        if key in self._met and step["type"] != "end":
            self._refusals.add(key, "is reached twice: nothing may lead back, and each branch needs an end of its own")
            return None
        self._met.add(key)
        return step if can_be_honoured(key, step, self._refusals) else None

    def _through(self, key: str, step: Mapping[str, Any], place: _Place) -> tuple[str, ...]:
        """Through one step and its branches; gives what the next one waits for."""
        kind = step["type"]
        if kind == "start":
            return place.before
        if kind == "action":
            return self._join(place.before, self._steps.add_action(key, step, place.when))
        branches = self._branches(key, step)
        if kind != "parallel":
            options = [str(answer["is"]) for _, answer in branches if answer] if kind == "switch-condition" else []
            owner = self._steps.values[place.before[-1]]["owner"] if place.before else ""
            asked = self._steps.add_decision(key, step, options, place.when, owner)
            place = replace(place, before=self._join(place.before, asked))
            branches = [(first, {"step": asked, **(answer or {})}) for first, answer in branches]
        return self._through_branches(key, branches, place)

    def _through_branches(self, key: str, branches: Sequence[Branch], place: _Place) -> tuple[str, ...]:
        ends: list[str] = []
        if place.depth >= MAX_NESTING or len(place.when) >= MAX_CONDITIONS:
            self._refusals.add(key, f"more than {MAX_NESTING} branches, or {MAX_CONDITIONS} conditions, in one another")
            return place.before
        for first, answer in branches:
            when = (*place.when, answer) if answer is not None else place.when
            ends += self._walk(first, replace(place, when=when, depth=place.depth + 1))
        return tuple(dict.fromkeys(ends))

    def _branches(self, key: str, step: Mapping[str, Any]) -> list[Branch]:
        """The branches of a step that has some."""
        if step["type"] == "parallel":
            listed = step.get("next_steps")
            found: list[tuple[object, dict[str, Any] | None]] = (
                [(one, None) for one in listed] if isinstance(listed, list) else []
            )
        elif step["type"] == "if-condition":
            ways = {True: step.get("on_true"), False: step.get("on_false")}
            found = [(one, {"field": ANSWER, "is": holds}) for holds, one in ways.items() if one is not None]
        else:
            cases = step.get("cases")
            found = [(one, _case(name)) for name, one in cases.items()] if isinstance(cases, dict) else []
        branches = [(first, answer) for first, answer in found if isinstance(first, str) and _is_clean(answer)]
        if not branches or len(branches) < len(found):
            self._refusals.add(key, "its branches must be ids of steps, at least one, and a case a plain line of text")
        return branches

    def _join(self, before: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Lead all that came before to `name`."""
        for one in before:
            self._steps.values[one]["next"].append(name)
        if not before:
            self.start.append(name)
        return (name,)


def _case(name: str) -> dict[str, Any]:
    return {"field": ANSWER, "is": name}


def _is_clean(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer can be shown as it is, and typed by a person."""
    return answer is None or isinstance(answer["is"], bool) or lines_of(answer["is"]) == [answer["is"]]
