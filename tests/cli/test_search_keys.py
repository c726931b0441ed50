"""Keys of pages for searching, and Appwrite, from end to end: nobody else is asked, and no key or record is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.test_backend_scans import Place
from support.backend_hosts import CANARY, Answer, serving
from support.connections import scan_with_connections
from support.search_hosts import ALGOLIA_KEY, APPLICATION, MEILI_KEY, FakeAlgolia, FakeAppwrite, FakeMeilisearch

pytestmark = [pytest.mark.untraced, pytest.mark.enable_socket, pytest.mark.timeout(300)]
ELSEWHERE = (
    f'algoliasearch("{APPLICATION}","{ALGOLIA_KEY}");fetch("https://{APPLICATION}-dsn.algolia.net/1/indexes/x");'
)


def test_a_key_that_lists_documents_is_told_with_their_number_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    place = Place(tmp_path)
    host = FakeMeilisearch(rights=("search", "documents.get"))
    host.script = ELSEWHERE + host.script
    with serving(host):
        here = f"127.0.0.1:{host.port}"
        place.write_scope([f"http://{here}/", f"meilisearch://{here}", f"meilisearch://{here}/people"], [])
        words = ("scan", "--scope", "scope.yaml", "--format", "jsonl", "--store", "store.db")
        done, connections = scan_with_connections(tmp_path, *words)

    found = [json.loads(line) for line in done.stdout.splitlines()]
    (key,) = [one for one in found if one["check_id"] == "meilisearch_key_rights"]
    assert (key["outcome"], key["size"]["records"]) == ("exposed", 7)
    assert connections == {here}, "a backend that the scope does not name is told, and not asked"
    kept = place.kept() + done.stdout.encode() + done.stderr.encode()
    assert not [word for word in (CANARY, MEILI_KEY, ALGOLIA_KEY) if word.encode() in kept]


@dataclass
class Updating(FakeMeilisearch):
    """Behind a proxy that says so while the server is away."""

    is_away: bool = False

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        is_for_a_right = "/documents" not in target and "authorization" in headers
        return Answer(503) if self.is_away and is_for_a_right else super().said(method, target, headers)


def test_a_server_that_is_away_closes_no_finding_about_its_key(tmp_path: Path) -> None:
    place, host = Place(tmp_path), Updating(rights=("search", "keys.get", "stats.get"))
    with serving(host):
        here = f"127.0.0.1:{host.port}"
        place.write_scope([f"http://{here}/", f"meilisearch://{here}/people"], [])
        done = place.run("scan", "--scope", "scope.yaml", "--format", "jsonl")
        found = {one["check_id"]: one for one in map(json.loads, done.stdout.splitlines())}
        host.is_away = True
        code, told = place.verified(found["meilisearch_key_rights"]["id"])

    assert found["meilisearch_key_rights"]["outcome"] == "exposed"
    assert (code, told.split()[0]) == (3, "unknown")


def test_the_rights_of_a_key_of_algolia_and_the_collections_of_appwrite_have_lines_of_their_own(tmp_path: Path) -> None:
    place = Place(tmp_path)
    algolia = FakeAlgolia(rights=("search", "deleteObject"))
    appwrite = FakeAppwrite(collections={"main.people": 3, "main.closed": None})
    with serving(algolia), serving(appwrite):
        search, store = f"127.0.0.1:{algolia.port}", f"appwrite://127.0.0.1:{appwrite.port}/campus"
        place.write_scope(
            [f"http://{search}/", f"algolia://{search}/{APPLICATION}", f"{store}/main.people", f"{store}/main.closed"],
            [],
        )
        done = place.run("scan", "--scope", "scope.yaml", "--format", "jsonl")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    told = {(one["datastore"], one["target"].rpartition("/")[2]): one["outcome"] for one in found}
    assert told["appwrite", "main.people"] == "exposed"
    assert told["appwrite", "main.closed"] == "not_exposed"
    (key,) = [one for one in found if one["check_id"] == "algolia_key_rights"]
    assert (key["outcome"], key["access"]) == ("exposed", "write_likely")
    kept = place.kept() + done.stdout.encode() + done.stderr.encode()
    assert not [word for word in (CANARY, ALGOLIA_KEY) if word.encode() in kept]
