"""Backends that pages talk to, in one process: Supabase as its gateway and PostgREST answer, by their source.

Composed from PostgREST 14 (`RangeQuery.hs`, `Error.hs`) and the documentation of Supabase's keys. It says which role
may read which table, and holds rows so that a test can tell that none of them went out where none may.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

CANARY = "CANARY-91c3d0"
PUBLISHABLE = "sb_publishable_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"


@dataclass
class Table:
    """One table: how many rows a stranger sees, or nothing where the role has no grant."""

    visible: int | None = 0
    fields: tuple[str, ...] = ("id", "email")
    is_slow: bool = False
    """Whether an exact count takes longer than the role's statement may."""
    granted: tuple[str, ...] = ()
    """Columns that are granted singly, where all together are not."""


class Serves(Protocol):
    """What answers requests."""

    port: int

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"", /) -> Answer:
        """What it says."""


Host = TypeVar("Host", bound=Serves)


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeSupabase:
    """Serves a page of ours at `/`, and the backend below `/rest/v1/`."""

    tables: dict[str, Table] = field(default_factory=dict)
    key: str | None = PUBLISHABLE
    """What the gateway takes; `None` for a PostgREST without one."""
    shipped: str | None = PUBLISHABLE
    """What the page ships."""
    asks: str = ""
    """The tables that the page's script names, as its code."""
    is_described: bool = False
    has_proxy_status: bool = True
    port: int = 0
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def answer(self, method: str, target: str, headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        self.seen.append((method, target, headers))
        path = urlsplit(target).path
        if path == "/":
            return Answer(200, b'<!doctype html><script src="/app.js"></script>', {"content-type": "text/html"})
        if path == "/app.js":
            key = f'"{self.shipped}"' if self.shipped else '""'
            script = f'const u="http://127.0.0.1:{self.port}",c=createClient(u,{key});{self.asks}'
            return Answer(200, script.encode(), {"content-type": "text/javascript"})
        if not path.startswith("/rest/v1/"):
            return Answer(404, b"not found")
        if self.key is not None and headers.get("apikey") != self.key:
            told = {"message": "Invalid API key", "hint": "Double check your Supabase API key."}
            return Answer(401, json.dumps(told).encode(), {"content-type": "application/json"})
        name, query = path.removeprefix("/rest/v1/"), parse_qs(urlsplit(target).query)
        if "/" in name:
            return self._refused(404, "PGRST125", "Invalid path specified in request URL")
        return self._described() if not name else self._rows(method, name, query, headers)

    def _described(self) -> Answer:
        if not self.is_described:
            return _error(401, "PGRST000", "Access to schema is forbidden", with_header=False)
        able = {name: table for name, table in self.tables.items() if table.visible is not None}
        told = {
            "swagger": "2.0",
            "info": {"title": "standard public schema"},
            "paths": {"/": {}, "/rpc/wipe": {}, **{f"/{name}": {} for name in able}},
            "definitions": {name: {"properties": dict.fromkeys(able[name].fields, "text")} for name in able},
        }
        return Answer(200, json.dumps(told).encode(), {"content-type": "application/openapi+json"})

    def _rows(self, method: str, name: str, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> Answer:
        table = self.tables.get(name)
        if table is None:
            return self._refused(404, "PGRST205", f"Could not find the table 'public.{name}'")
        column = query.get("select", ["*"])[0]
        if column != "*" and column not in table.fields:
            return self._refused(400, "42703", f"column {name}.{column} does not exist")
        if table.visible is None or (table.granted and column not in table.granted):
            return self._refused(401, "42501", f"permission denied for table {name}")
        how = headers.get("prefer", "")
        if "count=exact" in how and table.is_slow:
            return self._refused(500, "57014", "canceling statement due to statement timeout")
        limit = int(query["limit"][0]) if "limit" in query else table.visible
        rows = min(limit, table.visible)
        total = table.visible if "count=" in how else None
        shown = f"0-{rows - 1}" if rows and total != 0 else "*"
        status = 206 if total is not None and rows < total else 200
        body = json.dumps([dict.fromkeys(table.fields, CANARY)] * rows).encode()
        told = {"content-range": f"{shown}/{'*' if total is None else total}", "content-type": "application/json"}
        return Answer(status, b"" if method == "HEAD" else body, told)

    def _refused(self, status: int, code: str, message: str) -> Answer:
        return _error(status, code, message, with_header=self.has_proxy_status)


def _error(status: int, code: str, message: str, *, with_header: bool) -> Answer:
    told = {"code": code, "details": None, "hint": f"Perhaps you meant {CANARY}", "message": message}
    headers = {"content-type": "application/json"}
    headers |= {"proxy-status": f"PostgREST; error={code}"} if with_header else {}
    return Answer(status, json.dumps(told).encode(), headers)


@contextmanager
def serving(host: Host, port: int = 0) -> Iterator[Host]:
    """The host on loopback, with its `port` set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self._chunked() if "chunked" in self.headers.get("transfer-encoding", "") else self._sized()
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = host.answer(self.command, self.path, headers, body)
            self.send_response(told.status)
            for name, value in {"content-length": str(len(told.body)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(told.body)

        def _sized(self) -> bytes:
            return self.rfile.read(int(self.headers.get("content-length") or 0))

        def _chunked(self) -> bytes:
            """As clients send that do not know the length before."""
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_HEAD = do_POST = do_OPTIONS = _serve  # noqa: N815  (its words)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
