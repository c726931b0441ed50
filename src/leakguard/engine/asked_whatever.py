"""Which checks are asked whatever a front page says, and which names whatever is told today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.models.targets import Endpoint

MOST_OWN = 2
"""A port that more products share, such as 8080, suggests none of them."""


def asked_whatever(checks: Sequence[CheckDefinition], endpoint: Endpoint) -> list[CheckDefinition]:
    """The few checks whose products the port is for; at a named place those too that serve their owner's pages."""
    able = [item for item in checks if item.asks_anyway]
    own = [item for item in able if endpoint.port in item.probe.ports]
    chosen = own if len(own) <= MOST_OWN else []
    is_named = endpoint.named or endpoint.host is not None
    return [item for item in able if item in chosen or (is_named and item.serves_pages)]


def frameworks_last(checks: Sequence[CheckDefinition]) -> list[CheckDefinition]:
    """The checks with those last that look for what other products are built with: of two that are there, the other."""
    return sorted(checks, key=lambda item: bool(item.stated.get("of_a_framework", False)))


def names_within(known_open: Collection[tuple[str, str]], place: tuple[str, str]) -> list[str]:
    """The names of what a check found open within a place."""
    check, outer = place[0], f"{place[1]}/"
    return sorted(where.removeprefix(outer) for by, where in known_open if by == check and where.startswith(outer))


def allowed_at(endpoint: Endpoint) -> Callable[[str], bool]:
    """Of which names the scope lets us ask there: of all, unless it names a part of a backend alone."""
    return bool if endpoint.backend is None else endpoint.backend.allows
