"""Each backend that a built page names is found from the page alone and judged table by table, without another host.

The page is the one that its tool built; in it, the address of each backend of ours is that of a host of the test, as
another value of the environment would have built it. Tables, keys and columns come from the page, those of Firestore
too, although bundlers shorten its calls. Paths of the Realtime Database and folders of Storage come from the scope.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.clients.web import Web
from lab.conftest import contents_to_oneself, had, write_scope
from lab.model import Lab
from support.backend_hosts import CANARY, Answer, FakeSupabase, Serves, Table, serving
from support.connections import scan_with_connections
from support.firebase_hosts import FakeFirebase
from support.planted import SECRETS
from support.search_hosts import ALGOLIA_KEY, MEILI_KEY, FakeAlgolia, FakeAppwrite, FakeMeilisearch

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.enable_socket, pytest.mark.timeout(1000)]

KEY = "sb_publishable_AbCdEfGhIjKlMnOpQrSt"
OPEN, HIDDEN, CLOSED = ("exposed", None), ("not_exposed", "rows_hidden"), ("not_exposed", None)


@dataclass
class BuiltPage:
    """The files of a built page, with other addresses in them."""

    origin: int
    instead: Mapping[str, str]
    port: int = 0
    seen: list[str] = field(default_factory=list)

    def answer(self, method: str, target: str, _headers: Mapping[str, str], _body: bytes = b"") -> Answer:
        self.seen.append(target)
        had = Web(port=self.origin).ask(method, target)
        body = had.body
        for old, new in self.instead.items():
            body = body.replace(old.encode(), new.encode())
        kept = {name.lower(): value for name, value in had.headers.items()}
        return Answer(had.status, body, {"content-type": kept.get("content-type", "text/plain")})


@dataclass(frozen=True)
class Backend:
    """One that a page names: what stands in for it, and what is expected of its tables."""

    host: Serves
    scheme: str
    name: str
    """The project; empty where the address alone tells."""
    told: Mapping[str, tuple[str, str | None]]
    address: str = ""
    """In the page, where the page has an address of the owner."""


def of_all() -> list[Backend]:
    """Those that each page names."""
    search = FakeMeilisearch(rights=("search", "documents.get"))
    store = FakeAppwrite(project="p", collections={"main.people": 3, "main.closed": None})
    algolia = FakeAlgolia(application="ABCDEF1234", rights=("search", "browse"))
    tables = FakeSupabase(tables={"invoices": Table(visible=4)}, key=KEY)
    return [
        Backend(search, "meilisearch", "", {"people": OPEN}, "https://search.example.edu"),
        Backend(store, "appwrite", "p", {"main.people": OPEN, "main.closed": CLOSED}, "https://apps.example.edu"),
        Backend(algolia, "algolia", "ABCDEF1234", {"shop": OPEN}),
        Backend(tables, "postgrest", "", {"invoices": OPEN}, "https://db.example.edu"),
    ]


def supabase(ref: str, tables: Mapping[str, int | None]) -> Backend:
    told = {name: CLOSED if rows is None else OPEN if rows else HIDDEN for name, rows in tables.items()}
    host = FakeSupabase(tables={name: Table(visible=rows) for name, rows in tables.items()}, key=KEY)
    return Backend(host, "supabase", "", told, f"https://{ref}.supabase.co")


def firestore(project: str) -> Backend:
    """Of the three collections that the page asks for, strangers may list two; one of them has no document."""
    told = {"rooms": OPEN, "campus": HIDDEN, "lockers": CLOSED, "*": CLOSED}
    host = FakeFirebase(project=project, collections=frozenset({"rooms", "campus"}), documents={"rooms": 2})
    return Backend(host, "firestore", project, told)


def firebase(project: str, *, bucket: str) -> list[Backend]:
    rooms, database = frozenset({"rooms"}), f"{project}-default-rtdb"
    return [
        firestore(project),
        Backend(FakeFirebase(project=database), "firebase", database, {"rooms": CLOSED, "*": CLOSED}),
        Backend(FakeFirebase(project=project, folders=rooms), "firebasestorage", bucket, {"rooms": OPEN, "*": CLOSED}),
    ]


def named_by(page: str) -> list[Backend]:
    """What a page names."""
    if page == "vite-page-open":
        own = supabase("campusvitechatappabc", {"messages": 5})
        return [own, *firebase("campus-vite", bucket="campus-vite.firebasestorage.app"), *of_all()]
    if page == "next-page-open":
        return [supabase("campusnextchatappabc", {"orders": None}), firestore("campus-next"), *of_all()]
    own = supabase("campusexpochatappabc", {"visits": 0})
    return [own, *firebase("campus-expo", bucket="campus-expo.appspot.com"), *of_all()]


def entries_of(place: str, one: Backend) -> list[str]:
    """As a scope names it. Of paths and folders of Firebase no word in a bundle tells that they are some."""
    whole = f"{one.scheme}://{place}/{one.name}".rstrip("/")
    named = sorted(set(one.told) - {"*"}) if one.scheme in {"firebase", "firebasestorage"} else []
    return [whole, *(f"{whole}/{table}" for table in named)]


@contextmanager
def in_place_of(backends: list[Backend], origin: int) -> Iterator[BuiltPage]:
    """The built page, which names the hosts of the test."""
    with ExitStack() as running:
        for one in backends:
            running.enter_context(serving(one.host))
        instead = {one.address: f"http://127.0.0.1:{one.host.port}" for one in backends if one.address}
        yield running.enter_context(serving(BuiltPage(origin, instead)))


@pytest.mark.parametrize("name", ["vite-page-open", "next-page-open", "expo-page-open"])
def test_each_backend_that_a_built_page_names_is_judged_table_by_table(lab: Lab, tmp_path: Path, name: str) -> None:
    backends = named_by(name)
    with contents_to_oneself(), in_place_of(backends, had(lab, name).port) as page:
        places = {f"127.0.0.1:{one.host.port}": one for one in backends}
        entries = [entry for place, one in places.items() for entry in entries_of(place, one)]
        site = f"127.0.0.1:{page.port}"
        write_scope(tmp_path, lab, include=[f"http://{site}/", *entries])
        words = ("scan", "--scope", "scope.yaml", "--format", "jsonl")
        done, connections = scan_with_connections(tmp_path, *words)

    found = [json.loads(line) for line in done.stdout.splitlines()]
    for place, one in places.items():
        assert told_of(found, place, one) == dict(one.told), (
            one.scheme,
            done.stderr,
            [each["target"] for each in found],
        )
    (shipped,) = [each["shipped"] for each in found if each["check_id"] == "page_secrets_shipped"]
    own = {entries_of(place, one)[0] for place, one in places.items() if one.address}
    assert {each["entry"] for each in shipped["backends"]} >= {each for each in own if "supabase" not in each}
    assert connections == {site, *places}, "nobody is asked whom the scope does not name"
    said = (done.stdout + done.stderr).encode() + kept_in(tmp_path)
    assert not [each for each in (*SECRETS.values(), KEY, MEILI_KEY, ALGOLIA_KEY, CANARY) if each.encode() in said]


def told_of(found: list[Mapping[str, Any]], place: str, one: Backend) -> dict[str, tuple[str, str | None]]:
    """Outcome and reason by table, for the tables of this backend: one more may be named by a like call."""
    listed = [each for each in found if each["target"].partition("/")[0] == place]
    within = {each["target"].partition("/")[2].removeprefix(one.name).removeprefix("/"): each for each in listed}
    return {table: (each["outcome"], each.get("reason_code")) for table, each in within.items() if table in one.told}


def kept_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
