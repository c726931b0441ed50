"""Which checks are run whatever the front page says, and which names from earlier runs are asked about.

Such a name is asked about although nothing lists it now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.earlier_runs import CheckedDataStore
from leakguard.models.targets import Endpoint

MOST_OWN = 2
"""If more products than this name a port, such as 8080, the port is no reason to run their checks unconditionally."""


def unconditional_checks(checks: Sequence[CheckDefinition], endpoint: Endpoint) -> list[CheckDefinition]:
    """Of the checks that have extra requests: those whose products the port suggests.

    At a named endpoint, or one reached by a name, also those of products that serve pages.
    """
    able = [item for item in checks if item.has_extra_requests]
    own = [item for item in able if endpoint.port in item.probe.ports]
    chosen = own if len(own) <= MOST_OWN else []
    named_or_by_name = endpoint.named or endpoint.host is not None
    return [item for item in able if item in chosen or (named_or_by_name and item.serves_pages)]


def frameworks_last(checks: Sequence[CheckDefinition]) -> list[CheckDefinition]:
    """The checks, those of frameworks last: of a product and the framework in it, the product counts."""
    return sorted(checks, key=lambda item: bool(item.stated.get("of_a_framework", False)))


def names_within(known_open: Collection[CheckedDataStore], outer: CheckedDataStore) -> list[str]:
    """The names within the data store `outer` that its check found open in earlier runs, by a verdict on each."""
    check, prefix = outer[0], f"{outer[1]}/"
    return sorted(key.removeprefix(prefix) for by, key in known_open if by == check and key.startswith(prefix))


def allowed_at(endpoint: Endpoint) -> Callable[[str], bool]:
    """A function that says whether the scope permits a name at this endpoint.

    It permits any name that is not empty, unless the scope names tables or folders of a backend.
    """
    return bool if endpoint.backend is None else endpoint.backend.allows
