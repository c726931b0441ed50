"""`watchman run --metrics`, as a user types it: in a file, or on a page that this machine alone can read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import CommandLine, command_line

TABLES = """
country = "CN"
[[channel]]
name = "log"
kind = "file"
path = "sent.txt"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["log"]}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    command = command_line(tmp_path, monkeypatch, capsys)
    with (tmp_path / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write(TABLES)
    command("incident", "open", "--title", "CANARY title")
    command("incident", "event", "IR-2026-0001", "notice_received")
    return command


@contextmanager
def watching(place: str) -> Iterator[subprocess.Popen[str]]:
    """A watchman in a process of its own, in time that runs six hundred times as fast."""
    words = [sys.executable, "-m", "leakguard", "--now", "2026-05-24T09:00+08:00", "watchman", "run", "--speed", "600"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([*words, "--metrics", place], stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            process.stderr.read()
        finally:
            process.kill()  # one that is still there would be waited for without an end


def test_a_file_says_how_the_watch_stands_and_at_the_end_that_it_is_over(leakguard: CommandLine) -> None:
    place = leakguard.folder / "leakguard.prom"
    with watching(str(place)) as process:
        while "leakguard_watchman_open_incidents 1.0\n" not in (place.read_text("utf-8") if place.exists() else ""):
            assert process.poll() is None
        running = place.read_text("utf-8")

    assert process.returncode == ExitCode.CLEAN
    assert "leakguard_watchman_running 1.0\n" in running
    assert "leakguard_watchman_running 0.0\n" in place.read_text("utf-8")
    assert "canary" not in running.lower()


@pytest.mark.enable_socket
@pytest.mark.usefixtures("leakguard")
def test_a_page_on_loopback_says_how_the_watch_stands() -> None:
    with watching("127.0.0.1:0") as process:
        assert process.stderr is not None
        page = next(line for line in process.stderr if line.startswith("Metrics: ")).split()[1]
        with urllib.request.urlopen(page) as answer:  # noqa: S310  (our own page)
            said = answer.read().decode()

    assert page.startswith("http://127.0.0.1:")
    assert "leakguard_watchman_running 1.0\n" in said


def test_a_page_that_others_could_read_is_refused_before_the_watch_begins(leakguard: CommandLine) -> None:
    ran = leakguard("watchman", "run", "--metrics", "0.0.0.0:9478")

    assert ran.code == ExitCode.USAGE
    assert "metrics are served to this machine alone" in ran.err
    assert not (leakguard.folder / "leakguard.db.heartbeat").exists()
