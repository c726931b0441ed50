"""Appwrite: how many documents of a collection its permissions show to strangers; never a document, a file, a guest.

The project stands in the page. A collection is named with its database, `DATABASE.COLLECTION`. The question is for a
place far behind the last document and for its mark alone, so that the answer holds a number: at most five thousand.
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

MOST_COUNTED = 5_000
"""The server counts no further."""
_OK = 200
_QUERIES = (
    '{"method":"limit","values":[1]}', '{"method":"offset","values":[1000000]}', '{"method":"select","values":["$id"]}',
)  # fmt: skip
_QUERY = "&".join(f"queries%5B{number}%5D={quote(each, safe='')}" for number, each in enumerate(_QUERIES))
_STATES = {
    "user_unauthorized": "refused", "collection_not_found": "absent", "table_not_found": "absent",
    "database_not_found": "absent", "project_not_found": "off", "general_service_disabled": "off",
}  # fmt: skip
_ID = rb"[A-Za-z0-9][A-Za-z0-9_-]{0,35}"
_OWN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_-]{0,35}\.[A-Za-z0-9][A-Za-z0-9._-]{0,35}")
_CALL = rb"""\.(?:list|get|create|update|upsert|delete)(?:Document|Row)s?\(\s{0,4}(?:\{\s{0,4}databaseId:\s{0,4})?"""


class AppwriteSession(BackendSession):
    """Documents as in the methods below."""

    kind = "appwrite"

    own_words: ClassVar[OwnWords] = OwnWords(
        calls=tuple(
            b".%s%s" % (verb, what)
            for verb in (b"list", b"get", b"create", b"update", b"upsert", b"delete")
            for what in (b"Document", b"Row")
        ),
        names=re.compile(
            _CALL
            + rb"""["'`](%(id)s)["'`]\s{0,4},\s{0,4}(?:(?:collectionId|tableId):\s{0,4})?["'`](%(id)s)["'`]"""
            % {b"id": _ID}
        ),
    )

    def login(self) -> dict[str, str]:
        """The name of the project, which no secret is."""
        return {"x-appwrite-project": self.meant.name}

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`product`, `version`, and `state` of a database that cannot exist: `accepted`, `off`, `busy` or `unknown`."""
        release = await self.get("/v1/health/version", cap=cap)
        version = _object_in(release).get("version")
        asked, document = await self.table(f"{self.nonsense}.{self.nonsense}", cap)
        state = {"absent": "accepted", "open": "anything", "hidden": "anything"}.get(
            document["state"], document["state"]
        )
        is_product = document["type"] in _STATES or (isinstance(version, str) and release.status == _OK)
        return asked, {
            "product": is_product, "state": state, "version": version if isinstance(version, str) else None,
        }  # fmt: skip

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`state`: `open`, `hidden`, `refused`, `absent`, `off`, `busy`, `unnamed` or `unknown`; `rows`, `exact`."""
        database, _, collection = table.partition(".")
        if not _OWN.fullmatch(table.encode()):
            return HttpResponse(ended=Ending.BLOCKED), {"state": "unnamed", "type": "", "rows": None, "exact": False}
        path = f"/v1/databases/{database}/collections/{collection}/documents?{_QUERY}"
        asked = await self.get(path, cap=cap)
        document = _object_in(asked)
        total, kind = document.get("total"), str(document.get("type", ""))
        if asked.status == _OK and isinstance(total, int) and document.get("documents") == []:
            state = "open" if total > 0 else "hidden"
            return asked, {"state": state, "type": "", "rows": total, "exact": total < MOST_COUNTED}
        state = _STATES.get(kind) or ("busy" if asked.status in UNAVAILABLE else "unknown")
        return asked, {"state": state, "type": kind if kind in _STATES else "", "rows": None, "exact": False}


def _object_in(asked: HttpResponse) -> dict[str, Any]:
    found = json_in(asked.body) if asked.ended is Ending.COMPLETE else None
    return found if isinstance(found, dict) else {}
