"""A scope file in its plainest spelling, read without pydantic, whose loading takes longer than a scan of one host.

Nearly every file is like that. What this reads, the shape reads alike (a test holds both against one another); all
else, and everything that is wrong, is left to the shape.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.places import wrong_code
from leakguard.models.scope import Limits, Owner, OwnerPermission, QuietHours
from leakguard.scanning.rates import PER_HOST, TOTAL, limits_of

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEEDED = frozenset({"scope", "owner", "valid", "include"})
_FIELDS = _NEEDED | {"exclude", "decoys", "public", "limits"}
_OWNER = frozenset({"organisation", "contact", "approved_by", "approved_at"})
_VALID = frozenset({"from", "until"})
_LIMITS = frozenset({"total", "per_host", "per_network", "per_name"})


class StatedScope(Frozen):
    """What a scope file states, but for its lists."""

    name: str
    owner: Owner
    valid_from: date
    valid_until: date
    limits: Limits
    quiet_hours: tuple[QuietHours, ...] = ()
    sampling: bool = False
    default_accounts: OwnerPermission | None = None
    industrial: OwnerPermission | None = None


def plain_scope(value: Any) -> StatedScope | None:  # noqa: ANN401  (YAML holds anything)
    """What the file states; nothing where it takes more to tell."""
    try:
        return _stated(value)
    except (TypeError, ValueError):
        return None


def _stated(value: Any) -> StatedScope:  # noqa: ANN401  (as above)
    """Raises `TypeError` and `ValueError` for everything that is not plain."""
    fields = _mapping(value, needed=_NEEDED, known=_FIELDS)
    owner = _texts(fields["owner"], needed=_OWNER, known=_OWNER | {"country"})
    if wrong_code(owner.get("country", "DE")):
        raise ValueError("not the code of a country in its usual form")
    valid = _texts(fields["valid"], needed=_VALID, known=_VALID)
    limits = _texts(fields.get("limits", {}), needed=frozenset(), known=_LIMITS)
    for name in ("include", "exclude", "decoys", "public"):
        _listed(fields.get(name, []))
    return StatedScope(
        name=_text(fields["scope"]),
        owner=Owner(**{**owner, "approved_at": _day(owner["approved_at"])}),  # type: ignore[arg-type]  # (texts, and a day)
        valid_from=_day(valid["from"]),
        valid_until=_day(valid["until"]),
        limits=limits_of(
            limits.get("total", TOTAL), limits.get("per_host", PER_HOST), limits.get("per_network"),
            limits.get("per_name"),
        ),
    )  # fmt: skip


def _mapping(value: Any, *, needed: frozenset[str], known: frozenset[str]) -> Mapping[str, Any]:  # noqa: ANN401  (as above)
    if type(value) is not dict or not needed <= value.keys() <= known:
        raise TypeError("not a mapping of these fields")
    return value


def _texts(value: Any, *, needed: frozenset[str], known: frozenset[str]) -> Mapping[str, str]:  # noqa: ANN401  (as above)
    return {name: _text(each) for name, each in _mapping(value, needed=needed, known=known).items()}


def _text(value: Any) -> str:  # noqa: ANN401  (as above)
    if type(value) is not str:
        raise TypeError("not a text")
    return value


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError("not a day in its usual form")
    return date.fromisoformat(text)


def _listed(value: Any) -> None:  # noqa: ANN401  (as above)
    if type(value) is not list or not all(type(each) is str for each in value):
        raise TypeError("not a list of texts")
