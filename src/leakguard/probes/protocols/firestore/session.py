"""Firestore: how many documents of a collection its rules let strangers count; never a document or its name.

Rules let a query through as a whole or not at all, and to count asks for the same right as to list. So a count of a
collection that cannot exist proves a rule for all names, and a count of one of ours that its documents can be read.
"""

from __future__ import annotations

from typing import Any, ClassVar

from leakguard.checks.replies import json_in
from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import whole_number
from leakguard.probes.protocols.backend import ANY, UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.http.counts import MOST_COUNTED
from leakguard.shipped.public_keys import OwnWords

_OK, _REFUSED, _ABSENT = 200, 403, 404


class FirestoreSession(BackendSession):
    """Documents have `state`: `open`, `empty`, `refused`, `absent`, `off`, `busy` or `unknown`; `rows`, `exact`."""

    kind = "firestore"

    has_whole: ClassVar[bool] = True
    own_words: ClassVar[OwnWords] = OwnWords(table_calls=frozenset({"collection", "firestore"}))

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """How the project answers for a collection that cannot exist."""
        asked, document = await self.table(ANY, cap)
        return asked, {**document, "product": document["state"] in {"open", "refused", "off"}}

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """The count of a collection, up to ten thousand."""
        is_any = table == ANY
        asked = await self._client.count(self.meant.name, self.nonsense if is_any else table, cap=cap)
        self.noted("POST", f"count of {'<nonsense>' if is_any else table}", asked)
        rows = _count_in(asked)
        if rows is None:
            return asked, {"state": _state_of(asked), "rows": None, "exact": False}
        if is_any:
            return asked, {"state": "anything" if rows else "open", "rows": None, "exact": False}
        return asked, {"state": "open" if rows else "empty", "rows": rows, "exact": rows < MOST_COUNTED}


def _first(asked: HttpResponse) -> dict[str, Any]:
    """Answers come as a list, one item for each part of a stream; an error may come without one."""
    document = json_in(asked.body) if asked.ended is Ending.COMPLETE else None
    first = document[0] if isinstance(document, list) and document else document
    return first if isinstance(first, dict) else {}


def _count_in(asked: HttpResponse) -> int | None:
    result = _first(asked).get("result")
    fields = result.get("aggregateFields") if isinstance(result, dict) else None
    count = fields.get("n") if isinstance(fields, dict) else None
    value = count.get("integerValue") if isinstance(count, dict) else None
    return whole_number(str(value)) if asked.status == _OK and value is not None else None


def _state_of(asked: HttpResponse) -> str:
    """A service that is off, or a key that is barred, is refused with a reason of its own: no rule was asked then."""
    error = _first(asked).get("error")
    detail = error if isinstance(error, dict) else {}
    if asked.status == _REFUSED and detail.get("status") == "PERMISSION_DENIED":
        return "off" if detail.get("details") else "refused"
    if asked.status == _ABSENT and detail:
        return "absent"
    return "busy" if asked.status in UNAVAILABLE else "unknown"
