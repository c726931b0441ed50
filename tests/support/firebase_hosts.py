"""The three stores of Firebase in one process, as their REST interfaces answer by documentation and source.

Composed from the documentation of the Realtime Database's REST interface and rules, the reference of Firestore's
`runAggregationQuery`, and firebase-tools (`src/emulator/storage`). Each holds data, so that a test can tell that none
went out to those who are not to have it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.backend_hosts import CANARY, Answer

_COUNT = re.compile(r"/v1/projects/([^/]+)/databases/\(default\)/documents:runAggregationQuery")
_QUERY = re.compile(r"/v1/projects/([^/]+)/databases/\(default\)/documents:runQuery")
_LIST = re.compile(r"/v0/b/([^/]+)/o")


@dataclass
class FakeFirebase:
    """One project. What is open is named; `*` opens every name."""

    paths: frozenset[str] = frozenset()
    """Of the Realtime Database."""
    collections: frozenset[str] = frozenset()
    documents: Mapping[str, int] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    """Of the bucket."""
    project: str = "campus-app"
    asks: str = ""
    """What the page's script says."""
    status: int = 0
    """With which every question is answered, where it is not zero."""
    port: int = 0
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        self.seen.append((method, target, headers))
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == "/":
            return Answer(200, b'<!doctype html><script src="/app.js"></script>', {"content-type": "text/html"})
        if path == "/app.js":
            return Answer(200, f'const p="{self.project}";{self.asks}'.encode(), {"content-type": "text/javascript"})
        if self.status:
            return _json(self.status, {"error": {"code": self.status, "message": "busy"}})
        return self._store(path, query, body)

    def _store(self, path: str, query: Mapping[str, list[str]], body: bytes) -> Answer:
        if path.endswith(".json"):
            return self._path(path.removesuffix(".json").strip("/").split("/"), query)
        if found := _COUNT.fullmatch(path):
            return self._count(found[1], json.loads(body))
        if found := _QUERY.fullmatch(path):
            return self._documents(found[1], json.loads(body))
        if found := _LIST.fullmatch(path):
            return self._list(unquote(found[1]), query)
        return Answer(404, b"not found")

    def _path(self, parts: list[str], query: Mapping[str, list[str]]) -> Answer:
        """A right to read holds for all below; nothing lies there, but for one record below each path."""
        if query.get("ns", [self.project]) != [self.project]:
            return _json(404, {"error": "404 Not Found"})
        if not ({"*", parts[0]} & self.paths):
            return _json(401, {"error": "Permission denied"})
        is_there = len(parts) == 1 and parts[0] in self.paths
        return _json(200, {CANARY: {"mail": CANARY}} if is_there else None)

    def _opens(self, collection: str) -> bool:
        return bool({"*", collection} & self.collections)

    def _count(self, project: str, asked: dict[str, Any]) -> Answer:
        query = asked["structuredAggregationQuery"]
        collection = query["structuredQuery"]["from"][0]["collectionId"]
        if refusal := self._refusal(project, collection):
            return refusal
        count, named = self.documents.get(collection, 0), query["aggregations"][0]
        most = int(named["count"].get("upTo") or count) if isinstance(named["count"], dict) else count
        fields = {named["alias"]: {"integerValue": str(min(count, most))}}
        return _json(200, [{"result": {"aggregateFields": fields}, "readTime": "2026-11-30T12:00:00.000000Z"}])

    def _documents(self, project: str, asked: dict[str, Any]) -> Answer:
        collection = asked["structuredQuery"]["from"][0]["collectionId"]
        if refusal := self._refusal(project, collection):
            return refusal
        place = f"projects/{project}/databases/(default)/documents/{collection}"
        at = "2026-11-30T12:00:00.000000Z"
        one = {"fields": {"mail": {"stringValue": CANARY}}, "createTime": at, "updateTime": at}
        held = min(self.documents.get(collection, 0), asked["structuredQuery"].get("limit", 10_000))
        found = [{"document": {"name": f"{place}/{n}", **one}, "readTime": at} for n in range(held)]
        return _json(200, found or [{"readTime": at}])

    def _refusal(self, project: str, collection: str) -> Answer | None:
        if project != self.project:
            return _json(404, [{"error": {"code": 404, "message": "no database", "status": "NOT_FOUND"}}])
        if self._opens(collection):
            return None
        message = "Missing or insufficient permissions."
        return _json(403, [{"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED"}}])

    def _list(self, bucket: str, query: Mapping[str, list[str]]) -> Answer:
        if not bucket.startswith(self.project):
            return _json(404, {"error": {"code": 404, "message": "Not Found."}})
        prefix = query.get("prefix", [""])[0]
        if prefix and not prefix.endswith("/"):
            return _json(400, {"error": {"code": 400, "message": "The prefix parameter is required to be empty or …"}})
        if not ({"*", prefix.split("/")[0]} & self.folders):
            return _json(403, {"error": {"code": 403, "message": "Permission denied. No LIST permission."}})
        is_there = prefix.rstrip("/") in self.folders or (not prefix and "*" in self.folders)
        items = [{"name": f"{prefix}{CANARY}.png", "bucket": bucket}] if is_there else []
        return _json(200, {"prefixes": [], "items": items})


def _json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json"})
