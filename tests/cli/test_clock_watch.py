"""The live view: one picture in a test, and the real loop in a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from leakguard.bundled import BundledFiles
from leakguard.cli.clock.watching import RESYNC, Watcher, play
from leakguard.errors import ExitCode, StoreUnusable
from leakguard.outputs.clock_screen import frame
from leakguard.use_cases.alerts.watched_clocks import ClockReader, WatchedIncident
from leakguard.use_cases.incidents.incidents import open_incident
from support.commands import CommandLine, command_line
from support.memory_store import MemoryStore

INCIDENT = "IR-2026-0001"
WATCH = ("clock", "watch", "--incident", INCIDENT)
START = datetime(2026, 5, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident in Shanghai of which we know since nine, looked at from Berlin."""
    run = command_line(tmp_path, monkeypatch, capsys, zone="Europe/Berlin")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert run("incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai").code == ExitCode.CLEAN
    for kind in ("notice_received", "awareness"):
        assert run("incident", "event", INCIDENT, kind, "--source", "mail").code == ExitCode.CLEAN
    return run


def test_a_picture_fits_into_80_columns_and_24_lines(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T19:00+08:00"
    shown = leakguard(*WATCH, "--once")
    lines = shown.out.splitlines()

    assert shown.code == ExitCode.CLEAN
    assert max(len(line) for line in lines) <= 80
    assert len(lines) <= 24
    assert lines[0] == "IR-2026-0001  Mail log open  open"
    assert lines[1] == "Sun 2026-05-24 13:00:00 +02:00 Europe/Berlin   11:00:00 UTC"
    assert lines[2] == "DRILL   SIMULATED TIME x1"
    assert lines[5].split() == ["running", "14", "h", "left", "in", "2", "h", "remediate"]


def test_at_80_columns_every_clock_has_its_whole_name(leakguard: CommandLine) -> None:
    """`cn-cac-incident-general.initi` and `.suppl` look alike at three in the morning."""
    leakguard("incident", "event", INCIDENT, "discovery", "--source", "SOC")
    shown = leakguard(*WATCH, "--once", "--now", "2026-05-24T09:30+08:00").out
    titles, *_ = [line for line in shown.splitlines() if line.startswith("STATE")]
    row = next(line for line in shown.splitlines() if line.endswith("cn-cac-incident-general.initial"))

    assert "cn-csl-44-authority.initial" in shown
    assert row.index("cn-cac") == titles.index("CLOCK")
    assert max(map(len, shown.splitlines())) <= 80


def test_the_most_urgent_clock_is_told_in_full_on_three_wall_clocks(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "40")
    shown = leakguard(*WATCH, "--once", "--now", "2026-05-24T19:00+08:00").out

    assert "  owner: analyst" in shown
    assert "  due Mon 2026-05-25 09:00:00 +08:00  Asia/Shanghai, on site" in shown
    assert "  due Mon 2026-05-25 03:00:00 +02:00  Europe/Berlin, yours" in shown
    assert "  due Mon 2026-05-25 01:00:00 +00:00  UTC" in shown


def test_a_wide_screen_has_everything_in_one_line(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    shown = leakguard(*WATCH, "--once", "--now", "2026-05-24T19:00+08:00").out
    line = next(line for line in shown.splitlines() if "eu-gdpr-33-authority.initial" in line)

    assert "Wed 05-27 09:00:00 +08:00  Wed 05-27 03:00:00 +02:00  Wed 05-27 01:00:00 +00:00" in line
    assert "GDPR" in line
    assert " > " in line
    assert max(len(line) for line in shown.splitlines()) <= 240


def test_on_a_narrow_screen_each_clock_is_named_above_its_countdown(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = leakguard(*WATCH, "--once", "--now", "2026-05-24T19:00+08:00").out.splitlines()

    assert shown[4:6] == ["remediate", "  running     14 h left"]
    assert "eu-gdpr-33-authority.initial" in shown
    assert max(len(line) for line in shown) <= 40


def test_on_a_low_screen_the_details_give_way_to_the_clocks(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "14")
    shown = leakguard(*WATCH, "--once").out

    assert "owner:" not in shown
    assert "eu-gdpr-33-authority.initial" in shown
    assert "Not started (" in shown


def test_a_high_screen_has_the_details_of_every_clock(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "120")
    shown = leakguard(*WATCH, "--once").out

    assert "  without undue delay: there is no fixed limit" in shown
    assert shown.count("  owner: ") == shown.count("running ")


def test_an_overdue_clock_ends_with_4_and_stands_first(leakguard: CommandLine) -> None:
    shown = leakguard(*WATCH, "--once", "--now", "2026-05-25T10:00+08:00")

    assert shown.code == ExitCode.DEADLINE_MISSED
    assert shown.out.splitlines()[5].split()[:6] == ["OVERDUE", "late", "by", "1", "h", "-"]


def test_someone_who_lives_on_site_reads_each_limit_once(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "40")
    shown = leakguard(*WATCH, "--once", "--zone", "Asia/Shanghai").out

    assert "Asia/Shanghai, on site and yours" in shown
    assert "yours\n" in shown
    assert shown.count("  due Mon 2026-05-25") == 2


def test_what_is_met_stands_apart(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T10:00+08:00"
    leakguard("incident", "event", INCIDENT, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial")
    shown = leakguard(*WATCH, "--once").out

    assert "met on time" in next(line for line in shown.splitlines() if line.startswith("Over ("))


def test_an_incident_without_events_says_that_no_clock_runs(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "Another", "--zone", "UTC")
    shown = leakguard("clock", "watch", "--incident", "IR-2026-0002", "--once", "--zone", "UTC").out

    assert "No clock runs." in shown
    assert "Not started (" in shown


def test_real_time_cannot_run_faster(leakguard: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    from leakguard.cli.main import run  # noqa: PLC0415  (without the drill's own --now)

    assert run([*WATCH, "--once", "--speed", "60"]) == ExitCode.USAGE
    assert "Say where it begins: --now TIME" in capsys.readouterr().err
    assert leakguard(*WATCH, "--once", "--zone", "Europe/Berln").code == ExitCode.USAGE


def test_real_time_is_watched_without_a_mark(leakguard: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    from leakguard.cli.main import run  # noqa: PLC0415  (without the drill's own --now)

    run([*WATCH, "--once"])

    assert leakguard.folder.exists()
    assert "SIMULATED" not in capsys.readouterr().out


class Scenery:
    """A store that may fail, and time that moves when somebody sleeps."""

    def __init__(self, frames: int) -> None:
        self.store = MemoryStore(now=lambda: START)
        open_incident(self.store, (), now=START, title="Mail log open", zone="UTC")
        self.reader = ClockReader(BundledFiles(), self.store)
        self.seconds, self.left, self.is_broken, self.reads = 0.0, frames, False, 0
        self.waits: list[float] = []

    def read(self, now: datetime) -> WatchedIncident:
        self.reads += 1
        if self.is_broken:
            raise StoreUnusable("x.db is in use by another process", next_step="Wait.")
        return self.reader.read(INCIDENT, now)

    def watcher(self, *, simulated: tuple[datetime, float] | None = None) -> Watcher:
        return Watcher(
            read=self.read,
            wall=lambda: START + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            viewer=ZoneInfo("UTC"),
            simulated=simulated,
        )

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_the_loop_looks_into_the_store_again_and_ends_with_ctrl_c() -> None:
    scenery = Scenery(frames=12)
    screen = StringIO()
    code = play(
        Console(file=screen, force_terminal=True, width=80, height=24),
        scenery.watcher(),
        once=False,
        sleep=scenery.sleep,
    )

    assert code == ExitCode.CLEAN
    assert scenery.reads == 1 + 11 // int(RESYNC)
    assert "00:00:11" in screen.getvalue()


def test_a_terminal_that_only_takes_lines_gets_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that cannot be drawn over another would never be seen, and the command would never end."""
    monkeypatch.setenv("TERM", "dumb")
    screen = StringIO()
    code = play(Console(file=screen, force_terminal=True, width=80), Scenery(frames=1).watcher(), once=False)

    assert (code, "remediate" in screen.getvalue()) == (ExitCode.CLEAN, True)


def test_a_store_that_cannot_be_read_leaves_the_last_picture_and_says_since_when() -> None:
    scenery = Scenery(frames=1)
    watcher = scenery.watcher()
    scenery.is_broken, scenery.seconds = True, RESYNC
    watcher.resync()
    scene = watcher.look()[1]
    scenery.is_broken, scenery.seconds = False, 3 * RESYNC
    watcher.resync()

    assert scene.stale == "2026-05-24T00:00:00Z: x.db is in use by another process"
    assert "STALE since 2026-05-24T00:00:00Z" in frame(scene, width=80, height=24).plain
    assert watcher.look()[1].stale == ""


def test_a_wall_clock_that_was_set_back_hides_nothing() -> None:
    scenery = Scenery(frames=1)
    watcher = scenery.watcher()
    before = [one.work_by for one in watcher.look()[0].statuses]
    scenery.seconds = -3600

    assert watcher.now() == START - timedelta(hours=1)
    assert [one.work_by for one in watcher.look()[0].statuses] == before
    assert scenery.watcher(simulated=(START - timedelta(hours=1), 1.0)).now() == START - timedelta(hours=1)


def test_the_picture_changes_at_the_very_moment_of_a_threshold(leakguard: CommandLine) -> None:
    """At sixty times the speed a threshold 30 seconds ahead is half a second away."""
    from leakguard.wiring import Wiring  # noqa: PLC0415  (the drill's own store)

    wiring = Wiring.from_environment()
    reader = ClockReader(wiring.bundled, wiring.existing_store)
    before = datetime(2026, 5, 24, 12, 59, 30, tzinfo=UTC)
    watcher = Watcher(
        read=lambda now: reader.read(INCIDENT, now),
        wall=lambda: before,
        monotonic=lambda: 7.0,
        viewer=ZoneInfo("UTC"),
        simulated=(before, 60.0),
    )

    assert leakguard.folder.exists()
    assert watcher.pause(watcher.look()[0]) == pytest.approx(0.5)
    wiring.close()


@pytest.fixture
def terminal(leakguard: CommandLine) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The command in a terminal of 80 columns and 24 lines; its screen's side, and the process."""
    screen, keyboard = pty.openpty()
    fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    words = [sys.executable, "-m", "leakguard", *WATCH, "--now", "2026-05-25T08:59:50+08:00", "--speed", "10"]
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        words, cwd=leakguard.folder, stdin=keyboard, stdout=keyboard, stderr=keyboard, env=environment
    )
    os.close(keyboard)
    yield screen, process
    process.kill()
    process.wait()
    os.close(screen)


def shown_until(screen: int, word: bytes, seconds: float = 120) -> bytes:
    """What came to the screen until `word` was there."""
    seen = b""
    until = time.monotonic() + seconds
    while word not in seen and time.monotonic() < until:
        if select.select([screen], [], [], 0.2)[0]:
            seen += os.read(screen, 65536)
    return seen


def test_in_a_real_terminal_a_clock_turns_overdue_before_ones_eyes(
    terminal: tuple[int, subprocess.Popen[bytes]],
) -> None:
    screen, process = terminal
    seen = shown_until(screen, b"OVERDUE")
    process.send_signal(signal.SIGINT)

    assert b"at risk" in seen
    assert b"OVERDUE" in seen
    assert b"SIMULATED TIME x10" in seen
    assert process.wait(timeout=20) == ExitCode.DEADLINE_MISSED
