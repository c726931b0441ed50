"""Commands about an incident some of whose times were told by a clock that contradicts another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from leakguard.ledger.entries import Entry
from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
LAW = "eu-gdpr-33-authority.initial"
RIGHT, BEHIND, AFTER = "2026-05-24T09:00+00:00", "2026-05-24T01:00+00:00", "2026-05-24T09:05+00:00"
AWARE = "2026-05-21T07:22+00:00"
FILE = ("notice", "file", INCIDENT, "--duty", "eu-gdpr-33-authority", "--stage", "initial", "--reference", "r")
SHOWN = ("--incident", INCIDENT, "--laws", "eu")
COMMANDS = (
    ("clock", "list", *SHOWN),
    ("clock", "why", *SHOWN, LAW),
    ("clock", "ics", *SHOWN),
    ("clock", "watch", *SHOWN, "--once"),
)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Aware for more than 73 hours, opened and filed now: what is filed now is late."""
    command = command_line(tmp_path, monkeypatch, capsys, zone="UTC")
    command.now = RIGHT
    command("incident", "open", "--title", "an open cluster")
    command("incident", "event", INCIDENT, "awareness", "--at", AWARE, "--reason", "told by telephone")
    return command


@pytest.fixture
def missed(leakguard: CommandLine) -> CommandLine:
    """Filed by a clock that was eight hours behind; the right clock again."""
    leakguard.now = BEHIND
    leakguard(*FILE)
    leakguard.now = AFTER
    return leakguard


@pytest.mark.parametrize("words", COMMANDS)
def test_a_deadline_that_one_of_two_clocks_calls_missed_is_not_plainly_met(
    missed: CommandLine, words: tuple[str, ...]
) -> None:
    ran = missed(*words)

    assert ran.code == ExitCode.UNFINISHED
    assert "WARNING: two clocks contradict each other in the ledger" in ran.err
    assert f"{INCIDENT}: the times of entries" in ran.err
    assert "leakguard evidence clock" in ran.err
    if words[1] != "watch":
        assert f"Which clock was right decides these limits: {LAW}" in ran.err


@pytest.mark.parametrize("words", [COMMANDS[0], COMMANDS[1], ("incident", "show", INCIDENT)])
def test_scripts_are_told_which_entries_a_contradicted_clock_touched(
    missed: CommandLine, words: tuple[str, ...]
) -> None:
    told = missed(*words, "--format", "json").document["wrong_clocks"]

    assert "behind when entry 3 was recorded" in told[0]["text"]
    assert 3 in told[0]["touched"][INCIDENT]
    assert told[0]["next_step"] == "leakguard evidence clock"


def test_the_check_from_outside_has_the_trouble_of_a_wrong_clock(missed: CommandLine) -> None:
    missed("watchman", "once", "--laws", "eu")
    ran = missed("watchman", "check", "--laws", "eu", "--format", "json")

    wrong = [one for one in ran.document["troubles"] if one["kind"] == "wrong_clock"]
    assert [(one["incident"], one["exit_code"]) for one in wrong] == [(INCIDENT, ExitCode.UNFINISHED)]
    assert ran.code >= ExitCode.UNFINISHED


def test_the_first_sentence_of_the_report_names_a_wrong_clock_and_is_not_green(missed: CommandLine) -> None:
    ran = missed("incident", "report", INCIDENT, "--laws", "eu", "--as", "json", "--no-verify")
    page = missed("incident", "report", INCIDENT, "--laws", "eu", "--as", "html", "--no-verify")

    assert ran.document["headline"]["tone"] != "good"
    assert "behind when entry 3 was recorded" in ran.document["wrong_clocks"][0]
    assert "Two clocks contradict each other" in page.out
    assert "WARNING: two clocks contradict each other" in page.err


