"""A server whose classes only a page elsewhere names, from the first scan to the proof that it is closed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cli.test_backend_scans import Place
from support.backend_hosts import CANARY, Answer, serving

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(300)]

APPLICATION = "application-of-ours"
REFUSED = {"code": 119, "error": "Permission denied for action find on class."}


@dataclass
class ParseServer:
    """As Parse Server 8 answers; the classes with the number of objects that strangers may find."""

    classes: dict[str, int]
    port: int = 0
    seen: list[str] = field(default_factory=list)

    def answer(self, _method: str, target: str, headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        self.seen.append(target)
        kind = {"content-type": "application/json"}
        if target == "/parse/health":
            return Answer(200, b'{"status":"ok"}', kind)
        if not target.startswith("/parse/classes/"):
            return Answer(404, b"<pre>Cannot GET /</pre>", {"content-type": "text/html"})
        if headers.get("x-parse-application-id") != APPLICATION:
            return Answer(403, b'{"error":"unauthorized"}', kind)
        name = target.removeprefix("/parse/classes/").partition("?")[0]
        if name in self.classes:
            return Answer(200, json.dumps({"results": [], "count": self.classes[name]}).encode(), kind)
        return Answer(400, json.dumps(REFUSED).encode(), kind)


@dataclass
class Page:
    """A page that talks to the server there."""

    there: int
    port: int = 0

    def answer(self, _method: str, target: str, _headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        script = (
            f'P.initialize("{APPLICATION}");P.serverURL="http://127.0.0.1:{self.there}/parse";'
            f'new P.Query("Orders").find();new P.Query("Notes").find();c.from("sales")//{CANARY}'
        )
        files = {"/shop": b'<!doctype html><script src="/app.js"></script>', "/app.js": script.encode()}
        kind = "text/html" if target == "/shop" else "text/javascript"
        return Answer(200 if target in files else 404, files.get(target, b"gone"), {"content-type": kind})


@contextmanager
def running(folder: Path, entry: str) -> Iterator[tuple[ParseServer, Place]]:
    with serving(ParseServer({"Orders": 4})) as server, serving(Page(server.port)) as page:
        place = Place(folder)
        place.write_scope([f"http://127.0.0.1:{page.port}/shop", entry.format(port=server.port)], [])
        yield server, place


@pytest.mark.parametrize("entry", ["http://127.0.0.1:{port}/parse", "parse://127.0.0.1:{port}"])
def test_a_class_that_a_page_of_the_scope_names_is_judged_and_its_closure_proved(tmp_path: Path, entry: str) -> None:
    with running(tmp_path, entry) as (server, place):
        found = place.found()
        told = {name.rpartition("/")[2]: one["outcome"] for name, one in found.items() if one["datastore"] != "page"}
        orders = next(one for name, one in found.items() if name.endswith("Orders"))
        server.classes["Orders"] = 0
        hidden = place.verified(orders["id"])
        server.classes.clear()
        closed = place.verified(orders["id"])

    assert told == {"Orders": "exposed", "Notes": "not_exposed", "_User": "not_exposed"}
    assert "sales" not in " ".join(server.seen), "what another client is asked for is no class of this server"
    assert orders["size"]["records"] == 4
    assert (hidden[0], closed[0]) == (3, 0)
    assert closed[1].startswith("closed")
    assert not [word for word in (APPLICATION, CANARY) if word.encode() in place.kept()]
