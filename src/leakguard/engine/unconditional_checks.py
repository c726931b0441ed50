"""Checks that are run whatever the front page says, and names that are asked whatever is listed now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.models.targets import Endpoint

MOST_OWN = 2
"""The most products of a port that it suggests; a port that more share, such as 8080, suggests none."""


def unconditional_checks(checks: Sequence[CheckDefinition], endpoint: Endpoint) -> list[CheckDefinition]:
    """The checks whose products the port suggests; at a named endpoint also those of products that serve pages."""
    able = [item for item in checks if item.asks_anyway]
    own = [item for item in able if endpoint.port in item.probe.ports]
    chosen = own if len(own) <= MOST_OWN else []
    is_named = endpoint.named or endpoint.host is not None
    return [item for item in able if item in chosen or (is_named and item.serves_pages)]


def frameworks_last(checks: Sequence[CheckDefinition]) -> list[CheckDefinition]:
    """The checks, those of frameworks last: of a product and the framework in it, the product counts."""
    return sorted(checks, key=lambda item: bool(item.stated.get("of_a_framework", False)))


def names_within(known_open: Collection[tuple[str, str]], place: tuple[str, str]) -> list[str]:
    """The names within a place that a check found open in earlier runs."""
    check, outer = place[0], f"{place[1]}/"
    return sorted(where.removeprefix(outer) for by, where in known_open if by == check and where.startswith(outer))


def allowed_at(endpoint: Endpoint) -> Callable[[str], bool]:
    """Which names the scope permits there: all, unless it names only a part of a backend."""
    return bool if endpoint.backend is None else endpoint.backend.allows