def test_a_clock_that_was_ahead_is_named_also_once_real_time_has_passed_it(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T17:10+00:00"
    leakguard("incident", "event", INCIDENT, "discovery")
    leakguard.now = AFTER
    leakguard("incident", "event", INCIDENT, "note", "--reason", "still at it")
    leakguard.now = "2026-05-25T09:00+00:00"
    ran = leakguard("clock", "list", "--incident", INCIDENT, "--laws", "cn")

    assert ran.code == ExitCode.DEADLINE_MISSED
    assert "ahead by 8 h 5 min or more when entry 3 was recorded" in ran.err
    assert "cn-cac-incident-general.initial\n" in ran.err.partition("decides these limits: ")[2]


def test_a_mend_ends_the_warning_and_the_deadline_is_missed(missed: CommandLine) -> None:
    missed("evidence", "clock", "--mend", "--behind", "PT8H", "--by", "Ada", "--reason", "log of the host")
    ran = missed(*COMMANDS[0])

    assert (ran.code, "WARNING" in ran.err) == (ExitCode.DEADLINE_MISSED, False)
    missed("incident", "event", INCIDENT, "note", "--reason", "after the mend")
    assert "WARNING" not in missed(*COMMANDS[0]).err


def test_a_wrong_clock_that_touched_another_incident_alone_is_not_named(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "another one")
    leakguard.now = BEHIND
    leakguard("incident", "event", "IR-2026-0002", "note", "--reason", "x")
    leakguard.now = AFTER
    leakguard("incident", "open", "--title", "a third one")

    assert "contradict" not in leakguard("clock", "list", "--incident", "IR-2026-0003", "--laws", "eu").err
    assert "contradict" in leakguard("clock", "list", "--incident", "IR-2026-0002", "--laws", "eu").err


def test_a_ledger_of_two_machines_that_differ_by_seconds_is_not_read_for_contradictions(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SqlStore.entries

    def entries(store: SqlStore, subject: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        assert subject is not None
        return real(store, subject, after=after)

    leakguard.now = "2026-05-24T08:59:30+00:00"
    leakguard("incident", "event", INCIDENT, "note", "--reason", "x")
    leakguard.now = AFTER
    monkeypatch.setattr(SqlStore, "entries", entries)

    assert leakguard("incident", "show", INCIDENT).code == ExitCode.CLEAN


def test_each_form_of_a_clock_that_is_in_doubt_says_so_at_the_clock_itself(missed: CommandLine) -> None:
    """Not only above it, and not only by the exit code."""
    doubted = "met on time, in doubt: see leakguard evidence clock"
    listed = missed("clock", "list", *SHOWN).out
    clocks = missed("clock", "list", *SHOWN, "--format", "json").document["clocks"]
    why = missed("clock", "why", *SHOWN, LAW).out
    feed = missed("clock", "ics", *SHOWN).out.replace("\r\n ", "").replace("\\,", ",")
    page = missed("incident", "report", INCIDENT, "--laws", "eu", "--as", "html", "--no-verify").out
    report = missed("incident", "report", INCIDENT, "--laws", "eu", "--as", "json", "--no-verify").document

    (row,) = [row for row in listed.split("\neu-") if row.startswith(LAW[3:])]
    assert f"  {doubted}\n" in row
    for document in (clocks, report["clocks"]):
        (doubt,) = next(one for one in document if one["id"] == LAW)["in_doubt"]
        assert doubt["see"] == "leakguard evidence clock"
    assert "This is in doubt: two clocks of the ledger contradict each other" in why
    entry = next(one for one in feed.split("BEGIN:VEVENT") if LAW in one)
    assert f"is due ({doubted})" in entry
    assert "STATUS:TENTATIVE" in entry
    assert "to spare, in doubt: see leakguard evidence clock" in page
    assert "met on time, in doubt" in page
    assert "1 met on time," not in page.replace("1 met on time, in doubt", "")


@pytest.mark.parametrize("width", [40, 80])
def test_a_clock_that_is_in_doubt_fits_its_terminal(
    missed: CommandLine, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = missed("clock", "list", *SHOWN).out.splitlines()

    assert "in doubt: see leakguard evidence clock" in " ".join(" ".join(lines).split())
    assert any("leakguard evidence clock" in line for line in lines)
    assert [line for line in lines if len(line) > width and " " in line.strip()] == []


def test_clocks_that_no_contradiction_touches_are_in_no_doubt(missed: CommandLine) -> None:
    clocks = missed("clock", "list", *SHOWN, "--format", "json").document["clocks"]

    assert [one["id"] for one in clocks if one["in_doubt"]] == [LAW]


def test_a_clock_that_the_ledger_calls_overdue_and_this_machine_does_not_is_in_doubt(leakguard: CommandLine) -> None:
    leakguard("incident", "event", INCIDENT, "awareness", "--reason", "decided again")
    leakguard.now = "2026-06-24T09:00+00:00"
    leakguard("incident", "event", INCIDENT, "note", "--reason", "x")
    leakguard.now = "2026-05-23T09:00+00:00"
    ran = leakguard("clock", "list", *SHOWN)

    assert ran.code == ExitCode.UNFINISHED
    assert "in doubt: see leakguard evidence clock" in ran.out


def test_a_live_view_names_what_is_in_doubt_at_its_clock(missed: CommandLine) -> None:
    shown = missed("clock", "watch", *SHOWN, "--once").out

    assert f"{LAW} met on time, in doubt" in " ".join(shown.split())


def test_every_form_of_a_clock_names_the_mend_that_changed_it(missed: CommandLine) -> None:
    said = ("--by", "Ada", "--reason", "log of the host")
    missed("evidence", "clock", "--mend", "--behind", "PT8H", *said)
    told = "changed by the correction of system time in entry 4 on 2026-05-24 by Ada"
    listed = missed("clock", "list", *SHOWN).out
    clocks = missed("clock", "list", *SHOWN, "--format", "json").document["clocks"]
    page = missed("incident", "report", INCIDENT, "--laws", "eu", "--as", "html", "--no-verify").out
    feed = missed("clock", "ics", *SHOWN).out.replace("\r\n ", "")

    assert listed.count(told) == 1
    mended = {one["id"]: one["mended_by"] for one in clocks if one["mended_by"]}
    assert list(mended) == [LAW]
    assert (mended[LAW][0]["entry"], mended[LAW][0]["by"], mended[LAW][0]["reason"]) == (4, "Ada", "log of the host")
    assert f"It was {told}: log of the host" in missed("clock", "why", *SHOWN, LAW).out
    assert told in page
    assert told in feed


def test_a_mend_by_two_people_names_both_at_the_clock_that_it_changed(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T13:00+00:00"
    leakguard(*FILE)
    lonely = ("evidence", "clock", "--mend", "--entries", "3", "--ahead", "PT3H", "--by", "Ada", "--reason", "x y")
    refused = leakguard(*lonely)
    assert refused.code == ExitCode.USAGE
    assert "no clock of this ledger contradicts the one of entry 3" in refused.err
    assert "--second NAME" in refused.err
    assert leakguard("clock", "list", *SHOWN).code == ExitCode.DEADLINE_MISSED
    leakguard(*lonely, "--second", "Alan")

    assert (
        "changed by the correction of system time in entry 4 on 2026-05-24 by Ada and Alan"
        in leakguard("clock", "list", *SHOWN).out
    )
    assert "by Ada and Alan" in leakguard("evidence", "verify").out
