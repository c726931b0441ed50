"""What earlier releases left: each store and bundle opens, verifies, reads and goes on as it did on its day."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leakguard.settings import read_settings
from support.commands import CommandLine, command_line
from support.postgres_server import PROGRAMS, PostgresServer, postgres_server

pytestmark = pytest.mark.untraced

HERE = Path(__file__).parent
DAYS = sorted(path.parent.name for path in HERE.glob("*/expected.txt"))
INCIDENT = "IR-2026-0001"
NOW = "2026-06-12T13:00Z"
"""Some hours after the last command of the story."""
CLOCKS = ("remediate", "cn-cac-incident-general.initial", "eu-gdpr-33-authority.initial")
ERASED = "erased_content"
"""The one doubt that the ledger itself accounts for."""
GROWING = frozenset({"findings_recorded", "rows_covered", "rows_kept"})
"""Kinds of entries that are told apart by chance, or that an upgrade adds."""
NOTED_AS_OLDER = frozenset({ERASED, "not_covered", "unsigned_head"})
"""What may be said of a store because it is older: never that somebody tampered with it."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture(params=DAYS)
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what one day left."""
    copy = tmp_path / "left"
    shutil.copytree(HERE / request.param, copy)
    return copy


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, left: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """A command line on a store of that day, at the time of that day."""
    made = command_line(left, monkeypatch, capsys)
    made.now = NOW
    store = "store.db" if request.param == "sqlite" else restored(left, request.getfixturevalue("server"))
    write_store(left, store)
    (left / "leakguard.key").unlink()
    return made


def write_store(folder: Path, store: str) -> None:
    """Name the store in the settings of a drill, where no variable counts."""
    settings = folder / "leakguard.toml"
    settings.write_text(f'store = "{store}"\n{settings.read_text(encoding="utf-8")}', encoding="utf-8")


def restored(left: Path, server: PostgresServer) -> str:
    """A new database, filled from the dump."""
    url = server.new_database()
    name, _, host = url.partition("@/")[2].partition("?host=")
    command: list[str | Path] = [
        PROGRAMS[-1].parent / "psql",
        "-q",
        "-h",
        host,
        "-U",
        "postgres",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        name,
    ]
    subprocess.run([*command, "-f", left / "postgres.sql"], check=True, stdout=subprocess.DEVNULL)
    for stale in ("store.db", "store.db.head"):
        (left / stale).unlink()
    shutil.move(left / "store.db.evidence", left / "leakguard.evidence")
    return url


def test_a_kept_store_verifies(desk: CommandLine) -> None:
    ran = desk("evidence", "verify", "--format", "json")
    doubts = {one["kind"] for one in ran.document["doubts"]}

    assert ran.code == 0
    assert ERASED in doubts
    assert doubts <= NOTED_AS_OLDER | ({"no_head"} if "://" in _store() else set())


def test_a_kept_store_is_read_as_on_its_day(desk: CommandLine) -> None:
    expected = (desk.folder / "expected.txt").read_text(encoding="utf-8")

    assert reading(desk) == expected


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_a_kept_store_is_signed_with_the_key_of_its_day_from_then_on(desk: CommandLine, left: Path) -> None:
    """Its unsigned head was made before signing was required, which is no tampering."""
    shutil.copy(HERE / DAYS[0] / "leakguard.key", left / "leakguard.key")
    first = desk("evidence", "verify", "--format", "json")
    recorded = desk("incident", "event", INCIDENT, "status_sent")
    named = desk("evidence", "verify", "--key", "leakguard.key.pub", "--format", "json")

    assert (first.code, recorded.code, named.code) == (0, 0, 0)
    assert {one["kind"] for one in named.document["doubts"]} <= NOTED_AS_OLDER


@pytest.mark.enable_socket
def test_the_stopped_run_of_a_kept_store_goes_on_to_its_end(desk: CommandLine) -> None:
    """Nothing listens at these addresses of loopback any more."""
    run = _runs(desk)[-1]["run"]
    before = desk("scan", "show", run)
    ran = desk("scan", "--resume", run)
    after = desk("scan", "show", run, "--format", "json").document

    assert "was stopped" in before.out + before.err
    assert ran.code == min(1, after["endpoints"]["exposed"]), ran.err
    assert sum(after["endpoints"].values()) == 128
    assert desk("evidence", "verify").code == 0


def test_a_kept_store_is_written_to_and_verifies_on(desk: CommandLine) -> None:
    recorded = desk("incident", "event", INCIDENT, "status_sent")
    ran = desk("evidence", "verify", "--format", "json")

    assert (recorded.code, ran.code) == (0, 0)


def test_a_kept_store_exports_a_bundle_that_the_verifier_of_its_day_and_of_today_accept(desk: CommandLine) -> None:
    assert desk("evidence", "export", "again.zip").code == 0
    (desk.folder / "today.py").write_text(desk("evidence", "verifier").out, encoding="utf-8")

    for program in ("verifier.txt", "today.py"):
        assert _answer(desk.folder, program, "again.zip") == "not verifiable"
        assert _answer(desk.folder, program, "again.zip", "--head", desk("evidence", "head").out) == "match"
        assert _answer(desk.folder, program, "bundle.zip", "--key", "leakguard.key.pub") == "match"
        assert _answer(desk.folder, program, "unsigned-bundle.zip") == "not verifiable"


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_heads_of_that_day_are_found_in_the_ledger(left: Path, desk: CommandLine) -> None:
    for head in ("earlier.head", "signed.note", "unsigned.note", "second-place.head"):
        ran = desk("evidence", "verify", "--head", str(left / head), "--format", "json")

        assert ran.code == 0, ran.out


def reading(desk: CommandLine) -> str:
    """What the commands of today tell of a store, without what is random."""
    lines = [
        f"{one['id']} {one['title']}" for one in desk("incident", "list", "--format", "json").document["incidents"]
    ]
    told = desk("incident", "show", INCIDENT, "--format", "json").document
    for one in told["events"]:
        latest, is_corrected = one["occurred_at"]["latest"][:16], one["superseded_by"] is not None
        lines.append(f"event {one['kind']} {latest}" + (" (corrected later)" if is_corrected else ""))
    statuses = {one["id"]: one for one in _clocks(desk)}
    lines += [f"clock {name} {statuses[name]['state']} {statuses[name]['statutory_limit']}" for name in CLOCKS]
    batches = desk("notice", "deliveries", "--incident", INCIDENT, "--format", "json").document["batches"]
    lines += sorted(f"letters {one['duty']} {_counts(one['counts'])}" for one in batches)
    approvals = desk("notice", "approve", "--list", "--incident", INCIDENT, "--format", "json").document["approvals"]
    lines += sorted(f"approved {one['duty']} by {sorted(each['by'] for each in one['approvals'])}" for one in approvals)
    items = desk("evidence", "list", "--items", "--format", "json").document["items"]
    lines += [f"evidence {one['name']} {one['sha256'][:16]} {one['seal']} {one['hold']}" for one in items]
    lines += [f"run {'finished' if one['finished'] else 'stopped'} {' '.join(one['targets'])}" for one in _runs(desk)]
    kinds = Counter(one["kind"] for one in desk("evidence", "list", "--format", "json").document["entries"])
    lines += [f"entries {kind} {count}" for kind, count in sorted(kinds.items()) if kind not in GROWING]
    return "\n".join(lines) + "\n"


def _clocks(desk: CommandLine) -> list[dict[str, Any]]:
    document = desk("clock", "list", "--incident", INCIDENT, "--format", "json").document
    found: list[dict[str, Any]] = document["clocks"]
    return found


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count)


def _runs(desk: CommandLine) -> list[dict[str, Any]]:
    document = desk("scan", "show", "--format", "json").document
    found: list[dict[str, Any]] = document["runs"]
    return found


def _answer(folder: Path, program: str, *words: str) -> str:
    ran = subprocess.run([sys.executable, program, *words], cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(r"^ANSWER: (.+)$", ran.stdout, re.MULTILINE)
    assert found is not None, ran.stdout + ran.stderr
    return found[1]


def _store() -> str:
    return read_settings().store
