"""`--log-level`, `--log-format`, `--log-file`: who asks gets events with fields, and nobody else hears anything new."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import ExitCode
from leakguard.logs.fields import FIELDS, admitted
from support.fake_prober import FakeProber, store_server
from support.logged import CANARIES
from support.scan_commands import ScanCommands, scan_commands

LOG = "leakguard.log"
MADE_HERE = {"timestamp", "level"}
TOLD = (
    "run_finished", "target_judged", "incident_opened", "incident_event_recorded", "evidence_added",
    "evidence_verified", "deadlines_evaluated", "watchman_cycled", "entry_recorded", "doctor_found",
)  # fmt: skip
TABLES = """country = "CN"
[[channel]]
name = "CANARY-phone-of-a-person"
kind = "file"
path = "sent.txt"
[escalation]
levels = [{role = "CANARY-role"}]
roles = {CANARY-role = ["CANARY-phone-of-a-person"]}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def logged(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text("utf-8").splitlines()]


def events(place: Path) -> list[str]:
    return [str(one["event"]) for one in logged(place)]


def with_log(leakguard: ScanCommands, *words: str, level: str = "debug") -> list[dict[str, Any]]:
    """Run one command; returns what it logged."""
    place = leakguard.folder / LOG
    place.unlink(missing_ok=True)
    leakguard("--log-level", level, "--log-format", "json", "--log-file", LOG, *words)
    return logged(place)


