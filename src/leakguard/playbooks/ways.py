"""The ways through one playbook: what leads to a step, and what lies between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leakguard.playbooks.shapes import Playbook


class Ways:
    """Follows `next` forwards and backwards."""

    def __init__(self, playbook: Playbook) -> None:
        """Reads every `next` once."""
        self._after = {name: step.next for name, step in playbook.steps.items()}
        self._before: dict[str, list[str]] = {name: [] for name in playbook.steps}
        for name, following in self._after.items():
            for target in following:
                self._before[target].append(name)

    def leading_to(self, name: str) -> Sequence[str]:
        """The steps that must be settled before this one."""
        return self._before[name]

    def before(self, name: str) -> set[str]:
        """Every step on a way to this one."""
        return all_from(name, self._before)

    def between(self, first: str, last: str) -> list[str]:
        """Every step on a way from `first` to `last`, with `last` and without `first`, in the order of the file."""
        if first == last:
            return []
        before = {last} | all_from(last, self._before)
        after = all_from(first, self._after)
        return [name for name in self._after if name in before & after]


def all_from(name: str, ways: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that can be reached from `name`; itself only where a way leads back to it."""
    seen: set[str] = set()
    waiting = list(ways[name])
    while waiting:
        step = waiting.pop()
        if step not in seen:
            seen.add(step)
            waiting += ways.get(step, ())
    return seen
