"""Question plans: what of a check's questions depends on no answer, worked out once for all endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leakguard.checks.conditions import Condition, Test
from leakguard.checks.replies import View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.frozen import Frozen


class QuestionPlan(Frozen):
    """When the `only_if` of each question has to be looked at."""

    constants: tuple[Request | None, ...]
    """The questions themselves, in the order of the requests; nothing for those that something is filled in to."""
    only_if: tuple[Test, ...]
    """When each is asked."""
    at_first: tuple[bool, ...]
    """Whether each holds before anything was asked, in the order of the requests."""
    waiting: Mapping[str, tuple[int, ...]]
    """A request's id to the indexes of the questions whose `only_if` looks at its answer."""
    stale: Mapping[str, tuple[str, ...]]
    """A request's id to the names of the conditions that look at its answer."""


def plan_of(requests: Sequence[RequestDefinition], conditions: Mapping[str, Condition]) -> QuestionPlan:
    """The plan of a check's questions."""
    nothing = View(replies={}, named=conditions)
    looks_at = [_looks_at(request, conditions) for request in requests]
    return QuestionPlan(
        constants=tuple(request.constant for request in requests),
        only_if=tuple(request.only_if.holds_for for request in requests),
        at_first=tuple(request.only_if.holds_for(nothing) for request in requests),
        waiting={
            request.id: tuple(index for index, about in enumerate(looks_at) if request.id in about)
            for request in requests
        },
        stale={
            request.id: tuple(name for name, condition in conditions.items() if request.id in condition.requests)
            for request in requests
        },
    )


def _looks_at(request: RequestDefinition, conditions: Mapping[str, Condition]) -> frozenset[str]:
    named = (conditions[name].requests for name in request.only_if.conditions)
    return request.only_if.requests.union(*named)