def test_nothing_is_logged_and_structlog_is_not_loaded_unless_somebody_asks(tmp_path: Path) -> None:
    program = (
        "import sys; from leakguard.cli.main import run; code = run(['incident', 'open', '--title', 'x']);"
        "print(code, 'structlog' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert ended.stdout.splitlines()[-1] == "0 False"
    assert "command_started" not in ended.stderr


def test_a_log_changes_neither_the_result_nor_the_exit_code(leakguard: ScanCommands) -> None:
    store_server()
    leakguard("scan", "127.0.0.1:9200")
    plain = leakguard("scan", "show", "--format", "json")
    told = leakguard("--log-level", "debug", "scan", "show", "--format", "json")

    assert (told.code, told.out) == (plain.code, plain.out)
    assert "command_started" in told.err
    assert "command_started" not in plain.err


def test_a_command_is_told_from_its_start_to_its_end(leakguard: ScanCommands) -> None:
    first, *between, last = with_log(leakguard, "incident", "open", "--title", "x")

    assert (first["event"], last["event"], last["exit_code"]) == ("command_started", "command_ended", 0)
    assert {one["command"] for one in (first, *between, last)} == {"leakguard incident open"}
    assert {one["actor"] for one in (first, last)} == {f"uid:{os.getuid()}"}
    assert len({one["request_id"] for one in (first, *between, last)}) == 1
    assert isinstance(last["seconds"], float)
    (opened,) = [one for one in between if one["event"] == "incident_opened"]
    assert opened["incident"].startswith("IR-")


def test_two_commands_have_two_request_ids(leakguard: ScanCommands) -> None:
    ids = {with_log(leakguard, "incident", "list")[0]["request_id"] for _ in range(2)}
    assert len(ids) == 2


def test_every_event_of_a_scan_names_its_run_and_each_verdict(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    said = with_log(leakguard, "scan", "127.0.0.1:9200")
    names = [one["event"] for one in said]
    run = said[names.index("run_started") : names.index("run_finished") + 1]

    assert len({one["run"] for one in run}) == 1
    (judged,) = [one for one in run if one["event"] == "target_judged"]
    assert (judged["check_id"], judged["outcome"], judged["level"]) == ("store_open", "exposed", "debug")
    assert judged["finding"].startswith("F-")
    assert (run[-1]["count"], run[-1]["exposed_count"], said[-1]["exit_code"]) == (1, 1, ExitCode.EXPOSED)


def test_what_lies_below_the_level_is_not_logged(leakguard: ScanCommands) -> None:
    levels = {one["level"] for one in with_log(leakguard, "incident", "open", "--title", "x", level="info")}
    assert levels == {"info"}


def test_a_log_is_for_its_owner_alone_and_is_continued(leakguard: ScanCommands) -> None:
    before = os.umask(0)
    try:
        leakguard("--log-file", LOG, "incident", "list")
        leakguard("--log-file", LOG, "incident", "list")
    finally:
        os.umask(before)
    text = (leakguard.folder / LOG).read_text("utf-8")

    assert stat.S_IMODE((leakguard.folder / LOG).stat().st_mode) == 0o600
    assert text.count("command_started") == 2


@pytest.mark.parametrize("name", ["leakguard.db", "scope.yaml", "."])
def test_what_is_no_log_is_never_written_to(leakguard: ScanCommands, name: str) -> None:
    leakguard("incident", "open", "--title", "x")
    place = leakguard.folder / name
    before = place.read_bytes() if place.is_file() else b""
    ran = leakguard("--log-file", name, "checks", "list")

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "Next: " in ran.err
    assert before == (place.read_bytes() if place.is_file() else b"")


def test_the_environment_and_the_settings_ask_for_a_log_too(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEAKGUARD_LOG_FILE", LOG)
    monkeypatch.setenv("LEAKGUARD_LOG_FORMAT", "json")
    leakguard("incident", "list")
    monkeypatch.setenv("LEAKGUARD_LOG_LEVEL", "error")
    leakguard("incident", "list")

    assert events(tmp_path / LOG) == ["command_started", "command_ended"]
    assert leakguard("--log-level", "loud", "incident", "list").code == ExitCode.USAGE


def test_the_settings_are_followed_where_nothing_else_asks(tmp_path: Path) -> None:
    (tmp_path / "leakguard.toml").write_text(f'log_file = "{LOG}"\nlog_format = "json"\nlog_level = "info"\n', "utf-8")
    run = [sys.executable, "-m", "leakguard"]
    subprocess.run([*run, "incident", "open", "--title", "x"], cwd=tmp_path, check=True, capture_output=True)
    from_settings = logged(tmp_path / LOG)
    subprocess.run([*run, "--log-file", "other", "incident", "list"], cwd=tmp_path, check=True, capture_output=True)

    assert [one["event"] for one in from_settings] == ["command_started", "incident_opened", "command_ended"]
    assert len(logged(tmp_path / LOG)) == len(from_settings)
    assert "command_ended" in (tmp_path / "other").read_text("utf-8")


def test_of_each_setting_of_the_log_the_nearest_word_counts(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that set the format in its environment had no log file any more, and nobody was told."""
    settings = leakguard.folder / "leakguard.toml"
    settings.write_text('log_file = "t.log"\nlog_level = "error"\nlog_format = "console"\n', encoding="utf-8")
    monkeypatch.setenv("LEAKGUARD_LOG_FORMAT", "json")
    ran = leakguard("--log-level", "debug", "incident", "open", "--title", "x")
    all_events = logged(leakguard.folder / "t.log")
    monkeypatch.delenv("LEAKGUARD_LOG_FORMAT")
    leakguard("--log-file", "u.log", "--log-format", "json", "checks", "list")

    assert ran.code == 0
    assert "command_started" not in ran.err
    assert "debug" in {one["level"] for one in all_events}
    assert (leakguard.folder / "u.log").read_text("utf-8") == "", "nothing in it is an error"


def test_settings_that_cannot_be_read_are_named_also_where_an_option_asks_for_a_log(leakguard: ScanCommands) -> None:
    (leakguard.folder / "leakguard.toml").write_text("log_file = [1\n", encoding="utf-8")
    ran = leakguard("--log-level", "info", "incident", "list")

    assert ran.code == ExitCode.USAGE
    assert "leakguard.toml" in ran.err


def test_a_setting_of_the_log_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "leakguard.toml").write_text('log_level = "loud"\nlog_format = "xml"\n', "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "leakguard", "incident", "list"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == ExitCode.USAGE
    assert "line 1: log_level: must be one of: debug, info, warning, error" in ended.stderr
    assert "line 2: log_format: must be one of: console, json" in ended.stderr


def test_the_name_of_a_command_holds_nothing_that_somebody_typed(leakguard: ScanCommands) -> None:
    said = with_log(leakguard, "scan", "canary.example.edu", "--vantage", "canary")
    assert {one["command"] for one in said} == {"leakguard scan"}
    assert said[-1]["exit_code"] == ExitCode.USAGE


def test_a_bug_is_logged_by_its_exit_code_and_without_its_trace(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    leakguard.world.is_broken = True
    monkeypatch.setenv("LEAKGUARD_TRACE", "1")
    said = with_log(leakguard, "scan", "127.0.0.1:9200")

    assert (said[-1]["event"], said[-1]["exit_code"], said[-1]["level"]) == ("command_ended", ExitCode.BUG, "error")
    assert "Traceback" not in (leakguard.folder / LOG).read_text("utf-8")


def test_lines_for_the_journal_begin_with_their_priority(tmp_path: Path) -> None:
    place = tmp_path / "journal"
    with place.open("w", encoding="utf-8") as journal:
        seen = os.fstat(journal.fileno())
        ended = subprocess.run(
            [sys.executable, "-m", "leakguard", "--log-level", "info", "incident", "list"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=journal, check=False,
            env={**os.environ, "JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino}"},
        )  # fmt: skip
    first = place.read_text("utf-8").splitlines()[0]

    assert ended.stdout == b""
    assert first.startswith("<6>event=command_started actor=uid:")
    assert "\x1b" not in first


def test_a_stream_that_was_led_elsewhere_is_not_the_journal(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "leakguard", "--log-level", "info", "incident", "list"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "JOURNAL_STREAM": "8:1"},
    )  # fmt: skip
    assert "command_started" in ended.stderr
    assert "<6>" not in ended.stderr


def a_day_with_canaries(leakguard: ScanCommands, *options: str) -> list[int]:
    """Everything that people and hosts choose the words of is a canary."""
    folder = leakguard.folder
    (folder / "leakguard.toml").write_text(TABLES, encoding="utf-8")
    (folder / "canary-file.txt").write_text("CANARY in a file", encoding="utf-8")
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server(cluster="CANARY-cluster")})
    leakguard.world.names["canary.example.edu"] = ("127.0.0.1",)
    incident, by = f"IR-{leakguard.world.now.year}-0001", ("--by", "CANARY Person")
    commands = (
        ("scan", "127.0.0.1:9200"),
        ("incident", "open", "--title", "CANARY title", *by),
        ("incident", "event", incident, "notice_received", "--source", "CANARY source", *by),
        ("incident", "event", incident, "note", "--reason", "CANARY reason", *by),
        ("evidence", "add", "canary-file.txt", "--incident", incident, "--from", "CANARY", "--note", "CANARY", *by),
        ("evidence", "verify"),
        ("clock", "list", "--incident", incident),
        ("watchman", "once"),
        ("clock", "ack", incident, "remediate", *by),
        ("incident", "show", "IR-CANARY"),
        ("scan", "show", "R-CANARY"),
        ("scan", "CANARY.example.edu"),
        ("doctor",),
    )
    return [leakguard(*options, *words).code for words in commands]


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_canary_of_a_whole_day_is_in_any_log(leakguard: ScanCommands, form: str) -> None:
    codes = a_day_with_canaries(leakguard, "--log-level", "debug", "--log-format", form, "--log-file", LOG)
    said = (leakguard.folder / LOG).read_text("utf-8")

    assert ExitCode.BUG not in codes
    assert [line for line in said.splitlines() if any(word in line.lower() for word in CANARIES)] == []
    assert "field_refused" not in said
    for event in TOLD:
        assert event in said


def test_every_line_of_a_whole_day_is_registered_fields_alone(leakguard: ScanCommands) -> None:
    a_day_with_canaries(leakguard, "--log-level", "debug", "--log-format", "json", "--log-file", LOG)
    fields = [(name, value) for one in logged(leakguard.folder / LOG) for name, value in one.items()]

    assert {name for name, _ in fields} - MADE_HERE <= set(FIELDS)
    assert [(name, value) for name, value in fields if name not in MADE_HERE and admitted(name, value) is None] == []
