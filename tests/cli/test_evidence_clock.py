"""`leakguard evidence clock`, as a user types it after a command ran under a wrong clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
RIGHT, AHEAD, LATER = "2026-05-24T09:00+08:00", "2026-05-24T17:10+08:00", "2026-05-24T09:20+08:00"
SAID = ("--by", "Ada", "--reason", "log of the host")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A discovery under a clock that is eight hours ahead, and the right clock again."""
    command = command_line(tmp_path, monkeypatch, capsys)
    command("incident", "open", "--title", "an open cluster")
    command.now = AHEAD
    command("incident", "event", INCIDENT, "discovery")
    command.now = LATER
    return command


def due(leakguard: CommandLine) -> str:
    clocks = leakguard("clock", "list", "--incident", INCIDENT, "--format", "json").document["clocks"]
    return str(next(one["work_by"] for one in clocks if one["id"] == "cn-cac-incident-general.initial"))


def test_the_wrong_clock_is_listed_with_what_it_touched_and_the_command_that_mends_it(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "clock")

    assert ran.code == ExitCode.EXPOSED
    assert "the clock was ahead by 7 h 50 min or more when entry 2 was recorded" in ran.out
    assert "or the clock of this machine is behind now" in ran.out
    assert f"{INCIDENT}: entries 2" in ran.out
    assert "by 7 h 50 min to 8 h 10 min" in ran.out
    assert "leakguard evidence clock --mend --ahead PT8H --by NAME --reason TEXT" in ran.err


def test_a_mend_moves_the_limit_to_where_it_would_have_been(leakguard: CommandLine) -> None:
    assert due(leakguard) == "2026-05-24T13:10:00Z"
    ran = leakguard("evidence", "clock", "--mend", "--ahead", "PT8H", *SAID)

    assert ran.code == ExitCode.CLEAN
    assert ran.out.startswith("Recorded: the clock was 8 h ahead when entry 2 was recorded.\n")
    assert f"leakguard clock list --incident {INCIDENT}" in ran.err
    assert due(leakguard) == "2026-05-24T05:10:00Z"
    after = leakguard("evidence", "clock")
    assert (after.code, after.out, after.err) == (ExitCode.CLEAN, "No clock contradicts another one.\n", "")
    assert "mended" in leakguard("evidence", "verify").out


def test_both_forms_of_json_tell_the_same(leakguard: CommandLine) -> None:
    listed = leakguard("evidence", "clock", "--format", "json").document
    mended = leakguard("evidence", "clock", "--mend", "--ahead", "PT8H", *SAID, "--format", "json").document

    assert listed["wrong_clocks"][0]["if_ahead"]["touched"] == {INCIDENT: [2]}
    assert listed["wrong_clocks"][0]["if_ahead"]["most_seconds"] == 8 * 3600 + 600
    assert listed["wrong_clocks"][0]["if_behind"] is None
    assert mended["wrong_clocks"] == [
        {"first": 2, "last": 2, "ahead_least_seconds": 28800.0, "ahead_most_seconds": 28800.0}
    ]
    assert (mended["touched"], mended["left"]) == ({INCIDENT: [2]}, 0)


def test_entries_and_instants_may_be_named(leakguard: CommandLine) -> None:
    leakguard("evidence", "clock", "--mend", "--entries", "E-2", "--ahead", "PT8H", *SAID)
    ran = leakguard("evidence", "clock", "--mend", "--at", "2=2026-05-24T09:05", *SAID, "--second", "Alan")

    assert "Recorded: what entry 2 tells of happened at 2026-05-24T01:05:00Z." in ran.out
    assert due(leakguard) == "2026-05-24T05:05:00Z"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--ahead", "PT8H"), "add --mend"),
        (("--mend", "--ahead", "PT8H", "--behind", "PT8H", *SAID), "ahead or behind"),
        (("--mend", "--behind", "PT8H", *SAID), "clock of this machine is the later one"),
        (("--mend", "--entries", "9-2", "--ahead", "PT8H", *SAID), "names no entries"),
        (("--mend", "--at", "2", *SAID), "is not ENTRY=TIME"),
        (("--mend", "--ahead", "PT1H", *SAID), "with that, the clock was ahead"),
        (("--mend", "--ahead", "eight", *SAID), "not an exact duration"),
    ],
)
def test_what_is_said_wrongly_is_refused_and_mends_nothing(
    leakguard: CommandLine, words: tuple[str, ...], refusal: str
) -> None:
    ran = leakguard("evidence", "clock", *words)

    assert ran.code == ExitCode.USAGE
    assert refusal in ran.err
    assert due(leakguard) == "2026-05-24T13:10:00Z"


def test_the_report_and_the_timeline_tell_the_mended_times(leakguard: CommandLine) -> None:
    leakguard("evidence", "clock", "--mend", "--ahead", "PT8H", *SAID)
    story = leakguard("incident", "timeline", INCIDENT, "--format", "json").document
    report = leakguard("incident", "report", INCIDENT, "--as", "html").out

    assert "2026-05-24T01:10:00Z" in str(story)
    assert "2026-05-24T09:10:00Z" not in str(story)
    assert "log of the host" in report


def test_what_a_mend_says_cannot_be_erased(leakguard: CommandLine) -> None:
    leakguard("evidence", "clock", "--mend", "--ahead", "PT8H", *SAID)

    assert "whose content the ledger itself needs" in leakguard("evidence", "redact", "3", *SAID).err
