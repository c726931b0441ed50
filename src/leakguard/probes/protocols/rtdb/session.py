"""Firebase Realtime Database: which paths its rules let strangers read; never a key or a value.

A right to read holds for all that lies below. So a name that cannot exist is asked for, at the root or below a path:
the answer `null` proves the right without one word of the data, and a refusal has nothing of them either.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from leakguard.checks.replies import json_in
from leakguard.models.observations import Ending
from leakguard.probes.protocols.backend import ANY, UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse

_OK, _REFUSED, _ABSENT, _OFF = 200, frozenset({401, 403}), 404, 423


class RtdbSession(BackendSession):
    """Documents have `state`: `open`, `refused`, `absent`, `off`, `busy`, `anything` or `unknown`."""

    kind = "rtdb"

    has_whole: ClassVar[bool] = True

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """How the database answers for a name that cannot exist at its root."""
        asked, document = await self.table(ANY, cap)
        return asked, {**document, "product": document["state"] in {"open", "refused", "off"}}

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """How it answers for such a name below the path."""
        below = "" if table == ANY else f"/{quote(table, safe='')}"
        # An emulator, or a server of ours, keeps several databases apart by this word.
        of = f"?ns={quote(self.meant.name, safe='')}" if self.meant.name else ""
        asked = await self.get(f"{below}/{self.nonsense}.json{of}", cap=cap)
        return asked, {"state": _state_of(asked)}


def _state_of(asked: HttpResponse) -> str:
    document = json_in(asked.body)
    if asked.status == _OK:
        if asked.ended is Ending.COMPLETE and asked.body.strip() == b"null":
            return "open"
        return "anything" if document is not None else "unknown"
    is_refusal = isinstance(document, dict) and isinstance(document.get("error"), str)
    if asked.status in _REFUSED and is_refusal:
        return "refused"
    if asked.status in {_ABSENT, _OFF}:
        return "absent" if asked.status == _ABSENT else "off"
    return "busy" if asked.status in UNAVAILABLE else "unknown"
