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

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404
_CLOSED = frozenset({_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND})
"""How a server, or a proxy before it, refuses a question for a right."""
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
        """`product`, `state`: `told`, `missing`, `busy` or `unknown`; the `rights` beyond searching, `rows`, `indexes`.

        It is `told` once a right is found, or every question for one is refused.
        """
        asked = await self.get(f"/indexes/{self.nonsense}/documents?limit=0", cap=cap)
        code = _code_in(asked)
        if self.key is None:
            return asked, {**_NOTHING, "product": bool(code), "state": "missing" if code else "unknown"}
        if code not in _REFUSALS and code != _ABSENT:
            return asked, {**_NOTHING, "state": _unclear_state(asked)}
        answers = {right: await self.get(path, cap=cap) for right, path in _RIGHTS.items()}
        rights = [right for right, response in answers.items() if _is_granted(right, response)]
        rights += ["documents.get"] if code == _ABSENT else []
        unclear = [response for response in answers.values() if not _is_refused(response)]
        if unclear and not rights:
            return asked, {**_NOTHING, "product": True, "state": _unclear_state(unclear[0])}
        rows, indexes = _sizes_in(answers["stats.get"]) if "stats.get" in rights else (None, None)
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
    if code in _REFUSALS and asked.status in {_UNAUTHORIZED, _FORBIDDEN}:
        return "refused"
    if code == _ABSENT:
        return "absent"
    return _unclear_state(asked)


def _unclear_state(asked: HttpResponse) -> str:
    return "busy" if asked.status in UNAVAILABLE else "unknown"


def _object_in(asked: HttpResponse) -> dict[str, Any]:
    document = json_in(asked.body) if asked.ended is Ending.COMPLETE else None
    return document if isinstance(document, dict) else {}


def _code_in(asked: HttpResponse) -> str:
    code = _object_in(asked).get("code")
    return code if isinstance(code, str) and code in {*_REFUSALS, _ABSENT} else ""


def _is_granted(right: str, response: HttpResponse) -> bool:
    """Whether the answer is the statistics of the server, or a list with its length."""
    found = _object_in(response) if response.status == _OK else {}
    return isinstance(found.get("indexes"), dict) if right == "stats.get" else isinstance(found.get("total"), int)


def _is_refused(response: HttpResponse) -> bool:
    return response.ended is Ending.COMPLETE and response.status in _CLOSED


def _sizes_in(response: HttpResponse) -> tuple[int, int]:
    """Documents of all indexes, and their number."""
    indexes = [each for each in _object_in(response)["indexes"].values() if isinstance(each, dict)]
    counts = [index.get("numberOfDocuments") for index in indexes]
    return sum(count for count in counts if isinstance(count, int) and count > 0), len(indexes)
