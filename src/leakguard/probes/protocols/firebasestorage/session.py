"""Firebase Storage: which folders its rules let strangers list; never a file or its name.

A folder that cannot exist is listed, in the bucket or below a folder of ours. A rule for all names lets it through, and
the answer is empty. How much a real folder holds is not asked: the answer would name the files, and so would the word
for its next page.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from leakguard.checks.replies import json_in
from leakguard.models.observations import Ending
from leakguard.probes.protocols.backend import ANY, UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse

_OK, _REFUSED, _ABSENT, _NO_ACCOUNT = 200, frozenset({401, 403}), 404, 412
_OLD_RULES = "rules_version"
"""Rules of the first version let nobody list, and the error names the version that would."""


class FirebaseStorageSession(BackendSession):
    """Documents have `state`: `open`, `refused`, `absent`, `off`, `busy`, `anything` or `unknown`."""

    kind = "firebasestorage"

    has_whole: ClassVar[bool] = True

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """How the bucket answers for a folder that cannot exist."""
        asked, document = await self.table(ANY, cap)
        return asked, {**document, "product": document["state"] in {"open", "refused", "off"}}

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """How it answers for such a folder below one of ours."""
        folder = f"{self.nonsense}/" if table == ANY else f"{table}/{self.nonsense}/"
        path = f"/v0/b/{quote(self.meant.name, safe='')}/o?prefix={quote(folder, safe='')}&delimiter=%2F&maxResults=1"
        asked = await self.get(path, cap=cap)
        return asked, {"state": _state_of(asked)}


def _state_of(asked: HttpResponse) -> str:
    document = json_in(asked.body) if asked.ended is Ending.COMPLETE else None
    found = document if isinstance(document, dict) else {}
    if asked.status == _OK:
        if isinstance(document, dict) and not (
            found.get("items") or found.get("prefixes") or found.get("nextPageToken")
        ):
            return "open" if {"items", "prefixes"} & found.keys() else "unknown"
        return "anything" if found else "unknown"
    error = found.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    if asked.status in _REFUSED and isinstance(message, str):
        return "refused"
    if isinstance(message, str) and _OLD_RULES in message:
        return "refused"
    if asked.status in {_ABSENT, _NO_ACCOUNT}:
        return "absent" if asked.status == _ABSENT else "off"
    return "busy" if asked.status in UNAVAILABLE else "unknown"
