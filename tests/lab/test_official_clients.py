"""The official clients of Supabase and Firebase take our imitations for the real thing, and hear what we hear."""

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
