"""What a session says of shipped code, taken into a verdict: kinds, places and marks, each made harmless to show."""

from __future__ import annotations

from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import View
from leakguard.models.shipped import ShippedBackend, ShippedFindings, ShippedKey, ShippedSecret, ShippedTable
from leakguard.models.texts import shown

MOST = 100
"""Of secrets, backends and tables each that a finding lists; `left_out` counts the others."""
_LONGEST_PLACE = 200


def shipped_in(definition: CheckDefinition, view: View) -> ShippedFindings | None:
    """What the check's document lists; nothing where the check reads no shipped code, or got no answer."""
    reply = view.answered(definition.shipped) if definition.shipped is not None else None
    document = reply.document if reply is not None else None
    if not isinstance(document, dict):
        return None
    secrets, backends, tables = (_listed(document.get(name)) for name in ("secrets", "backends", "tables"))
    return ShippedFindings(
        secrets=tuple(
            ShippedSecret(
                kind=_text(secret, "kind"), where=_text(secret, "where"), line=_number(secret.get("line")),
                mark=_text(secret, "mark"),
            )
            for secret in secrets[:MOST]
        ),
        backends=tuple(
            ShippedBackend(kind=_text(backend, "kind"), entry=_text(backend, "entry"), where=_text(backend, "where"))
            for backend in backends[:MOST]
        ),
        tables=tuple(ShippedTable(name=_text(table, "name"), where=_text(table, "where")) for table in tables[:MOST]),
        unread_hosts=_names(document.get("hosts")),
        keys=tuple(
            ShippedKey(kind=_text(each, "kind"), where=_text(each, "where"), mark=_text(each, "mark"))
            for each in _listed(document.get("keys"))[:MOST]
        ),
        left_out=sum(max(0, len(listed) - MOST) for listed in (secrets, backends, tables)),
    )  # fmt: skip


def _listed(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  (a decoded document)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (as above)
    listed = value if isinstance(value, list) else []
    return tuple(shown(each, _LONGEST_PLACE) for each in listed[:MOST] if isinstance(each, str))


def _text(found: dict[str, Any], name: str) -> str:
    return shown(str(found.get(name, "")), _LONGEST_PLACE)


def _number(value: Any) -> int:  # noqa: ANN401  (as above)
    return value if isinstance(value, int) and value > 0 else 1
