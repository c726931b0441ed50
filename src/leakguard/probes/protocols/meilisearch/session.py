"""Meilisearch with the key of a page: whether it may do more than search; never a document or a key.

A key for searching is refused when it asks for statistics, for indexes, for keys, and for the documents of an index.
Each of these is asked for with a limit of none, so that an answer holds numbers alone. A right to search is not tried.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import quote

from leakguard.checks.replies import json_in
from leakguard.models.observations import Ending
from leakguard.probes.protocols.backend import UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.shipped.public_keys import OwnWords

_OK, _FORBIDDEN = 200, 403
_REFUSALS = frozenset({"invalid_api_key", "missing_authorization_header", "missing_master_key"})
_ABSENT = "index_not_found"
_RIGHTS = {"keys.get": "/keys?limit=0", "stats.get": "/stats", "indexes.get": "/indexes?limit=0"}
"""Right to the question that only it lets through."""


class MeilisearchSession(BackendSession):
    """Documents as in the methods below."""

    kind = "meilisearch"

    needs_key: ClassVar[bool] = True
    own_words: ClassVar[OwnWords] = OwnWords(
        key_kind="meilisearch_key",
        key=re.compile(
            rb"""["'`]\s{0,4},\s{0,4}(?:["'`]?apiKey["'`]?\s{0,4}:\s{0,4})?["'`](?P<value>[A-Za-z0-9_.-]{16,390})["'`]"""
        ),
        calls=(b".index(",),
        names=re.compile(rb"""\.index\(\s{0,4}["'`]([A-Za-z0-9_-]{1,100})["'`]"""),
    )

    def bearer(self) -> str:
        """As the official client shows it."""
        return self.key.value if self.key is not None else ""

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`product`, `state`: `told`, `missing` or `unknown`; the `rights` beyond searching, `rows` and `indexes`."""
        asked = await self.get(f"/indexes/{self.nonsense}/documents?limit=0", cap=cap)
        code = _code_in(asked)
        if self.key is None:
            return asked, {**_NOTHING, "product": bool(code), "state": "missing" if code else "unknown"}
        if code not in _REFUSALS and code != _ABSENT:
            return asked, {**_NOTHING, "state": "busy" if asked.status in UNAVAILABLE else "unknown"}
        rights, rows, indexes = [], None, None
        for right, path in _RIGHTS.items():
            response = await self.get(path, cap=cap)
            if response.status == _OK and _is_list_or_statistics(response):
                rights.append(right)
                if right == "stats.get":
                    rows, indexes = _sizes_in(response)
        rights += ["documents.get"] if code == _ABSENT else []
        return asked, {"product": True, "state": "told", "rights": rights, "rows": rows, "indexes": indexes}

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`state` of one index: `open`, `hidden`, `refused`, `absent`, `busy` or `unknown`; `rows`."""
        asked = await self.get(f"/indexes/{quote(table, safe='')}/documents?limit=0", cap=cap)
        document = _object_in(asked)
        total = document.get("total") if asked.status == _OK else None
        if isinstance(total, int) and document.get("results") == []:
            return asked, {"state": "open" if total > 0 else "hidden", "rows": total}
        return asked, {"state": _state_of(asked), "rows": None}


_NOTHING: dict[str, Any] = {"product": False, "rights": [], "rows": None, "indexes": None}


def _state_of(asked: HttpResponse) -> str:
    code = _code_in(asked)
    if code in _REFUSALS and asked.status in {401, _FORBIDDEN}:
        return "refused"
    if code == _ABSENT:
        return "absent"
    return "busy" if asked.status in UNAVAILABLE else "unknown"


def _object_in(asked: HttpResponse) -> dict[str, Any]:
    document = json_in(asked.body) if asked.ended is Ending.COMPLETE else None
    return document if isinstance(document, dict) else {}


def _code_in(asked: HttpResponse) -> str:
    code = _object_in(asked).get("code")
    return code if isinstance(code, str) and code in {*_REFUSALS, _ABSENT} else ""


def _is_list_or_statistics(response: HttpResponse) -> bool:
    found = _object_in(response)
    return isinstance(found.get("total"), int) or isinstance(found.get("indexes"), dict)


def _sizes_in(response: HttpResponse) -> tuple[int, int]:
    """Documents of all indexes, and their number."""
    indexes = [each for each in _object_in(response)["indexes"].values() if isinstance(each, dict)]
    counts = [index.get("numberOfDocuments") for index in indexes]
    return sum(count for count in counts if isinstance(count, int) and count > 0), len(indexes)
