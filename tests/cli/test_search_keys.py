"""Keys of pages for searching, and Appwrite, from end to end: nobody else is asked, and no key or record is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.test_backend_scans import Place
from support.backend_hosts import CANARY, serving
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
