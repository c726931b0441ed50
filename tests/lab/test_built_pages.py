"""Every backend and every secret that was planted in a page of a usual tool is found from the page alone.

Nobody but the site is asked: each connection of the scan is written down by its own process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.conftest import contents_to_oneself, had, write_scope
from lab.model import Lab
from support.connections import scan_with_connections
from support.planted import BACKENDS, MAP_ONLY, SECRETS

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.timeout(1000)]

SERVERS = frozenset({
    "https://parse.example.edu/parse", "https://pocket.example.edu", "https://directus.example.edu",
    "https://strapi.example.edu", "https://tables.example.edu/graphql",
})  # fmt: skip
"""Those of one's own that each page talks to by their clients."""
OWN: Mapping[str, frozenset[str]] = {
    "vite-page-open": SERVERS | frozenset({
        "supabase://campusvitechatappabc", "firestore://campus-vite",
        "firebase://campus-vite-default-rtdb.europe-west1.firebasedatabase.app",
        "firebasestorage://campus-vite.firebasestorage.app",
    }),
    "next-page-open": SERVERS | frozenset({"supabase://campusnextchatappabc", "firestore://campus-next"}),
    "expo-page-open": SERVERS | frozenset({
        "supabase://campusexpochatappabc", "firestore://campus-expo",
        "firebase://campus-expo-default-rtdb.firebaseio.com", "firebasestorage://campus-expo.appspot.com",
    }),
}  # fmt: skip
"""The backends that each page talks to by the official clients."""
ALL = {"customers", "orders", "notes", "allCustomers", "allNotes", "allOrders", "rooms", "campus", "lockers"}
TABLES = {"vite-page-open": ALL | {"messages"}, "next-page-open": ALL, "expo-page-open": ALL | {"visits"}}


@pytest.mark.parametrize("name", OWN)
def test_what_is_planted_in_a_built_page_is_found_and_nobody_else_is_asked(lab: Lab, tmp_path: Path, name: str) -> None:
    server = had(lab, name)
    write_scope(tmp_path, lab)
    words = ("scan", f"http://127.0.0.1:{server.port}/", "--scope", "scope.yaml", "--format", "json")

    with contents_to_oneself():
        done, connections = scan_with_connections(tmp_path, *words)

    assert connections == {f"127.0.0.1:{server.port}"}
    found = _of_page(json.loads(done.stdout)["findings"])
    assert found["outcome"] == "exposed"
    shipped = found["shipped"]
    assert {one["kind"] for one in shipped["secrets"]} == set(SECRETS)
    assert {one["entry"] for one in shipped["backends"]} == OWN[name] | set(BACKENDS)
    assert {one["name"] for one in shipped["tables"]} >= TABLES[name]
    marks = [
        (one["where"].endswith(".map"), one["mark"]) for one in shipped["secrets"] if one["kind"] == "gitlab_token"
    ]
    in_maps, in_scripts = ({mark for is_map, mark in marks if is_map is wanted} for wanted in (True, False))
    assert in_maps - in_scripts, "another one stands in a comment of the sources"
    _hold_no_value(tmp_path, done.stdout + done.stderr)


def _of_page(findings: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(one for one in findings if one["check_id"] == "page_secrets_shipped")


def _hold_no_value(folder: Path, printed: str) -> None:
    """Neither what was printed nor what was kept has a planted secret in it."""
    values = [*SECRETS.values(), MAP_ONLY]
    assert not [value for value in values if value in printed]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path.name for path in files if any(value.encode() in path.read_bytes() for value in values)]
