"""The steps of a playbook as nested sequences and parallel branches, the only flow that CACAO can say.

Our graph is freer: a step waits for exactly the steps that lead to it.
Where no nesting says the same, the tree is stricter and never looser: a step may wait for more, and never for less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakguard.frozen import Frozen
from leakguard.playbooks.answers import Answer, FormField
from leakguard.playbooks.cacao.conditions import unmet_text
from leakguard.playbooks.shapes import Playbook

Related = Callable[[str, str], bool]
Unmet = Callable[[str, Answer, FormField], str | None]
"""What begins another round, by the step that answers, what its answer must be, and the question."""


class Leaf(Frozen, kw_only=False):
    """One step."""

    name: str


class Series(Frozen, kw_only=False):
    """One after the other."""

    items: tuple[Item, ...]


class Parallel(Frozen, kw_only=False):
    """Side by side; what follows waits for all of them."""

    branches: tuple[Series, ...]


class Loop(Frozen, kw_only=False):
    """Walked again until an answer of `last` is as it must be."""

    body: Series
    last: str
    unmet: str
    """What holds until then, as CACAO compares it."""


Item = Leaf | Parallel | Loop


def tree_of(playbook: Playbook, unmet: Unmet = unmet_text) -> Series:
    """All steps, in the order in which they may be done; `unmet` says what begins another round of a loop."""
    after = _reachable({name: step.next for name, step in playbook.steps.items()})
    return _with_loops(_series(tuple(playbook.steps), after), playbook, unmet)


def names_in(item: Item | Series) -> tuple[str, ...]:
    """The steps in it, from left to right."""
    if isinstance(item, Leaf):
        return (item.name,)
    if isinstance(item, Loop):
        return names_in(item.body)
    parts = item.items if isinstance(item, Series) else item.branches
    return tuple(name for part in parts for name in names_in(part))


def _reachable(following: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Everything that comes after each step; there are no cycles, the static checks saw to it."""
    found: dict[str, frozenset[str]] = {}
    for name in reversed(_sorted(following)):
        found[name] = frozenset(following[name]).union(*(found[step] for step in following[name]))
    return found


def _sorted(following: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each step behind all that lead to it, otherwise in the order of the file."""
    waits_for = dict.fromkeys(following, 0)
    for targets in following.values():
        for target in set(targets):
            waits_for[target] += 1
    order = [name for name, count in waits_for.items() if not count]
    for name in order:
        for target in dict.fromkeys(following[name]):
            waits_for[target] -= 1
            if not waits_for[target]:
                order.append(target)
    return order


def _series(names: tuple[str, ...], after: Mapping[str, frozenset[str]]) -> Series:
    """Cut where everything on one side comes before everything on the other."""

    def are_free(step: str, other: str) -> bool:
        return other not in after[step] and step not in after[other]

    parts = _components(names, are_free)
    parts.sort(key=lambda part: len([name for name in names if part[0] in after[name]]))
    if len(parts) > 1:
        return Series(tuple(item for part in parts for item in _series(part, after).items))
    return Series((Leaf(names[0]),)) if len(names) == 1 else _branches(names, after)


def _branches(names: tuple[str, ...], after: Mapping[str, frozenset[str]]) -> Series:
    """Side by side what has nothing to do with one another; else the first steps together, and then the others."""

    def are_ordered(step: str, other: str) -> bool:
        return other in after[step] or step in after[other]

    parts = _components(names, are_ordered)
    if len(parts) > 1:
        return Series((Parallel(tuple(_series(part, after) for part in parts)),))
    first = tuple(name for name in names if not any(name in after[other] for other in names))
    rest = tuple(name for name in names if name not in first)
    together = Parallel(tuple(Series((Leaf(name),)) for name in first))
    return Series((together, *_series(rest, after).items))


def _components(names: tuple[str, ...], related: Related) -> list[tuple[str, ...]]:
    """Groups that no relation joins, each in the order of the file."""
    left = list(names)
    groups = []
    while left:
        group = [left.pop(0)]
        for name in group:
            group += [other for other in left if related(name, other)]
            left = [other for other in left if other not in group]
        groups.append(tuple(name for name in names if name in group))
    return groups


def _with_loops(series: Series, playbook: Playbook, unmet: Unmet) -> Series:
    """Loops whose first and last step stand in one sequence; the others are in the extension alone."""
    items = list(series.items)
    for place, item in enumerate(items):
        if isinstance(item, Parallel):
            items[place] = Parallel(tuple(_with_loops(branch, playbook, unmet) for branch in item.branches))
    for name in names_in(series):
        step = playbook.steps[name]
        if step.repeat is None or Leaf(name) not in items:
            continue
        until = step.repeat.until
        condition = unmet(name, until, step.form[until.field])
        first, last = Leaf(step.repeat.from_ or name), items.index(Leaf(name))
        if condition is not None and first in items[: last + 1]:
            begin = items.index(first)
            items[begin : last + 1] = [Loop(Series(tuple(items[begin : last + 1])), name, condition)]
    return Series(tuple(items))
