"""Algolia, Meilisearch and Appwrite in one process, as their clients and their source have them; records are canaries.

Algolia is composed from the official client (`getApiKey`, `listIndices`, its rights), Meilisearch from `api_key.rs`,
`documents.rs` and `error.rs`, Appwrite from `XList.php` and `errors.php`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from support.backend_hosts import CANARY, Answer

ALGOLIA_KEY = "0123456789abcdef0123456789abcdef"
MEILI_KEY = "Sx9aVbN2kLmQ7rTzYpWc4dEfGh1j"
APPLICATION = "CAMPUSAPP1"


def told(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json"})


@dataclass
class Paged:
    """Serves a page whose script is `script`, and the backend below some paths."""

    below: ClassVar[tuple[str, ...]] = ()
    script: str = ""
    port: int = 0
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def answer(self, method: str, target: str, headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        self.seen.append((method, target, headers))
        if target == "/":
            return Answer(200, b'<!doctype html><script src="/app.js"></script>', {"content-type": "text/html"})
        if target == "/app.js":
            return Answer(
                200, self.script.replace("PORT", str(self.port)).encode(), {"content-type": "text/javascript"}
            )
        return self.said(method, target, headers) if target.startswith(self.below) else Answer(404)

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        raise NotImplementedError

    @property
    def asked(self) -> list[str]:
        """What the backend was asked, without the page."""
        return [target for _, target, _ in self.seen if target.startswith(self.below)]


@dataclass
class FakeAlgolia(Paged):
    below: ClassVar[tuple[str, ...]] = ("/1/",)
    script: str = f'const s=algoliasearch("{APPLICATION}","{ALGOLIA_KEY}").initIndex("people");'
    rights: tuple[str, ...] = ("search",)
    key: str = ALGOLIA_KEY
    application: str = APPLICATION

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        path = urlsplit(target).path
        refused = {"message": "Invalid Application-ID or API key", "status": 403}
        if headers.get("x-algolia-application-id") != self.application or headers.get("x-algolia-api-key") != self.key:
            return told(refused, 403)
        if method == "GET" and path == f"/1/keys/{self.key}" and "search" in self.rights:
            value = {"value": self.key, "createdAt": 1517453568, "acl": list(self.rights), "description": "<redacted>"}
            return told(value)
        if method == "GET" and path == "/1/indexes" and "listIndexes" in self.rights:
            size = int(parse_qs(urlsplit(target).query).get("hitsPerPage", ["100"])[0])
            return told({"items": [{"name": CANARY, "entries": 7}][:size], "nbPages": 1})
        if method == "POST" and self._right_to(path) in self.rights:
            hit = {"hits": [{"name": CANARY}], "nbHits": 7, "page": 0, "nbPages": 1, "hitsPerPage": 1}
            return told({"results": [hit]} if path.endswith("/queries") else hit)
        return told({"message": "Method not allowed with this API key", "status": 403}, 403)

    def _right_to(self, path: str) -> str:
        """What a question with a body wants."""
        rights = {"query": "search", "queries": "search", "browse": "browse"}
        return rights.get(path.rpartition("/")[2], "") if path.startswith("/1/indexes/") else ""


@dataclass
class FakeMeilisearch(Paged):
    below: ClassVar[tuple[str, ...]] = ("/keys", "/stats", "/indexes")
    script: str = f'new MeiliSearch({{host:"http://127.0.0.1:PORT",apiKey:"{MEILI_KEY}"}}).index("people").search("x")'
    rights: tuple[str, ...] = ("search",)
    key: str = MEILI_KEY
    indexes: Mapping[str, int] = field(default_factory=lambda: {"people": 7, "empty": 0})

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        if "authorization" not in headers:
            return told({"message": "no", "code": "missing_authorization_header", "type": "auth"}, 401)
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        limit = int(query.get("limit", ["20"])[0])
        is_ours = headers["authorization"] == f"Bearer {self.key}"
        if is_ours and method == "POST" and path == "/indexes/people/search" and "search" in self.rights:
            return told({"hits": [{"name": CANARY}], "offset": 0, "limit": 20, "estimatedTotalHits": 7})
        right = {"/keys": "keys.get", "/stats": "stats.get", "/indexes": "indexes.get"}.get(path, "documents.get")
        if not is_ours or method != "GET" or right not in self.rights:
            return told({"message": CANARY, "code": "invalid_api_key", "type": "auth"}, 403)
        return self._allowed(path, limit)

    def _allowed(self, path: str, limit: int) -> Answer:
        if path == "/keys":
            return told({"results": [{"key": CANARY}][:limit], "offset": 0, "limit": limit, "total": 3})
        if path == "/stats":
            sizes = {name: {"numberOfDocuments": count} for name, count in self.indexes.items()}
            return told({"databaseSize": 1, "indexes": sizes})
        if path == "/indexes":
            return told({"results": [{"uid": CANARY}][:limit], "offset": 0, "limit": limit, "total": 2})
        count = self.indexes.get(path.split("/")[2])
        if count is None:
            return told({"message": CANARY, "code": "index_not_found", "type": "invalid_request"}, 404)
        rows = [{"name": CANARY}] * min(limit, count)
        return told({"results": rows, "offset": 0, "limit": limit, "total": count})


@dataclass
class FakeAppwrite(Paged):
    """`collections` by `DATABASE.COLLECTION`: how many documents any caller may read, or nothing where none may."""

    below: ClassVar[tuple[str, ...]] = ("/v1/",)

    script: str = ""
    project: str = "campus"
    collections: Mapping[str, int | None] = field(default_factory=dict)

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == "/v1/health/version":
            return told({"version": "1.6.2"})
        if headers.get("x-appwrite-project") != self.project:
            return _refused("project_not_found", 404)
        _, _, _, database, _, collection, _ = path.split("/")
        if database not in {name.partition(".")[0] for name in self.collections}:
            return _refused("database_not_found", 404)
        if (name := f"{database}.{collection}") not in self.collections:
            return _refused("collection_not_found", 404)
        count = self.collections[name]
        if count is None or method != "GET":
            return _refused("user_unauthorized", 401)
        asked = [json.loads(query[f"queries[{number}]"][0]) for number in range(len(query))]
        wanted = {each["method"]: each["values"][0] for each in asked}
        rows = max(0, min(wanted["limit"], count - wanted["offset"]))
        return told({"total": min(count, 5_000), "documents": [{"$id": CANARY}] * rows})


def _refused(kind: str, status: int) -> Answer:
    return told({"message": CANARY, "code": status, "type": kind, "version": "1.6.2"}, status)
