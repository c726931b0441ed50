"""The owner's leave: what is asked only where the scope allows it."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.checks.definitions import CheckDefinition


def without_leave(library: Iterable[CheckDefinition]) -> tuple[CheckDefinition, ...]:
    """The checks as they are where the owner allowed nothing: they lack the questions that need a leave."""
    return tuple(_without(check) for check in library)


def _without(check: CheckDefinition) -> CheckDefinition:
    probe = check.stated["probe"]
    kept = [request for request in probe["requests"] if "leave" not in request]
    if len(kept) == len(probe["requests"]):
        return check
    return CheckDefinition({**check.stated, "probe": {**probe, "requests": kept}})
