"""What is seen of a scan while it runs, in every way that can be asked for."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from leakguard.cli.options import Context
from leakguard.cli.scan.progress import (
    JsonProgress,
    LineProgress,
    LiveProgress,
    NoProgress,
    SeveralProgress,
    progress_for,
)
from leakguard.frozen import replace
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.outputs.progress import duration_words, percent, picture, progress_json, state_line
from leakguard.outputs.words import printable
from support.fake_prober import FakeProber, store_server
from support.fake_tools import NotedProgress
from support.scan_commands import ScanCommands, scan_commands
from support.scans import finding_of, statuses

HOSTILE = "evil\x1b[2J\u202e.example.edu"
STATE = ScanState(
    run="R-20261124-1a2b3c", planned=65_536, done=12_000, counts={"closed": 11_997, "exposed": 3}, in_flight=128,
    open_found=3, by_severity={"high": 1, "critical": 2}, elapsed_seconds=25.0, rate_per_second=480.0,
    seconds_left=111.5, slowest=((f"192.0.2.7:9200 ({HOSTILE})", 12.4), ("192.0.2.8:9200", 3.0)),
)  # fmt: skip
LINE = (
    "R-20261124-1a2b3c: 12,000 of 65,536 done (18 %), 480/s, 128 in flight, 3 open (2 critical, 1 high), 1 m 52 s left;"
    " slow: 192.0.2.7:9200 (evil\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}.example.edu) 12 s"
)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def at(seconds: float) -> ScanState:
    return replace(STATE, elapsed_seconds=seconds)


def test_a_line_says_how_it_stands_and_nothing_that_a_terminal_obeys() -> None:
    assert state_line(STATE) == LINE


def test_a_line_of_a_scan_that_has_just_begun_knows_no_time_left() -> None:
    state = ScanState(planned=10, done=0, waiting=4)

    assert state_line(state) == "0 of 10 done (0 %), 0.0/s, 0 in flight, 4 waiting, 0 open, time left unknown"


def test_a_limit_that_binds_stands_in_the_line_and_in_the_live_view() -> None:
    limit = BindingLimit(limit="per_host", rate=5, allows=20, least_seconds=60)
    told = "per_host 5/s, which allows 20/s in all"
    console = Console(width=100, record=True, file=StringIO())
    console.print(picture(replace(STATE, binding_limit=limit)))

    assert f"limited by {told}" in state_line(replace(STATE, binding_limit=limit))
    assert f"limit: {told}" in console.export_text()
    assert "limit" not in state_line(replace(STATE, binding_limit=replace(limit, least_seconds=0.5)))


def test_a_hundred_percent_is_all_of_it() -> None:
    shown = [
        percent(replace(STATE, planned=planned, done=done)) for planned, done in ((1000, 999), (3, 3), (0, 0), (1, 2))
    ]

    assert shown == [99, 100, 100, 100]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (0.94, "0.9 s"), (59.4, "59 s"), (59.6, "1 m 0 s"), (3_599, "59 m 59 s"), (11_100, "3 h 5 m"),
     (1_051_200, "12 d 4 h"), (1e12, "11,574,074 d 1 h")],
)  # fmt: skip
def test_a_duration_has_two_parts_at_most(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_a_log_gets_a_line_a_minute() -> None:
    said: list[str] = []
    progress = LineProgress(said.append, lambda state: f"{state.elapsed_seconds:g}")
    for second in range(200):
        progress.moved(at(second))
    progress.finished()

    assert said == ["60", "120", "180"]


def test_json_comes_once_a_second_at_most_and_once_at_the_end() -> None:
    said: list[str] = []
    progress = JsonProgress(said.append)
    progress.started(65_536)
    for tick in range(13):
        progress.moved(at(tick / 4))
    progress.found(finding_of())
    progress.finished()

    documents = [json.loads(line) for line in said]
    assert [document["elapsed_seconds"] for document in documents] == [0, 1, 2, 3, 3]
    assert [document["finished"] for document in documents] == [False] * 4 + [True]


def test_json_of_a_scan_that_never_moved_says_nothing() -> None:
    said: list[str] = []
    JsonProgress(said.append).finished()

    assert said == []


def test_json_is_one_line_of_ascii() -> None:
    text = progress_json(STATE, is_finished=False)

    assert text.isascii()
    assert text.isprintable()
    document = json.loads(text)
    assert document["schema"] == "leakguard.progress/1"
    assert document["slowest"][0] == {"target": f"192.0.2.7:9200 ({HOSTILE})", "seconds": 12.4}
    assert document["counts"] == {"closed": 11_997, "exposed": 3}


def shown(progress: LiveProgress, screen: StringIO, states: list[ScanState]) -> str:
    progress.started(65_536)
    progress.found(finding_of())
    for state in states:
        progress.moved(state)
    text = screen.getvalue()
    progress.finished()
    return text


def test_the_live_view_shows_the_state_and_is_taken_away() -> None:
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, no_color=True, width=100, color_system=None)

    text = shown(LiveProgress(console), screen, [STATE])

    for part in ("18 %", "12,000 of 65,536", "1 m 52 s left", "480/s", "128 in flight", "3 open (2 critical, 1 high)"):
        assert part in text
    assert "slow: 192.0.2.7:9200 (evil\N{REPLACEMENT CHARACTER}[2J" in text
    assert "\x1b[2J" not in text


def test_the_live_view_shows_who_waits() -> None:
    console = Console(file=StringIO(), width=100)
    with console.capture() as capture:
        console.print(picture(replace(STATE, waiting=17, planned=0)))

    assert "17 waiting" in capture.get()


def test_words_of_a_host_are_no_markup() -> None:
    console = Console(file=StringIO(), width=100)
    with console.capture() as capture:
        console.print(picture(replace(STATE, slowest=(("[red]host[/red]:80", 2.0),))))

    assert "slow: [red]host[/red]:80 2 s" in capture.get()


@given(st.text(), st.integers(0, 10**12), st.integers(0, 10**12))
def test_any_state_can_be_shown(target: str, planned: int, done: int) -> None:
    state = ScanState(planned=planned, done=done, slowest=((target, 1.5),))
    console = Console(file=StringIO(), width=80)

    console.print(picture(state))
    line = state_line(state)
    assert printable(line, longest=len(line)) == line


def test_several_watch_the_same() -> None:
    one, two = NotedProgress(), NotedProgress()
    several = SeveralProgress((one, two, NoProgress()))
    several.started(3)
    several.found(finding_of())
    several.moved(STATE)
    several.finished()

    assert one == two
    assert (one.total, one.seen, one.states, one.finished_count) == (3, [finding_of()], [STATE], 1)


@pytest.mark.parametrize(
    ("quiet", "mode", "kind"),
    [(False, "auto", LineProgress), (True, "auto", NoProgress), (True, "json", JsonProgress),
     (False, "none", NoProgress), (False, "live", LiveProgress), (True, "line", LineProgress)],
)  # fmt: skip
def test_what_was_asked_for_beats_what_fits(*, quiet: bool, mode: str, kind: type) -> None:
    assert type(progress_for(Context(quiet=quiet), mode)) is kind


def test_a_terminal_gets_the_live_view() -> None:
    context = Context()
    context.notes = Console(file=StringIO(), force_terminal=True)

    assert isinstance(progress_for(context), LiveProgress)


def test_a_terminal_that_only_takes_lines_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    context = Context()
    context.notes = Console(file=StringIO(), force_terminal=True)

    assert isinstance(progress_for(context), LineProgress)


def test_a_script_reads_json_on_stderr_and_the_result_on_stdout(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})

    ran = leakguard("-q", "scan", "127.0.0.1:9200", "127.0.0.2:9200", "--progress", "json", "--format", "json")

    states = [json.loads(line) for line in ran.err.splitlines()]
    assert (ran.code, ran.document["schema"]) == (1, "leakguard.scan/1")
    assert states[-1]["finished"]
    assert states[-1]["counts"] == {"exposed": 1, "closed": 1}
    assert ran.document["endpoints"] == statuses(exposed=1, closed=1)
    assert states[-1]["run"] == ran.document["run"]
    assert (states[-1]["open_found"], sum(states[-1]["by_severity"].values())) == (1, 1)
    assert states[-1]["connections"] == leakguard.world.network.connections


def test_the_live_view_can_be_had_where_no_terminal_is(leakguard: ScanCommands) -> None:
    ran = leakguard("--no-color", "scan", "127.0.0.1:9200", "--progress", "live")

    assert ran.code == 0
    assert "0 of 1" in ran.err
