"""Each server that a built page talks to is found from the page alone, and judged collection by collection.

The servers are the real ones of the lab. The page is the one that its tool built, with their addresses in the place of
those of the environment. What the first scan finds in the page goes into the scope as it was told, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.conftest import contents_to_oneself, had, write_scope
from lab.model import CANARY, Lab, Server
from lab.recipes.app_backends import STATES
from lab.recipes.app_platforms import APPLICATION, FORMS, RIGHTS
from lab.test_backends_of_built_pages import CLOSED, HIDDEN, OPEN, BuiltPage, kept_in
from support.backend_hosts import serving
from support.connections import scan_with_connections
from support.planted import SECRETS

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.enable_socket, pytest.mark.timeout(1000)]

PAGES = ("vite-page-open", "next-page-open", "expo-page-open")
ADDRESSES = {
    "https://pocket.example.edu": "pocketbase",
    "https://parse.example.edu": "parse-server",
    "https://directus.example.edu": "directus",
    "https://strapi.example.edu": "strapi",
    "https://tables.example.edu": "postgraphile",
}
"""In the page, and which server of the lab answers there."""
TOLD = {"open": OPEN, "hidden": HIDDEN, "protected": CLOSED}
ASKED = {"customers", "orders", "notes"}
"""The collections that the page asks each of them for; not each server has all of them."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PAGES)
def test_a_server_that_a_built_page_talks_to_is_judged_collection_by_collection(
    lab: Lab, tmp_path: Path, name: str, state: str
) -> None:
    servers = {address: had(lab, f"{server}-{state}") for address, server in ADDRESSES.items()}
    instead = {address: f"http://127.0.0.1:{server.port}" for address, server in servers.items()}
    places = {f"127.0.0.1:{server.port}" for server in servers.values()}
    with contents_to_oneself(), serving(BuiltPage(had(lab, name).port, instead)) as page:
        site = f"127.0.0.1:{page.port}"
        entries = entries_named_by(lab, _made(tmp_path / "first"), site, places)
        write_scope(_made(tmp_path / "second"), lab, include=[f"http://{site}/", *entries])
        words = ("scan", "--scope", "scope.yaml", "--format", "jsonl")
        done, connections = scan_with_connections(tmp_path / "second", *words)

    assert {entry.removeprefix("http://").partition("/")[0] for entry in entries} == places
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for server in servers.values():
        told = told_of(found, server)
        assert {table: told.get(table) for table in tables_of(server)} == tables_of(server), (server.name, told)
        assert ASKED & told.keys() or server.datastore == "postgraphile", (server.name, told)
        others = {outcome for table, (outcome, _) in told.items() if table not in tables_of(server)}
        assert others <= {"not_exposed", "inconclusive"}, (server.name, told)
    assert connections == {site, *places}, "nobody is asked whom the scope does not name"
    said = (done.stdout + done.stderr).encode() + kept_in(tmp_path)
    assert not [each for each in (*SECRETS.values(), APPLICATION, CANARY) if each.encode() in said]


def entries_named_by(lab: Lab, folder: Path, site: str, places: set[str]) -> list[str]:
    """What a scan of the page alone tells of these places, as it tells them."""
    write_scope(folder, lab, include=[f"http://{site}/"])
    done, connections = scan_with_connections(folder, "scan", "--scope", "scope.yaml", "--format", "jsonl")
    assert connections == {site}
    found = (json.loads(line) for line in done.stdout.splitlines())
    (shipped,) = [each["shipped"] for each in found if each["check_id"] == "page_secrets_shipped"]
    entries = [each["entry"] for each in shipped["backends"]]
    return [entry for entry in entries if entry.removeprefix("http://").partition("/")[0] in places]


def told_of(found: list[Mapping[str, Any]], server: Server) -> dict[str, tuple[str, str | None]]:
    """Outcome and reason by the last word of what a finding is about."""
    place = f"127.0.0.1:{server.port}"
    listed = [each for each in found if each["target"].partition("/")[0] == place]
    return {each["target"].rpartition("/")[2]: (each["outcome"], each.get("reason_code")) for each in listed}


def tables_of(server: Server) -> dict[str, tuple[str, str | None]]:
    """What a stranger gets of each, as the recipe asserted it."""
    rights = RIGHTS.get(server.name.removeprefix("strapi-"), {})
    forms = server.tables or {table: FORMS[right] for table, right in rights.items()}
    return {table: TOLD[form] for table, form in forms.items()}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
