"""How much a MongoDB server says that it holds, added up over its databases."""

from __future__ import annotations

import re
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending

_NAME = re.compile(r"""[^/\\. "$*<>:|?\x00\ud800-\udfff]+""")
_LONGEST_NAME = 63
"""Letters and bytes of a database's name: MongoDB's manual, "Naming Restrictions"."""
_SYSTEM = frozenset({"admin", "config", "local"})


class DecodedAnswer(Frozen):
    """One answer of the server, decoded."""

    ended: Ending
    document: dict[str, Any] | None = None
    size: int = 0
    seconds: float = 0.0


class SizeSum:
    """Adds up the sizes that the server states; forgets the names."""

    def __init__(self, listed: DecodedAnswer) -> None:
        document = listed.document or {}
        databases = document.get("databases")
        self._listed = isinstance(databases, list)
        named = [item for item in databases if isinstance(item, dict)] if isinstance(databases, list) else []
        self.names = [name for item in named if isinstance(name := item.get("name"), str) and name not in _SYSTEM]
        self.askable = [name for name in self.names if _NAME.fullmatch(name) and len(name.encode()) <= _LONGEST_NAME]
        """Those that a real server could have: a name of a host's invention is not put into a command of ours."""
        self._bytes = _whole(document.get("totalSize"))
        self._sums = {"objects": 0, "collections": 0}
        self._answered = 0
        self.size = listed.size
        self._requests = [_request("listDatabases", "", listed)]

    def add(self, stats: DecodedAnswer) -> None:
        """Take in the answer of one database."""
        self._requests.append(_request("dbStats", f"database {len(self._requests)}", stats))
        self.size += stats.size
        counts = [_whole((stats.document or {}).get(name)) for name in self._sums]
        if None not in counts:
            self._answered += 1
            self._sums = {name: self._sums[name] + (count or 0) for name, count in zip(self._sums, counts, strict=True)}

    def document(self) -> dict[str, Any]:
        """The sums; unknown where none of the databases answered."""
        complete = self._listed and self._answered == len(self.names)
        sums = self._sums if self._answered or complete else dict.fromkeys(self._sums)
        return {
            "databases": len(self.names) if self._listed else None,
            "bytes": self._bytes,
            **sums,
            "complete": complete,
            "requests": self._requests,
        }


def _whole(value: object) -> int | None:
    """A count, which old servers state as a floating number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**63:
        return None
    return int(value)


def _request(method: str, what: str, got: DecodedAnswer) -> dict[str, Any]:
    return {"method": method, "what": what, "status": None, "bytes": got.size}
