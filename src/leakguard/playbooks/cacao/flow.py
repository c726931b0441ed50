"""The tree of a playbook as CACAO workflow steps, each with a pointer to what follows.

Every branch ends by an end step of its own, as sections 4.7 to 4.9 ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.playbooks.cacao import names
from leakguard.playbooks.cacao.conditions import condition_text
from leakguard.playbooks.cacao.steps import action
from leakguard.playbooks.cacao.tree import Item, Leaf, Loop, Parallel, Series, names_in
from leakguard.playbooks.shapes import Playbook


class Flow:
    """Writes workflow steps, from the last to the first, and keeps them in the order of reading."""

    def __init__(self, playbook: Playbook, extensions: Mapping[str, Mapping[str, Any]]) -> None:
        """`extensions` has what our extension says about each step."""
        self.objects: dict[str, dict[str, Any]] = {}
        self._playbook = playbook
        self._extensions = extensions

    def write(self, tree: Series) -> str:
        """Write everything; gives the id of the start step."""
        start, end = self._id("start", "playbook"), self._id("end", "playbook")
        self._keep(start, {"type": "start", "on_completion": self._entry(tree.items[0])})
        self._sequence(tree, end)
        self._keep(end, {"type": "end"})
        return start

    def _sequence(self, series: Series, after: str) -> None:
        """A failure may lead back inside the same sequence; everything else is in the extension alone."""
        passed: set[str] = set()
        following = [*(self._entry(item) for item in series.items[1:]), after]
        for item, target in zip(series.items, following, strict=True):
            if isinstance(item, Leaf):
                passed.add(item.name)
                self._step(item.name, target, passed)
            elif isinstance(item, Parallel):
                self._parallel(item, target)
            else:
                self._loop(item, target)

    def _step(self, name: str, target: str, may_lead_back_to: set[str]) -> None:
        step = self._playbook.steps[name]
        if step.when:
            entry, inside = self._id("if-condition", name), self._id("end", f"when/{name}")
            condition = {"condition": condition_text(step.when), "on_true": self._id("action", name)}
            self._keep(entry, {"type": "if-condition", **condition, "on_completion": target})
            self._keep(self._id("action", name), self._action(name, inside))
            self._keep(inside, {"type": "end"})
            return
        back = {"on_failure": self._entry(Leaf(step.on_fail))} if step.on_fail in may_lead_back_to else {}
        self._keep(self._id("action", name), {**self._action(name, target), **back})

    def _parallel(self, item: Parallel, target: str) -> None:
        branches = [self._entry(branch.items[0]) for branch in item.branches]
        self._keep(self._entry(item), {"type": "parallel", "next_steps": branches, "on_completion": target})
        for branch in item.branches:
            end = self._id("end", f"branch/{','.join(names_in(branch))}")
            self._sequence(branch, end)
            self._keep(end, {"type": "end"})

    def _loop(self, item: Loop, target: str) -> None:
        end = self._id("end", f"repeat/{item.last}")
        loop = {"condition": item.unmet, "on_true": self._entry(item.body.items[0])}
        self._keep(self._entry(item), {"type": "while-condition", **loop, "on_completion": target})
        self._sequence(item.body, end)
        self._keep(end, {"type": "end"})

    def _action(self, name: str, target: str) -> dict[str, Any]:
        return {**action(self._playbook, name, self._extensions[name]), "on_success": target}

    def _entry(self, item: Item) -> str:
        """The id of the object that the way into an item meets first."""
        if isinstance(item, Parallel):
            return self._id("parallel", ",".join(names_in(item)))
        if isinstance(item, Loop):
            return self._id("while-condition", item.last)
        return self._id("if-condition" if self._playbook.steps[item.name].when else "action", item.name)

    def _id(self, kind: str, key: str) -> str:
        return names.object_id(kind, self._playbook.playbook, key)

    def _keep(self, key: str, value: dict[str, Any]) -> None:
        self.objects[key] = value
