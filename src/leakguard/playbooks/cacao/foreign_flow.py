"""The flow of somebody else's CACAO document as our graph: what follows what, and under which answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.playbooks.answers import MAX_CONDITIONS
from leakguard.playbooks.cacao.foreign_steps import ANSWER, ForeignSteps
from leakguard.playbooks.cacao.reading import Refusals, shown
from leakguard.playbooks.cacao.words import lines_of

_BASE = frozenset(
    {
        "type", "name", "description", "external_references", "step_variables", "owner", "on_completion", "on_success",
        "on_failure", "delay", "timeout", "step_extensions",
    }
)  # fmt: skip
_OWN = {
    "start": frozenset[str](),
    "end": frozenset[str](),
    "action": frozenset({"commands", "agent", "targets", "in_args", "out_args"}),
    "parallel": frozenset({"next_steps"}),
    "if-condition": frozenset({"condition", "on_true", "on_false"}),
    "switch-condition": frozenset({"switch", "cases"}),
}
_REFUSED_KINDS = {
    "while-condition": "a loop without a bound: write it as a step with `repeat` in a LeakGuard playbook",
    "playbook-action": "calls another playbook, and only whole playbooks are started here, by a person",
}
_TIMERS = {
    "delay": "nothing here waits by itself: write it as a step with a due time",
    "timeout": "no step fails by itself because time has passed: write it as a due time of a clock",
}


def can_be_honoured(key: str, step: Mapping[str, Any], refusals: Refusals) -> bool:
    """Whether a step is of a kind that people can walk; names everything about it that would be lost."""
    kind = step["type"]
    if kind not in _OWN:
        refusals.add(key, _REFUSED_KINDS.get(kind, f"`{shown(kind)}` is no kind of step of CACAO 2.0"))
        return False
    for field, reason in _TIMERS.items():
        if step.get(field):
            refusals.add(key, f"`{field}`: {reason}")
    _refuse_ways(key, step, refusals)
    for extension in step.get("step_extensions") or ():
        refusals.add(key, f"uses {shown(extension)}, an extension that we do not know")
    for field in step:
        if field not in _BASE | _OWN[kind]:
            refusals.add(key, f"`{shown(field)}` is no property of this kind of step")
    return True


def _refuse_ways(key: str, step: Mapping[str, Any], refusals: Refusals) -> None:
    """Ways that would be lost: after a failure, after an end, and one of two that disagree."""
    ways = {name: step[name] for name in ("on_completion", "on_success", "on_failure") if step.get(name) is not None}
    if step["type"] == "end" and ways:
        refusals.add(key, f"`{next(iter(ways))}`: nothing comes after an end")
    if "on_failure" in ways and ways["on_failure"] != ways.get("on_success"):
        refusals.add(key, "`on_failure`: here a person decides how to go on after a failure")
    elif "on_success" in ways and ways["on_success"] != ways.get("on_completion", ways["on_success"]):
        refusals.add(key, "`on_completion` beside another `on_success`: CACAO allows one of the two")


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
                [(branch, None) for branch in listed] if isinstance(listed, list) else []
            )
        elif step["type"] == "if-condition":
            ways = {True: step.get("on_true"), False: step.get("on_false")}
            found = [(way, {"field": ANSWER, "is": holds}) for holds, way in ways.items() if way is not None]
        else:
            cases = step.get("cases")
            found = [(case, _case(name)) for name, case in cases.items()] if isinstance(cases, dict) else []
        branches = [(first, answer) for first, answer in found if isinstance(first, str) and _is_clean(answer)]
        if not branches or len(branches) < len(found):
            self._refusals.add(key, "its branches must be ids of steps, at least one, and a case a plain line of text")
        return branches

    def _join(self, before: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Lead all that came before to `name`."""
        for step in before:
            self._steps.values[step]["next"].append(name)
        if not before:
            self.start.append(name)
        return (name,)


def _case(name: str) -> dict[str, Any]:
    return {"field": ANSWER, "is": name}


def _is_clean(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer can be shown as it is, and typed by a person."""
    return answer is None or isinstance(answer["is"], bool) or lines_of(answer["is"]) == [answer["is"]]
