"""A stand-in for a cluster in trouble: it keeps what `_bulk` brings, and refuses as it was told to.

Behaviour of Elasticsearch 8, as its documents describe it: 429 for the whole request or for one document, 409 for one
that is there, 400 with the document's own words in the reason for one that does not fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.web_stands import served


@dataclass(slots=True)
class Trouble:
    """What the cluster does, and what it was asked."""

    version: dict[str, Any] = field(default_factory=lambda: {"number": "8.19.0"})
    statuses: list[int] = field(default_factory=list)
    """Answers to the next bulk requests, before the others are taken."""
    busy: set[str] = field(default_factory=set)
    """Documents that are refused once with 429."""
    unfit: set[str] = field(default_factory=set)
    template_status: int = 200
    info_status: int = 200
    kept: dict[str, Any] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    bulks: int = 0
    is_odd: bool = False
    """Whether it answers a bulk request with something else."""
    dies_after: int | None = None
    """Bulk requests after which each connection is cut."""


class Handler(BaseHTTPRequestHandler):
    """One request; a subclass knows its self.trouble."""

    trouble: Trouble
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.trouble.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.say(self.trouble.info_status, {"version": self.trouble.version})

    def do_PUT(self) -> None:
        if self.path.startswith("/_bulk"):
            self.do_POST()
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(self.trouble.template_status, {"acknowledged": True})

    def do_POST(self) -> None:
        lines = self.rfile.read(int(self.headers["Content-Length"])).splitlines()
        self.trouble.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.trouble.bulks += 1
        if self.trouble.dies_after is not None and self.trouble.bulks > self.trouble.dies_after:
            self.close_connection = True
            return
        if self.trouble.statuses:
            self.say(self.trouble.statuses.pop(0), {"error": "canary-words-of-a-server"})
            return
        if self.trouble.is_odd:
            self.say(200, {"hello": "canary"})
            return
        pairs = zip(lines[::2], lines[1::2], strict=True)
        items = [self.take(json.loads(action)["create"], json.loads(body)) for action, body in pairs]
        self.say(200, {"errors": True, "items": [{"create": item} for item in items]})

    def take(self, action: dict[str, str], body: object) -> dict[str, Any]:
        identifier = action["_id"]
        if identifier in self.trouble.busy:
            self.trouble.busy.discard(identifier)
            return {"_id": identifier, "status": 429, "error": {"type": "es_rejected_execution_exception"}}
        if identifier in self.trouble.unfit:
            reason = f"failed to parse {json.dumps(body)}"
            return {
                "_id": identifier,
                "status": 400,
                "error": {"type": "mapper_parsing_exception", "reason": reason},
            }
        if identifier in self.trouble.kept:
            return {"_id": identifier, "status": 409, "error": {"type": "version_conflict_engine_exception"}}
        self.trouble.kept[identifier] = body
        return {"_id": identifier, "status": 201}

    def say(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def bulk_server(trouble: Trouble) -> Iterator[str]:
    """Run it; gives its URL."""
    with served(type("Troubled", (Handler,), {"trouble": trouble})) as url:
        yield url
