"""A bug in the middle of a backend's conversation shows no key and no row, even to whoever asks for its trace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.test_backend_scans import ASKS, Place
from leakguard.errors import ExitCode
from support.backend_hosts import CANARY, PUBLISHABLE, FakeSupabase, Serves, Table, serving
from support.connections import ROOT
from support.search_hosts import ALGOLIA_KEY, APPLICATION, MEILI_KEY, FakeAlgolia, FakeAppwrite, FakeMeilisearch

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(300)]

_BUG = """
from leakguard.probes.protocols.backend import BackendSession

def noted(self, method, shown, fetched):
    key = self.key.value if self.key else ""
    row = b"%s"
    raise ValueError(f"{key} {row!r} {fetched.body!r}")

BackendSession.noted = noted
"""
_FORBIDDEN = (CANARY, PUBLISHABLE, ALGOLIA_KEY, MEILI_KEY)


@pytest.mark.parametrize("scheme", ["supabase", "algolia", "meilisearch", "appwrite"])
def test_a_bug_that_holds_a_key_and_a_row_is_told_without_them(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(_BUG % CANARY, encoding="utf-8")
    hosts: dict[str, tuple[Serves, str]] = {
        "supabase": (FakeSupabase(tables={"users": Table(visible=5)}, asks=ASKS), ""),
        "algolia": (FakeAlgolia(), f"/{APPLICATION}"),
        "meilisearch": (FakeMeilisearch(rights=("search", "documents.get")), ""),
        "appwrite": (FakeAppwrite(collections={"main.people": 3}), "/campus"),
    }
    host, project = hosts[scheme]
    with serving(host):
        here = f"127.0.0.1:{host.port}"
        Place(tmp_path).write_scope([f"http://{here}/", f"{scheme}://{here}{project}"], [])
        words = ("--log-level", "debug", "--log-file", "run.log", "scan", "--scope", "scope.yaml", "--format", "jsonl")
        done = subprocess.run(
            [sys.executable, "-m", "leakguard", *words, "--store", "store.db"],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200,
            env={**os.environ, "LEAKGUARD_TRACE": "1", "PYTHONPATH": f"{tmp_path / 'hook'}:{ROOT / 'src'}"},
        )  # fmt: skip

    said = done.stdout + done.stderr
    assert done.returncode in {ExitCode.EXPOSED, ExitCode.UNFINISHED}, said
    assert "ValueError at" in said, said
    shutil.rmtree(tmp_path / "hook")  # with what Python compiled of it
    kept = Place(tmp_path).kept() + said.encode()
    assert not [word for word in _FORBIDDEN if word.encode() in kept]
