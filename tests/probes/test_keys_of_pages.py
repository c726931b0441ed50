"""Keys of pages at Algolia and Meilisearch, and Appwrite: what is asked and read, and that none of it comes out."""

from __future__ import annotations

import asyncio
import json
import re
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from leakguard.models.observations import Reply
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.probes.protocols.algolia.session import MOST_RIGHTS
from leakguard.probes.protocols.appwrite.session import MOST_COUNTED
from leakguard.shipped.public_keys import KeyFinder, OwnWords
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.backend_hosts import CANARY, Answer, serving
from support.probing import ON_REAL_TIME, Probing, Question
from support.probing import run as run_on
from support.search_hosts import (
    ALGOLIA_KEY,
    APPLICATION,
    MEILI_KEY,
    FakeAlgolia,
    FakeAppwrite,
    FakeMeilisearch,
    Paged,
    told,
)

pytestmark = pytest.mark.enable_socket
NAMES = {"algolia": APPLICATION, "meilisearch": "", "appwrite": "campus"}


def talked(host: Paged, kind: str, *tables: str, name: str | None = None) -> list[Reply]:
    """The replies to `inside` and to each table; nothing that the answers held may stand in them."""

    async def work(port: int) -> list[Reply]:
        probing = Probing(timeouts=ON_REAL_TIME, new_reader=lambda: ShippedReader(shipping(), key=b"ours"))
        page = Endpoint(address="127.0.0.1", port=port, scheme="http", named=True)
        meant = BackendPlace(name=NAMES[kind] if name is None else name, is_own=True, pages=(page,))
        place = Endpoint(address="127.0.0.1", port=port, scheme=kind, named=True, backend=meant)
        asked = [Question("inside", ""), *(Question("table", meant.inside(each)) for each in tables)]
        return await probing.ask(place, kind, *asked)

    with serving(host) as served:
        replies = run_on(work(served.port), new_loop=asyncio.new_event_loop)
    shown = json.dumps([reply.document for reply in replies]) + repr(replies)
    assert not any(word in shown for word in (CANARY, ALGOLIA_KEY, MEILI_KEY))
    return replies


def documents(host: Paged, kind: str, *tables: str, name: str | None = None) -> list[Mapping[str, Any]]:
    return [reply.document for reply in talked(host, kind, *tables, name=name)]


def test_a_key_of_algolia_is_asked_for_its_own_rights_and_for_nothing_else() -> None:
    host = FakeAlgolia(rights=("search", "browse", "addObject"))

    (inside,) = documents(host, "algolia")

    assert (inside["state"], inside["rights"]) == ("told", ["search", "browse", "addObject"])
    assert inside["keys"][0]["kind"] == "algolia_key"
    assert inside["keys"][0]["where"] == f"http://127.0.0.1:{host.port}/app.js"
    assert inside["requests"] == [
        {"method": "GET", "what": "/1/keys/<key>", "status": 200, "bytes": inside["requests"][0]["bytes"]}
    ]
    assert host.asked == [f"/1/keys/{ALGOLIA_KEY}"]
    assert not any(
        "x-algolia-api-key" in headers for _, target, headers in host.seen if not target.startswith(host.below)
    )


@pytest.mark.parametrize(
    "call", ['a.initIndex("people")', "a.searchSingleIndex({indexName:`people`})", 'f("https://x/1/indexes/people")']
)
def test_an_index_of_algolia_is_named_by_the_calls_of_its_client_and_by_no_other(call: str) -> None:
    script = f'algoliasearch("{APPLICATION}","{ALGOLIA_KEY}");{call};supabase.from("orders").select("id")'

    (inside,) = documents(FakeAlgolia(script=script), "algolia")

    assert inside["names"] == [f"{APPLICATION}/people"]


