"""The words of PostgREST: codes of errors, the number behind a range, and the names of tables and fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from leakguard.checks.replies import json_in
from leakguard.frozen import Frozen, field

_CODE = re.compile(r"PGRST[0-9A-Z]{2,4}|[0-9A-Z]{5}")
_PROXY_STATUS = re.compile(r"PostgREST;\s*error=([0-9A-Za-z]{1,10})")
_RANGE = re.compile(r"(?P<rows>\*|[0-9]{1,18}-[0-9]{1,18})/(?P<total>\*|[0-9]{1,18})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
MOST_FIELDS = 100
"""Of one table."""
_PATHS = re.compile(r"/(?!rpc/)[A-Za-z_][A-Za-z0-9_]{0,62}")


class RowCount(Frozen):
    """What `Content-Range` says."""

    is_visible: bool = False
    """Whether a row is, or by the count must be, among the answer."""
    total: int | None = None


class DescribedTables(Frozen):
    """What the description at the root names."""

    is_described: bool = False
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table."""


def code_of(headers: Mapping[str, str], body: bytes) -> str:
    """The code of an error, by the header that answers without a body have, or by the body; nothing where none is."""
    match = _PROXY_STATUS.search(headers.get("proxy-status", ""))
    if match is not None:
        return match[1].upper()
    found = json_in(body)
    code = found.get("code") if isinstance(found, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def counted(headers: Mapping[str, str]) -> RowCount | None:
    """The range; nothing where the answer has none, as no answer of PostgREST to a question for rows does."""
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        return None
    total = None if found["total"] == "*" else int(found["total"])
    return RowCount(is_visible=found["rows"] != "*" or bool(total), total=total)


def listed(body: bytes) -> DescribedTables:
    """The tables that the description names, with their fields; functions are no tables."""
    found = json_in(body)
    if not isinstance(found, dict) or "swagger" not in found:
        return DescribedTables()
    paths, definitions = found.get("paths"), found.get("definitions")
    names = [path[1:] for path in paths if _PATHS.fullmatch(path)] if isinstance(paths, dict) else []
    known = definitions if isinstance(definitions, dict) else {}
    return DescribedTables(is_described=True, fields={name: _fields(known.get(name)) for name in names})


def _fields(stated: Any) -> tuple[str, ...]:  # noqa: ANN401  (JSON holds anything)
    properties = stated.get("properties") if isinstance(stated, dict) else None
    names = properties if isinstance(properties, dict) else {}
    return tuple(name for name in names if _NAME.fullmatch(name))[:MOST_FIELDS]
