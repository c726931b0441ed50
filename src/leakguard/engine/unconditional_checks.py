"""Which checks are run whatever the front page says, and which names from earlier runs are asked about.

Such a name is asked about although nothing lists it now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.earlier_runs import CheckedDataStore
from leakguard.models.targets import Endpoint

MOST_PRODUCTS_ON_PORT = 2
"""If the checks of more products name a port, such as 8080, the port is no reason to run them unconditionally."""


def unconditional_checks(checks: Sequence[CheckDefinition], endpoint: Endpoint) -> list[CheckDefinition]:
    """Of the checks that have extra requests: those whose products the port suggests.

    At an endpoint that a person named, or that was reached by a host name, also those of products that serve pages.
    """
    with_extra_requests = [item for item in checks if item.has_extra_requests]
    naming_port = [item for item in with_extra_requests if endpoint.port in item.probe.ports]
    chosen = naming_port if len(naming_port) <= MOST_PRODUCTS_ON_PORT else []
    is_named_or_has_host = endpoint.named or endpoint.host is not None
    return [item for item in with_extra_requests if item in chosen or (is_named_or_has_host and item.serves_pages)]


def frameworks_last(checks: Sequence[CheckDefinition]) -> list[CheckDefinition]:
    """The checks, those of frameworks last: of a product and the framework in it, the product counts."""
    return sorted(checks, key=lambda item: bool(item.stated.get("of_a_framework", False)))


def names_within(open_before: Collection[CheckedDataStore], outer: CheckedDataStore) -> list[str]:
    """The names below the data store `outer` that its check found open in earlier runs, with a verdict on each."""
    check, prefix = outer[0], f"{outer[1]}/"
    return sorted(key.removeprefix(prefix) for by, key in open_before if by == check and key.startswith(prefix))


def allowed_at(endpoint: Endpoint) -> Callable[[str], bool]:
    """A function that says whether the scope permits a name at this endpoint.

    It permits any name that is not empty, unless the scope names tables or folders of a backend.
    """
    return bool if endpoint.backend is None else endpoint.backend.allows