def test_whoever_has_read_a_page_leaves_no_core_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noted, and not carried out: a limit of none cannot be raised again for the tests behind this one."""
    limits: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, limit: limits.append((what, limit)))

    documents(FakeAlgolia(), "algolia")

    assert (resource.RLIMIT_CORE, (0, 0)) in limits


def test_a_key_that_may_not_ask_for_itself_shows_whether_it_lists_indexes() -> None:
    (lists,) = documents(FakeAlgolia(rights=("listIndexes",)), "algolia")
    (refused,) = documents(FakeAlgolia(rights=("analytics",)), "algolia")

    assert (lists["state"], lists["rights"]) == ("lists", ["listIndexes"])
    assert (refused["state"], refused["rights"]) == ("refused", [])


def test_a_page_without_its_key_and_a_server_that_is_overrun_tell_nothing_of_rights() -> None:
    class Overrun(FakeAlgolia):
        def said(self, *_asked: object) -> Answer:
            return Answer(429)

    (gone,) = documents(FakeAlgolia(script=f'const app="{APPLICATION}"'), "algolia")
    (busy,) = documents(Overrun(), "algolia")

    assert (gone["state"], gone["keys"]) == ("missing", [])
    assert busy["state"] == "busy"


@pytest.mark.parametrize("acl", [["x"] * (MOST_RIGHTS + 5), [CANARY, 5, None, "search"], "search", {"a": 1}])
def test_a_hostile_list_of_rights_is_cut_and_only_words_of_rights_are_kept(acl: object) -> None:
    class Hostile(FakeAlgolia):
        def said(self, *_asked: object) -> Answer:
            return told({"acl": acl})

    (inside,) = documents(Hostile(), "algolia")

    assert len(inside["rights"]) <= MOST_RIGHTS
    assert CANARY not in inside["rights"]


def test_a_key_of_meilisearch_that_may_search_alone_is_refused_all_that_is_asked() -> None:
    host = FakeMeilisearch()

    inside, index = documents(host, "meilisearch", "people")

    assert (inside["state"], inside["rights"], inside["names"]) == ("told", [], ["people"])
    assert (index["state"], index["rows"]) == ("refused", None)
    assert {method for method, _, _ in host.seen} == {"GET"}
    assert {headers.get("authorization") for _, target, headers in host.seen if target.startswith(host.below)} == {
        f"Bearer {MEILI_KEY}"
    }
    assert not any("authorization" in headers for _, target, headers in host.seen if target in {"/", "/app.js"})


def test_rights_beyond_searching_are_told_with_numbers_alone() -> None:
    host = FakeMeilisearch(rights=("search", "keys.get", "stats.get", "indexes.get", "documents.get"))

    inside, people, empty, gone = documents(host, "meilisearch", "people", "empty", "gone")

    assert inside["rights"] == ["keys.get", "stats.get", "indexes.get", "documents.get"]
    assert (inside["rows"], inside["indexes"]) == (7, 2)
    assert [(one["state"], one["rows"]) for one in (people, empty, gone)] == [
        ("open", 7),
        ("hidden", 0),
        ("absent", None),
    ]
    assert all("limit=0" in target or target == "/stats" for target in host.asked)


@dataclass
class BusyMeilisearch(FakeMeilisearch):
    """Its documents are refused; what stands before it answers the questions for rights."""

    instead: Answer = field(default_factory=lambda: Answer(503))

    def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        is_for_a_right = "/documents" not in target and "authorization" in headers
        return self.instead if is_for_a_right else super().said(method, target, headers)


@pytest.mark.parametrize(
    ("instead", "state"),
    [
        (Answer(503), "busy"),
        (Answer(500), "busy"),
        (Answer(200, b"<!doctype html>please wait"), "unknown"),
        (told({"total": "many"}), "unknown"),
        (told({"indexes": [1]}), "unknown"),
        (Answer(302, headers={"location": "/wait"}), "unknown"),
        (Answer(403, b"forbidden by a proxy"), "told"),
        (Answer(404), "told"),
    ],
    ids=["503", "500", "a page", "no length", "no sizes", "elsewhere", "refused", "absent"],
)
def test_a_right_that_was_not_answered_is_not_a_refusal(instead: Answer, state: str) -> None:
    (inside,) = documents(BusyMeilisearch(instead=instead), "meilisearch")

    assert (inside["product"], inside["state"], inside["rights"]) == (True, state, [])


def test_a_right_that_was_found_counts_beside_one_that_was_not_answered() -> None:
    (inside,) = documents(BusyMeilisearch(rights=("search", "documents.get")), "meilisearch")

    assert (inside["state"], inside["rights"]) == ("told", ["documents.get"])


def test_a_page_that_ships_no_key_of_meilisearch_says_so() -> None:
    (inside,) = documents(FakeMeilisearch(script='h="http://127.0.0.1:PORT"'), "meilisearch")

    assert (inside["product"], inside["state"]) == (True, "missing")


APPWRITE = {"main.open": 3, "main.many": 20_000, "main.empty": 0, "main.closed": None}
CALLS = (
    'a.listDocuments("main","open");t.listRows({databaseId:"main",tableId:"closed"});a.createDocument("main","many")'
)


def test_each_collection_of_appwrite_is_counted_without_a_document() -> None:
    host = FakeAppwrite(
        script=f'c.setEndpoint("http://127.0.0.1:PORT/v1").setProject("campus");{CALLS}', collections=APPWRITE
    )

    inside, *found = documents(host, "appwrite", *APPWRITE, "main.gone", "open")

    assert (inside["state"], inside["version"]) == ("accepted", "1.6.2")
    assert sorted(inside["names"]) == ["campus/main.closed", "campus/main.many", "campus/main.open"]
    assert [(one["state"], one["rows"], one["exact"]) for one in found] == [
        ("open", 3, True), ("open", MOST_COUNTED, False), ("hidden", 0, True), ("refused", None, False),
        ("absent", None, False), ("unnamed", None, False),
    ]  # fmt: skip
    assert {method for method, _, _ in host.seen} == {"GET"}
    assert not any(word in target for target in host.asked for word in ("account", "sessions", "functions"))


def test_a_project_that_is_gone_or_a_server_that_answers_for_everything_proves_nothing() -> None:
    class Anything(FakeAppwrite):
        def said(self, *_asked: object) -> Answer:
            return told({"total": 9, "documents": []})

    (off,) = documents(FakeAppwrite(collections=APPWRITE), "appwrite", name="another")
    (anything,) = documents(Anything(), "appwrite")

    assert (off["product"], off["state"]) == (True, "off")
    assert anything["state"] == "anything"


def test_an_answer_that_holds_a_document_after_all_is_no_proof() -> None:
    class Lavish(FakeAppwrite):
        def said(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
            if "main" in target:
                return told({"total": 1, "documents": [{"$id": CANARY}]})
            return super().said(method, target, headers)

    _, found = documents(Lavish(collections=APPWRITE), "appwrite", "main.open")

    assert (found["state"], found["rows"]) == ("unknown", None)


def test_a_script_that_repeats_a_name_without_end_yields_a_bounded_number_of_keys_and_names() -> None:
    words = OwnWords(
        key_kind="k", key=re.compile(rb'"(?P<value>[0-9a-f]{32})"'), calls=(b".index(",),
        names=re.compile(rb'\.index\("([a-z0-9]{1,9})"'),
    )  # fmt: skip
    finder = KeyFinder(ShippedReader(shipping(), key=b"ours"), site="https://a", names=("APP",), words=words)

    finder.read("".join(f'APP,"{number:032x}".index("n{number}")' for number in range(5_000)).encode(), "/app.js")

    assert len(finder.tables) == 500
    assert finder.key_for("") is not None


def test_a_source_map_names_no_table_since_the_comments_of_libraries_in_it_are_full_of_examples() -> None:
    words = OwnWords(
        key_kind="k", key=re.compile(rb'"(?P<value>[0-9a-f]{32})"'), calls=(b".index(",),
        names=re.compile(rb'\.index\("([a-z0-9]{1,9})"'),
    )  # fmt: skip
    finder = KeyFinder(ShippedReader(shipping(), key=b"ours"), site="https://a", names=("APP",), words=words)

    finder.read(b'APP .index("example")', "/app.js.map")
    assert not finder.tables
    finder.read(b'APP .index("orders")', "/app.js")

    assert [*finder.tables] == ["orders"]
