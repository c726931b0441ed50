"""Which targets a part of a plan needs: an order of a large scan names those alone that lead to its own addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from heapq import merge

from leakguard.errors import UsageProblem
from leakguard.models.fleet import MAX_TARGET_LENGTH, MAX_TARGETS
from leakguard.scanning.exclusions import excluded_names
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import part_of
from leakguard.scanning.targets import Target


class PartTargets:
    """The targets of each part of a plan that is cut into `of`; worked out once."""

    def __init__(self, plan: Plan, of: int) -> None:
        """Raises `UsageProblem` where one order cannot hold the targets of one part."""
        self._plan = plan
        self._targets = tuple({target.text: target for target in plan.targets}.values())
        self._names = frozenset(map(name_of, self._targets))
        self._everywhere: list[int] = []
        self._own: dict[int, list[int]] = defaultdict(list)
        for index, target in enumerate(self._targets):
            numbers = _parts_with(target, plan, of)
            if numbers is None:
                self._everywhere.append(index)
            for number in numbers or ():
                self._own[number].append(index)
        self._refuse_too_many()

    def of_part(self, number: int) -> tuple[Target, ...]:
        """Those that lead to an address of a part, in their order; from them alone the same part can be made.

        A part that no target leads to gets the first one: no targets at all would mean the whole scope.
        """
        found = merge(self._everywhere, self._own.get(number, ()))
        return tuple(self._targets[index] for index in found) or self._targets[:1]

    def resolved_of(self, targets: Iterable[Target]) -> dict[str, tuple[str, ...]]:
        """Where the names of these targets lead, and those that no target has: the scope excludes their addresses."""
        own = {name_of(target) for target in targets}
        others = self._names - own - {*excluded_names(self._plan.gate.scope)}
        return {name: found for name, found in self._plan.resolved.items() if name not in others}

    def _refuse_too_many(self) -> None:
        most = len(self._everywhere) + max(map(len, self._own.values()), default=0)
        if most > MAX_TARGETS:
            raise UsageProblem(
                f"{most:,} targets lead to the addresses of one shard, and an order holds {MAX_TARGETS:,}",
                next_step="Name ranges in place of single addresses, or scan in several commands.",
            )
        if any(len(target.text) > MAX_TARGET_LENGTH for target in self._targets):
            raise UsageProblem(
                f"a target is longer than {MAX_TARGET_LENGTH} characters, which no order holds",
                next_step="Write it without what stands behind the port, or scan it from this machine.",
            )


def name_of(target: Target) -> str | None:
    """The name that leads to the addresses of a target, if one does."""
    return target.provider_host or target.host


def _parts_with(target: Target, plan: Plan, of: int) -> set[int] | None:
    """The parts that addresses of the target belong to; nothing where a range leads to all of them."""
    if target.first is None or target.last is None:
        return {part_of(address, of) for address in plan.resolved.get(name_of(target) or "", ())}
    first, size = int(target.first), int(target.last) - int(target.first) + 1
    return None if size >= of else {(first + offset) % of for offset in range(size)}
