"""The official clients of the backends take our imitations for the real thing, and hear what we hear."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.fetch import PINS, Shelf, cache_folder
from lab.model import NotHad
from support.backend_hosts import PUBLISHABLE, FakeSupabase, Table, serving
from support.firebase_hosts import FakeFirebase
from support.search_hosts import ALGOLIA_KEY, APPLICATION, MEILI_KEY, FakeAlgolia, FakeMeilisearch

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(900)]

CLIENTS = Path(__file__).parent / "clients"


def client(name: str, script: str, folder: Path) -> Path:
    """The script beside the pinned package of npm, whose hash is that of the pin; scripts of packages do not run."""
    shelf = Shelf(cache_folder())

    async def fill(part: Path) -> None:
        words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(part)]
        await shelf.run([*words, PINS[name]["npm"]], cwd=part)

    if not shutil.which("npm"):
        pytest.skip("there is no npm on this machine")
    try:
        kept = asyncio.run(shelf.folder_of("npm", name, fill))
    except NotHad as error:
        pytest.skip(str(error))
    package = PINS[name]["npm"].rpartition("@")[0]
    locked = json.loads((kept / "package-lock.json").read_text(encoding="utf-8"))
    assert locked["packages"][f"node_modules/{package}"]["integrity"] == PINS[name]["integrity"]
    (folder / "node_modules").symlink_to(kept / "node_modules")
    return Path(shutil.copy(CLIENTS / script, folder))


def told(script: Path, *words: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    done = subprocess.run(["node", script, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_the_client_of_supabase_hears_counts_rows_and_refusals(tmp_path: Path) -> None:
    script = client("supabase-client", "supabase.mjs", tmp_path)
    tables = {"users": Table(visible=5), "orders": Table(visible=0), "secrets": Table(visible=None)}

    with serving(FakeSupabase(tables=tables)) as host:
        heard = told(script, f"http://127.0.0.1:{host.port}", PUBLISHABLE)

    assert heard == {
        "users": {"count": 5, "status": 200, "rows": 1, "code": None},
        "orders": {"count": 0, "status": 200, "rows": 0, "code": None},
        "secrets": {"count": None, "status": 401, "rows": None, "code": "42501"},
    }
    assert {headers["apikey"] for _, target, headers in host.seen if "/rest/" in target} == {PUBLISHABLE}


def test_the_clients_of_firestore_and_storage_hear_what_rules_allow(tmp_path: Path) -> None:
    script = client("firebase-client", "firebase.mjs", tmp_path)
    open_to_all = frozenset({"chats"})

    with serving(
        FakeFirebase(collections=open_to_all, folders=open_to_all, documents={"chats": 7, "users": 3})
    ) as host:
        heard = told(script, str(host.port))

    assert heard == {
        "chats": {"count": 7, "documents": 1, "files": 1},
        "users": {
            "count": "permission-denied", "documents": "permission-denied", "files": "storage/unauthorized",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (("search",), {"rights": ["search"], "indexes": 403, "records": 403, "hits": 7}),
        (("search", "browse"), {"rights": ["search", "browse"], "indexes": 403, "records": 7, "hits": 7}),
        (("listIndexes",), {"rights": 403, "indexes": 1, "records": 403, "hits": 403}),
    ],
)
def test_the_client_of_algolia_hears_the_rights_of_its_key(
    tmp_path: Path, rights: tuple[str, ...], expected: object
) -> None:
    script = client("algolia-client", "algolia.mjs", tmp_path)

    with serving(FakeAlgolia(rights=rights)) as host:
        heard = told(script, str(host.port), APPLICATION, ALGOLIA_KEY)

    assert heard == expected
    assert {headers["x-algolia-api-key"] for _, _, headers in host.seen} == {ALGOLIA_KEY}


_REFUSED = "invalid_api_key"


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        (("search",), (_REFUSED, _REFUSED, _REFUSED, _REFUSED, _REFUSED, 7)),
        (("documents.get", "stats.get"), (_REFUSED, _REFUSED, 7, 7, "index_not_found", _REFUSED)),
        (("search", "keys.get", "indexes.get"), (3, 2, _REFUSED, _REFUSED, _REFUSED, 7)),
    ],
)
def test_the_client_of_meilisearch_hears_what_its_key_may_do(
    tmp_path: Path, rights: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    script = client("meilisearch-client", "meilisearch.mjs", tmp_path)

    with serving(FakeMeilisearch(rights=rights)) as host:
        heard = told(script, f"http://127.0.0.1:{host.port}", MEILI_KEY)

    assert tuple(heard[each] for each in ("keys", "indexes", "statistics", "documents", "absent", "hits")) == expected
    assert {headers["authorization"] for _, _, headers in host.seen} == {f"Bearer {MEILI_KEY}"}
