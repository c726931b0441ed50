"""Tables of a server of one's own: named in the scope, and declared as meant for strangers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cli.test_backend_scans import Place
from support.backend_hosts import CANARY, Answer, serving

pytestmark = [pytest.mark.untraced, pytest.mark.enable_socket, pytest.mark.timeout(300)]
PAGE = b'<!doctype html><html><head><title>Shop</title></head><body><script src="/app.js"></script></body></html>'


@dataclass
class FakePocketBase:
    """As recorded; `page` says whether it serves its owner's page, which names the collection `page_named`."""

    collections: Mapping[str, int | None] = field(default_factory=dict)
    page: bool = True
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def answer(self, _method: str, target: str, _headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        path = urlsplit(target).path
        if self.page and path == "/":
            return Answer(200, PAGE, {"content-type": "text/html"})
        if self.page and path == "/app.js":
            return Answer(200, b'pb.collection("page_named").getList(1,20)', {"content-type": "text/javascript"})
        if path == "/api/health":
            return told({"message": "API is healthy.", "code": 200, "data": {}})
        if path == "/api/collections/_superusers/auth-methods":
            return told({"password": {"identityFields": ["email"], "enabled": True}})
        if path.startswith("/api/collections/"):
            return self._records(path.split("/")[3])
        return told({"data": {}, "message": "File not found.", "status": 404}, 404)

    def _records(self, name: str) -> Answer:
        self.asked.append(name)
        if name not in self.collections:
            return told({"data": {}, "message": "Missing collection context.", "status": 404}, 404)
        count = self.collections[name]
        if count is None:
            return told({"data": {}, "message": "Only superusers can perform this action.", "status": 403}, 403)
        return told({"items": [], "page": 1_000_000, "perPage": 1, "totalItems": count, "totalPages": count})


def told(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json"})


def test_a_table_that_the_scope_declares_is_open_by_design_however_it_is_reached(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with serving(FakePocketBase(collections={"page_named": 3, "users": 2})) as host:
        here = f"pocketbase://127.0.0.1:{host.port}"
        place.write_scope(["127.0.0.1"], [f"{here}/page_named"])
        done = place.run("scan", f"127.0.0.1:{host.port}", "--scope", "scope.yaml", "--format", "jsonl")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    about = {one["target"].partition("/")[2]: (one["outcome"], one.get("reason_code")) for one in found}
    assert about["page_named"] == ("not_applicable", "public_by_design")
    assert about["users"] == ("exposed", None)
    assert CANARY not in done.stdout + done.stderr


def test_tables_that_the_scope_names_are_asked_for_where_no_page_names_them(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with serving(FakePocketBase(collections={"orders": 4, "notes": None}, page=False)) as host:
        here = f"pocketbase://127.0.0.1:{host.port}"
        place.write_scope([here, f"{here}/orders", f"{here}/notes"], [])
        found = place.found()

    assert {name: found[name]["outcome"] for name in ("orders", "notes")} == {
        "orders": "exposed", "notes": "not_exposed",
    }  # fmt: skip
    assert found["orders"]["size"]["records"] == 4


def test_where_the_scope_names_a_part_alone_no_table_of_the_page_is_asked_for(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with serving(FakePocketBase(collections={"orders": 4, "page_named": 3})) as host:
        place.write_scope([f"pocketbase://127.0.0.1:{host.port}/orders"], [])
        found = place.found()

    assert found["orders"]["outcome"] == "exposed"
    assert not {"page_named", "users"} & {*host.asked, *found}


def test_one_table_of_such_a_server_cannot_be_excluded_and_the_scope_says_so(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write_scope(["pocketbase://127.0.0.1:8090"], [])
    scope = tmp_path / "scope.yaml"
    scope.write_text(f'{scope.read_text()}exclude: ["pocketbase://127.0.0.1:8090/secret"]\n', encoding="utf-8")

    done = place.run("scan", "--scope", "scope.yaml", "--dry-run")

    assert done.returncode != 0
    assert "exclude the server as a whole" in done.stderr
