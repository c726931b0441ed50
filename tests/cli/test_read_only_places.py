"""Commands that only read, on evidence that cannot be written: what an auditor is handed is mounted to be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from support.fake_prober import FakeProber, store_server
from support.notices import complete, to_text
from support.read_only_places import in_a_folder, leakguard, on_a_mount
from support.scan_commands import ScanCommands, scan_commands

pytestmark = pytest.mark.long

Place = Callable[[Path, Sequence[str]], "subprocess.CompletedProcess[str]"]
PLACES = pytest.mark.parametrize("place", [on_a_mount, in_a_folder])
INCIDENT = "IR-2026-0001"
READING = """
import sys
from leakguard.cli.main import run
for words in sys.argv[1].splitlines():
    sys.stderr.write(f"{run(words.split())} {words}\\n")
"""
"""Runs commands one after the other in one process; says how each ended."""
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
moment = datetime(2026, 11, 24, tzinfo=UTC)
store = SqlStore.open(sys.argv[1], now=lambda: moment, token=lambda length: "0" * length)
store.append("S", [Record(kind="k", occurred_at=Interval(earliest=moment, latest=moment), content={})])
os.kill(os.getpid(), signal.SIGKILL)
"""
"""Keeps one entry and is killed, so that it stands in the journal alone."""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    made = scan_commands(tmp_path, monkeypatch, capsys)
    made.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    return made


def entries_in(ran: subprocess.CompletedProcess[str]) -> int:
    return len(ran.stdout.splitlines())


@PLACES
def test_what_only_reads_works(commands: ScanCommands, place: Place) -> None:
    finding = commands("scan", "127.0.0.1:9200", "--format", "json").document["findings"][0]
    run = finding["run"]
    commands("incident", "open", "--finding", finding["id"])
    commands("playbook", "start", INCIDENT)
    wanted = {
        "scan show": 0,
        f"scan show {run} --format jsonl": 1,
        f"scan diff {run} {run}": 1,
        "incident list": 0,
        f"incident show {INCIDENT}": 0,
        f"incident timeline {INCIDENT}": 0,
        f"incident report {INCIDENT}": 0,
        "incident metrics": 0,
        f"playbook next {INCIDENT}": 0,
        f"notice deliveries --incident {INCIDENT}": 0,
        "evidence verify": 0,
        "evidence list": 0,
        "evidence head": 0,
    }

    ran = place(commands.folder, [sys.executable, "-c", READING, "\n".join(wanted)])

    ended = [line.partition(" ")[::2] for line in ran.stderr.splitlines() if line[:1].isdigit()]
    assert {words: int(code) for code, words in ended} == wanted, ran.stderr
    assert finding["id"] in ran.stdout


@PLACES
def test_what_writes_says_that_it_may_not(commands: ScanCommands, place: Place) -> None:
    commands("incident", "open", "--title", "mail")

    ran = place(commands.folder, leakguard("incident", "event", INCIDENT, "awareness", "--source", "a friend"))

    assert ran.returncode == 3
    assert "may not be written" in ran.stderr


@PLACES
def test_what_a_killed_process_left_in_the_journal_is_read_too(commands: ScanCommands, place: Place) -> None:
    """To read the file as one that cannot change would leave the journal out."""
    commands("incident", "open", "--title", "mail")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", KILLED, "leakguard.db"], env=environment, check=False, timeout=60)
    assert Path("leakguard.db-wal").stat().st_size

    assert entries_in(place(commands.folder, leakguard("evidence", "list"))) == 2


@PLACES
def test_a_journal_that_cannot_be_read_is_never_passed_over(commands: ScanCommands, place: Place) -> None:
    commands("incident", "open", "--title", "mail")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", KILLED, "leakguard.db"], env=environment, check=False, timeout=60)
    Path("leakguard.db-shm").unlink()

    ran = place(commands.folder, leakguard("evidence", "list"))

    assert (ran.returncode, ran.stdout) == (3, "")
    assert "copy the store and its -wal file" in ran.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("incident list --store closed/leakguard.db", 3, "the store closed/leakguard.db cannot be opened (Permission"),
        ("scan 127.0.0.1 --scope closed/scope.yaml", 2, "closed/scope.yaml cannot be examined: Permission denied"),
        ("notice assess facts.yaml", 2, "closed: 1 problem\n  cannot be read (PermissionError)"),
    ],
)
def test_a_place_in_a_folder_that_may_not_be_entered_is_told(tmp_path: Path, words: str, code: int, said: str) -> None:
    """As somebody else's home is for whoever typed the command; the duties of an organisation must not be left out."""
    (tmp_path / "facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    (tmp_path / "leakguard.toml").write_text('duties = "closed"\n', encoding="utf-8")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        ran = in_a_folder(tmp_path, leakguard(*words.split()))
    finally:
        closed.chmod(0o700)

    assert (ran.returncode, ran.stdout) == (code, "")
    assert f"Error: {said}" in ran.stderr
    assert "\nNext: " in ran.stderr
