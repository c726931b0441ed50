"""The owner's permissions: what is sent only if the scope allows it."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import PROTOCOLS


def without_permission_required(library: Iterable[CheckDefinition]) -> tuple[CheckDefinition, ...]:
    """The checks without the requests that need a permission by the owner, for a scope that gives none."""
    return tuple(_without(check) for check in library)


def without_industrial(library: Iterable[CheckDefinition]) -> tuple[CheckDefinition, ...]:
    """The checks of a scope that does not allow industrial devices to be asked."""
    return tuple(check for check in library if not PROTOCOLS[check.probe.kind].is_industrial)


def _without(check: CheckDefinition) -> CheckDefinition:
    probe = check.stated["probe"]
    kept = [request for request in probe["requests"] if "leave" not in request]
    if len(kept) == len(probe["requests"]):
        return check
    return CheckDefinition({**check.stated, "probe": {**probe, "requests": kept}})
