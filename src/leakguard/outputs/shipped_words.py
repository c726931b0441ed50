"""What a page or an app ships, in words for a person and in plain values for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.frozen import as_dict
from leakguard.models.shipped import ShippedFindings
from leakguard.outputs.words import printable

MOST_NAMED = 3
"""Secrets and backends that a row names."""


def shipped_lines(shipped: ShippedFindings | None, *, most: int | None = MOST_NAMED) -> Iterator[str]:
    """Secrets with their places, and backends (`None`: all of them); nothing where nothing was found."""
    if shipped is None:
        return
    secrets = [f"{secret.kind.replace('_', ' ')} in {secret.where} line {secret.line}" for secret in shipped.secrets]
    yield from _line("ships", list(dict.fromkeys(secrets)), most)
    yield from _line("talks to", list(dict.fromkeys(backend.entry for backend in shipped.backends)), most)
    if most is None:
        yield from _line("asks for", [table.name for table in shipped.tables], most)
    yield from _line("did not read scripts on", list(shipped.unread_hosts), most)
    if shipped.left_out:
        yield f"{shipped.left_out} more were found and are not listed"


def _line(verb: str, named: list[str], most: int | None) -> Iterator[str]:
    if named:
        more = f" and {len(named) - most} more" if most is not None and len(named) > most else ""
        yield printable(f"{verb} {', '.join(named[:most])}{more}", longest=4000)


def shipped_values(shipped: ShippedFindings | None) -> dict[str, Any]:
    """For outputs that take plain values; empty where nothing was found."""
    if shipped is None:
        return {}
    lists: dict[str, list[Any]] = {
        "shippedSecrets": [as_dict(secret) for secret in shipped.secrets],
        "shippedBackends": [as_dict(backend) for backend in shipped.backends],
    }
    lists["shippedUnreadHosts"] = [*shipped.unread_hosts]
    return {name: values for name, values in lists.items() if values}
