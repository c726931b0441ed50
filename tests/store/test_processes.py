"""Several real processes on one store, and real kills at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.ledger.keys import since_line
from leakguard.ledger.listed_rows import LISTS_ALL_ROWS
from leakguard.ledger.signed_heads import Trust
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.bundles import KEY
from support.ledgers import START, FakeClock, Tokens
from support.programs import with_our_path
from support.saving import assert_whole, killed_runs

pytestmark = pytest.mark.long

APPENDER = Path(__file__).with_name("appender.py")
Process = subprocess.Popen[str]
_MAY_BE_MISSING = {DiscrepancyKind.NO_HEAD}
"""A kill between the very first commit and its head leaves nothing to hold the end against."""


def start(path: Path, subject: str, count: int = 100_000, *words: str) -> Process:
    return subprocess.Popen(
        [sys.executable, str(APPENDER), str(path), subject, str(count), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=with_our_path(),
    )  # fmt: skip


def acknowledged(process: Process) -> dict[int, str]:
    """What the process said was kept; a line that the kill cut off was not said.

    Read from the same buffer as its first line: `communicate` would begin in the middle of another one.
    """
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        stdout = process.stdout.read()
        sys.stderr.write(process.stderr.read())  # a test that fails shows it
        process.wait(timeout=60)
    lines = [line.split() for line in stdout.splitlines(keepends=True) if line.endswith("\n")]
    return {int(line[0]): line[1] for line in lines if len(line) == 2}


def open_store(path: Path) -> SqlStore:
    return SqlStore.open(str(path), now=FakeClock(), token=Tokens())


def test_four_processes_that_start_together_on_a_new_store_lose_nothing(path: Path) -> None:
    """They also race for the creation of the schema."""
    processes = [start(path, f"IR-2026-000{number}", count=25) for number in range(4)]
    said: dict[int, str] = {}
    for process in processes:
        said |= acknowledged(process)

    assert [process.returncode for process in processes] == [0] * 4
    with closing(open_store(path)) as store:
        kept = {entry.sequence: entry.hash for entry in store.entries()}
        assert len(said) == 4 * 25 * 2
        assert len(kept) == 4 * 25 * 3
        assert said.items() <= kept.items()
        assert verify_store(store).answer is Answer.MATCH
        assert [entry.flags for entry in store.entries()] == [LISTS_ALL_ROWS] + [""] * (len(kept) - 1)


def test_heads_are_signed_to_the_end_while_three_processes_write(path: Path, tmp_path: Path) -> None:
    """Such as a scan, the watchman and the console of one store."""
    key = tmp_path / "head.key"
    key.write_text(KEY.text + since_line(START), encoding="ascii")
    processes = [start(path, f"IR-2026-000{number}", 60, str(key)) for number in range(3)]
    for process in processes:
        acknowledged(process)

    assert [process.returncode for process in processes] == [0] * 3
    with closing(open_store(path)) as store:
        assert len(list(store.entries())) == 3 * 60 * 3
        assert verify_store(store, trust=Trust(key=KEY.public, is_strict=True)).discrepancies == ()


@pytest.mark.parametrize("tenths", range(5))
def test_a_kill_at_any_moment_leaves_a_store_that_verifies(path: Path, tenths: int) -> None:
    """Four processes each time, killed one after another at other moments: twenty kills in all."""
    processes = [start(path, f"IR-2026-000{number}") for number in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for number, process in enumerate(processes):
        time.sleep(0.011 * tenths + 0.017 * number)
        process.send_signal(signal.SIGKILL)
    said: dict[int, str] = {}
    for process in processes:
        said |= acknowledged(process)

    assert [process.returncode for process in processes] == [-signal.SIGKILL] * 4
    with closing(open_store(path)) as store:
        kept = {entry.sequence: entry.hash for entry in store.entries()}
        assert said.items() <= kept.items()
        assert {doubt.kind for doubt in verify_store(store).discrepancies} <= _MAY_BE_MISSING


@pytest.mark.parametrize("milliseconds", [150, 250, 300, 350, 400, 450, 500, 600])
def test_a_kill_while_the_store_is_made_leaves_one_that_opens(path: Path, milliseconds: int) -> None:
    process = start(path, "IR-2026-0001")
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGKILL)
    said = acknowledged(process)

    with closing(open_store(path)) as store:
        kept = {entry.sequence: entry.hash for entry in store.entries()}
        assert said.items() <= kept.items()
        assert verify_store(store).answer is not Answer.MISMATCH


def test_runs_whose_processes_are_killed_go_on_where_they_were(path: Path) -> None:
    """Two runs at once on one store, two dozen kills each; the next process may take the run at once."""
    said = killed_runs(str(path), ["R-1", "R-2"], lives=24)

    with closing(open_store(path)) as store:
        for run, told in said.items():
            assert_whole(store, run, told)
        assert verify_store(store).answer is Answer.MATCH
