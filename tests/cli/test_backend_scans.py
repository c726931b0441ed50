"""Backends of pages from end to end: a line for each table, closure by its own refusal, no word of key or row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.backend_hosts import CANARY, PUBLISHABLE, FakeSupabase, Table, serving
from support.connections import scan_with_connections
from support.firebase_hosts import FakeFirebase

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(300)]

ASKS = 'c.from("users").select("*");c.from("orders");c.from("secrets");c.from("catalogue")'
SCOPE = """scope: campus
owner: {{organisation: E, contact: a@example.edu, approved_by: CISO, approved_at: 2026-11-01}}
valid: {{from: 2020-01-01, until: 2099-01-01}}
include: {include}
public: {public}
limits: {{total: 500/s, per_host: 100/s, per_network: 100/s, per_name: 100/s}}
"""


@dataclass
class Place:
    """A folder with a scope and a store."""

    folder: Path

    def write_scope(self, include: list[str], public: list[str]) -> None:
        text = SCOPE.format(include=json.dumps(include), public=json.dumps(public)).replace("2026-11-01", "2020-01-01")
        (self.folder / "scope.yaml").write_text(text, encoding="utf-8")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "leakguard", *words, "--store", "store.db"],
            cwd=self.folder, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip

    def found(self) -> dict[str, dict[str, Any]]:
        """The findings of a scan of the whole scope, by what they are about."""
        done = self.run("scan", "--scope", "scope.yaml", "--format", "jsonl")
        listed = [json.loads(line) for line in done.stdout.splitlines()]
        return {one["target"].partition("/")[2]: one for one in listed}

    def verified(self, finding: str) -> tuple[int, str]:
        done = self.run("scan", "verify", finding, "--scope", "scope.yaml")
        return done.returncode, done.stdout

    def kept(self) -> bytes:
        """All that stands in the folder."""
        return b"".join(file.read_bytes() for file in self.folder.rglob("*") if file.is_file())


@contextmanager
def supabase(folder: Path) -> Iterator[tuple[FakeSupabase, Place]]:
    tables = {
        "users": Table(visible=5), "orders": Table(visible=0), "secrets": Table(visible=None),
        "catalogue": Table(visible=3, fields=("id", "title")),
    }  # fmt: skip
    with serving(FakeSupabase(tables=tables, asks=ASKS, is_described=True)) as host:
        here, place = f"supabase://127.0.0.1:{host.port}", Place(folder)
        place.write_scope([f"http://127.0.0.1:{host.port}/", here], [f"{here}/catalogue"])
        yield host, place


def test_each_table_has_its_line_and_neither_key_nor_row_stands_anywhere(tmp_path: Path) -> None:
    with supabase(tmp_path) as (host, place):
        done, connections = scan_with_connections(tmp_path, "scan", "--scope", "scope.yaml", "--format", "jsonl")

    listed = [json.loads(line) for line in done.stdout.splitlines()]
    told = {one["target"].partition("/")[2]: (one["outcome"], one.get("reason_code")) for one in listed}
    assert told == {
        "users": ("exposed", None),
        "orders": ("not_exposed", "rows_hidden"),
        "secrets": ("not_exposed", None),
        "catalogue": ("not_applicable", "public_by_design"),
    }
    assert done.returncode == 1
    assert connections == {f"127.0.0.1:{host.port}"}
    said = (done.stdout + done.stderr).encode() + place.kept()
    assert PUBLISHABLE.encode() not in said
    assert CANARY.encode() not in said


def test_closure_takes_the_refusal_of_this_very_table_by_the_same_key(tmp_path: Path) -> None:
    with supabase(tmp_path) as (host, place):
        finding = place.found()["users"]["id"]
        host.tables["users"] = Table(visible=0)
        hidden = place.verified(finding)
        host.tables["users"] = Table(visible=None)
        refused = place.verified(finding)
        host.key = host.shipped = f"sb_publishable_{'another_key_' * 2}"
        changed = place.verified(finding)
        host.shipped = None
        gone = place.verified(finding)
        host.shipped, host.tables["users"] = host.key, Table(visible=5)
        still = place.verified(finding)

    assert [code for code, _ in (hidden, refused, changed, gone, still)] == [3, 0, 3, 3, 1]
    assert refused[1].startswith("closed")
    assert "no longer ships the key" in changed[1]
    assert "no page of the scope ships" in gone[1]
    assert b"another_key_" not in place.kept()


def test_a_watch_does_not_take_hidden_rows_or_another_key_for_a_closure(tmp_path: Path) -> None:
    with supabase(tmp_path) as (host, place):
        first = place.found()["users"]["run"]
        host.tables["users"] = Table(visible=0)
        hidden = place.found()["users"]["run"]
        host.key = host.shipped = f"sb_publishable_{'another_key_' * 2}"
        host.tables["users"] = Table(visible=None)
        changed = place.found()["users"]["run"]
        told = [place.run("scan", "diff", first, later).stdout for later in (hidden, changed)]

    for diff in told:
        assert "users" in diff
        assert "closed" not in diff


def test_the_stores_of_firebase_are_asked_by_one_scope_and_told_apart(tmp_path: Path) -> None:
    open_to_all = frozenset({"chats"})
    stores = (
        FakeFirebase(paths=open_to_all),
        FakeFirebase(collections=frozenset({"*"}), documents={"chats": 7, "users": 9}),
        FakeFirebase(),
    )
    with ExitStack() as running:
        first, second, third = (running.enter_context(serving(store)).port for store in stores)
        place = Place(tmp_path)
        database, documents = f"firebase://127.0.0.1:{first}/campus-app", f"firestore://127.0.0.1:{second}/campus-app"
        files = f"firebasestorage://127.0.0.1:{third}/campus-app.appspot.com"
        place.write_scope([database, f"{database}/chats", documents, f"{documents}/chats", files], [])
        done = place.run("scan", "--scope", "scope.yaml", "--format", "jsonl")
        listed = [json.loads(line) for line in done.stdout.splitlines()]

    told = {(one["datastore"], one["target"].rpartition("/")[2]): one["outcome"] for one in listed}
    assert told == {
        ("firebase", "*"): "not_exposed",
        ("firebase", "chats"): "exposed",
        ("firestore", "*"): "exposed",
        ("firestore", "chats"): "exposed",
        ("firebasestorage", "*"): "not_exposed",
        ("firebasestorage", f"127.0.0.1:{third}"): "inconclusive",  # of whose folders nobody named any
    }
    assert CANARY.encode() not in place.kept()
