"""The live view shows what leaves a clock in doubt once it is recorded, and nothing that came after its moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from leakguard.cli.clock.watching import RESYNC, Watcher
from leakguard.clocks.clock_status import exit_code
from leakguard.errors import ExitCode
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands

HERE, ID = "127.0.0.1:9200", "IR-2026-0001"
WORD = ("incident", "event", ID, "remediation_verified", "--by", "Ada", "--reason", "the admin says so")
WATCH = ("clock", "watch", "--incident", ID, "--laws", "eu")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    """An incident about a store that is open all the time."""
    command = scan_commands(tmp_path, monkeypatch, capsys)
    command.world.network = FakeProber(servers={HERE: store_server()})
    (finding,) = command("scan", HERE, "--format", "json").document["findings"]
    assert command("incident", "open", "--finding", finding["id"]).code == 0
    assert command("incident", "event", ID, "notice_received").code == 0
    return command


def claim(leakguard: ScanCommands) -> None:
    """A person says that it is closed, and no probe showed that."""
    leakguard.world.now += timedelta(hours=1)
    assert leakguard(*WORD).code == 0


def probe(leakguard: ScanCommands) -> None:
    """A probe finds that it is still open."""
    leakguard.world.now += timedelta(hours=1)
    (finding,) = leakguard("incident", "show", ID, "--format", "json").document["findings"]
    assert leakguard("scan", "verify", finding).code == ExitCode.EXPOSED


def doubts(watcher: Watcher) -> list[str]:
    """What the next picture says of the clock that the word ended."""
    (status,) = [status for status in watcher.look()[0].statuses if status.id == "remediate"]
    return [doubt.text for doubt in status.doubts]


def watching(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, look: Callable[[Watcher], None], *words: str
) -> int:
    """Run the live view with `look` in the place of its loop; returns its exit code."""

    def play(console: Console, watcher: Watcher, *, once: bool) -> ExitCode:
        del console, once
        look(watcher)
        return exit_code(watcher.look()[0].statuses)

    monkeypatch.setattr("leakguard.cli.clock.watching.play", play)
    return leakguard(*WATCH, *words).code


def test_a_doubt_that_is_recorded_after_the_first_picture_is_in_the_next_one(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    probe(leakguard)

    def look(watcher: Watcher) -> None:
        seen.append(doubts(watcher))
        claim(leakguard)
        later = watcher.monotonic() + RESYNC
        watcher.monotonic = lambda: later
        watcher.resync()
        seen.append(doubts(watcher))

    code = watching(leakguard, monkeypatch, look)

    assert [len(texts) for texts in seen] == [0, 1]
    assert "still open" in seen[1][0]
    assert code == ExitCode.UNFINISHED == leakguard("clock", "list", "--incident", ID, "--laws", "eu").code


def test_a_simulated_moment_knows_no_doubt_that_came_later(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does `clock list`: both show what was recorded by then."""
    claim(leakguard)
    before = leakguard.world.now.isoformat()
    probe(leakguard)
    seen: list[list[str]] = []

    def look(watcher: Watcher) -> None:
        seen.append(doubts(watcher))

    watching(leakguard, monkeypatch, look, "--now", before)
    listed = leakguard("clock", "list", "--incident", ID, "--laws", "eu", "--now", before, "--format", "json")
    (clock,) = [one for one in listed.document["clocks"] if one["id"] == "remediate"]

    assert seen == [[]]
    assert (listed.code, clock["state"]) == (ExitCode.CLEAN, "met_on_time")


def test_a_simulated_moment_knows_the_doubt_of_its_time(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today the incident is open again and its clock runs; at that moment it was met, in doubt."""
    probe(leakguard)
    claim(leakguard)
    then = leakguard.world.now.isoformat()
    probe(leakguard)
    seen: list[list[str]] = []

    def look(watcher: Watcher) -> None:
        seen.append(doubts(watcher))

    watching(leakguard, monkeypatch, look, "--now", then)

    assert [len(texts) for texts in seen] == [1]
