"""One walk through a playbook: takes records one by one and moves the steps by the table of states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.models.events import Event
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.states import SETTLED, Move, StepState, moved


class Walk:
    """The states while records are replayed. A step is reached once all steps that lead to it are settled."""

    def __init__(self, playbook: Playbook, *, started_at: datetime) -> None:
        """`started_at` is when the response began."""
        self.states = dict.fromkeys(playbook.steps, StepState.WAITING)
        self.since: dict[str, datetime] = {}
        self.failures = dict.fromkeys(playbook.steps, 0)
        self.contents: dict[str, Mapping[str, Any]] = {}
        self._playbook = playbook
        self._leading: dict[str, list[str]] = {name: [] for name in playbook.steps}
        for name, step in playbook.steps.items():
            for target in step.next:
                self._leading[target].append(name)
        self._events: list[Event] = []
        for name in playbook.start:
            self._reach(name, started_at)

    def note_event(self, event: Event) -> None:
        """Something happened in the incident; it may finish an automated step."""
        self._events.append(event)
        self._settle()

    def note_step(self, move: Move, content: Mapping[str, Any], *, at: datetime) -> None:
        """A person finished a step, or failed at it."""
        name = str(content.get("step"))
        if name not in self.states:
            return  # a record of another playbook of this incident
        self.contents[name] = content
        self._move(name, move, at)
        if move is Move.FAILED:
            self.failures[name] += 1
            self._go_back(name, at)
        self._settle()

    def _move(self, name: str, move: Move, at: datetime) -> None:
        self.states[name] = moved(self.states[name], move)
        self.since[name] = at

    def _settle(self) -> None:
        """Reach what can be reached, and finish what an event finishes, until nothing moves any more."""
        before = None
        while before != self.states:
            before = dict(self.states)
            for name, state in before.items():
                leading = self._leading[name]
                if state is StepState.WAITING and leading and all(self.states[one] in SETTLED for one in leading):
                    self._reach(name, max(self.since[one] for one in leading))
                self._finish_by_event(name)

    def _reach(self, name: str, at: datetime) -> None:
        condition = self._playbook.steps[name].when
        if condition is not None and self._answer(condition.step, condition.field) != condition.equals:
            self._move(name, Move.PASSED_OVER, at)
        else:
            self._move(name, Move.REACHED, at)

    def _answer(self, step: str, field: str) -> object:
        """What an earlier step's form says; nothing when that step was skipped."""
        if self.states[step] is not StepState.DONE:
            return None
        return (self.contents.get(step, {}).get("form") or {}).get(field)

    def _finish_by_event(self, name: str) -> None:
        """An event that happened no earlier than the step was ready finishes it, whenever it was recorded."""
        step = self._playbook.steps[name]
        if step.kind != "automated" or self.states[name] not in {StepState.READY, StepState.FAILED}:
            return
        for event in self._events:
            if event.kind == step.emits and event.occurred_at.latest >= self.since[name]:
                self.contents[name] = {"by": event.source}
                self._move(name, Move.FINISHED, event.occurred_at.latest)
                return

    def _go_back(self, name: str, at: datetime) -> None:
        """After a failure the way back is walked again: its first step is ready, those in between wait."""
        step = self._playbook.steps[name]
        if step.on_fail is None or self.failures[name] > (step.attempts or 0):
            return
        for between in self._between(step.on_fail, name):
            if self.states[between] is not StepState.WAITING:
                self._move(between, Move.SENT_BACK, at)
        if self.states[step.on_fail] in {StepState.DONE, StepState.FAILED}:
            self._move(step.on_fail, Move.REOPENED, at)

    def _between(self, first: str, last: str) -> list[str]:
        """Every step on a way from `first` to `last`, with `last` and without `first`."""
        before = {last} | _all_from(last, self._leading)
        after = _all_from(first, {name: step.next for name, step in self._playbook.steps.items()})
        return [name for name in self._playbook.steps if name in before & after]


def _all_from(name: str, ways: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that can be reached from `name`, without it."""
    seen: set[str] = set()
    waiting = list(ways[name])
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += ways[one]
    return seen
