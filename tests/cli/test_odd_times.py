"""Times that nobody can have meant, as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
LAW = "eu-gdpr-33-authority.initial"
FILE = ("notice", "file", INCIDENT, "--duty", "eu-gdpr-33-authority", "--stage", "initial", "--reference", "r")
LATE = ("--reason", "written down late")
SHOWN = ("--incident", INCIDENT, "--laws", "eu")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident of which somebody has just become aware."""
    command = command_line(tmp_path, monkeypatch, capsys, zone="UTC")
    command("incident", "open", "--title", "an open cluster")
    command("incident", "event", INCIDENT, "awareness", "--at", "2026-05-24T00:50:00Z")
    return command


def test_a_filing_with_a_mistyped_year_is_named_when_it_is_recorded(leakguard: CommandLine) -> None:
    ran = leakguard("-q", *FILE, "--at", "2020-01-01T00:00Z", *LATE)

    assert ran.code == ExitCode.CLEAN
    assert "WARNING: this filing lies 2,335 days before awareness; was the year meant?" in ran.err
    assert f"incident event {INCIDENT} filed --corrects E-3 --at TIME --reason TEXT" in ran.err
    assert "--obligation eu-gdpr-33-authority --stage initial" in ran.err


def test_a_clock_that_ended_before_it_began_is_not_plainly_met(leakguard: CommandLine) -> None:
    leakguard(*FILE, "--at", "2020-01-01T00:00Z", *LATE)
    listed = leakguard("clock", "list", *SHOWN)
    why = leakguard("clock", "why", *SHOWN, LAW)
    clocks = leakguard("clock", "list", *SHOWN, "--format", "json").document["clocks"]
    law = next(one for one in clocks if one["id"] == LAW)

    assert (listed.code, why.code) == (ExitCode.UNFINISHED, ExitCode.UNFINISHED)
    assert "ended before it began (E-3): check its time" in listed.out
    assert "met on time" not in listed.out
    assert "Event E-3 ended it before it began: check the time of that event." in why.out
    assert (law["state"], law["ended_before_anchor_seconds"]) == ("met_on_time", 201747000)


def test_the_report_does_not_praise_a_clock_that_ended_before_it_began(leakguard: CommandLine) -> None:
    leakguard(*FILE, "--at", "2020-01-01T00:00Z", *LATE)
    page = leakguard("incident", "report", INCIDENT, "--laws", "eu", "--as", "html", "--no-verify").out

    assert "ended before it began (E-3), so check its time" in page
    assert "to spare" not in page


def test_a_filing_somewhat_before_awareness_is_asked_about_and_ends_the_clock(leakguard: CommandLine) -> None:
    ran = leakguard(*FILE, "--at", "2026-05-23T22:50Z", *LATE)

    assert "WARNING: this filing lies 2.0 hours before awareness; was that time meant?" in ran.err
    assert leakguard("clock", "list", *SHOWN).code == ExitCode.CLEAN


def test_an_event_long_before_everything_else_is_named_also_to_scripts(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "event", INCIDENT, "contained", "--at", "2025-05-24", *LATE, "--format", "json")

    assert "lies 364 days before everything else of the incident (E-2)" in ran.document["time_doubt"]
    assert ran.document["time_doubt"] in ran.err


@pytest.mark.parametrize(("kind", "at"), [("exposure_started", "2020-01-01"), ("contained", "2026-05-20")])
def test_an_event_that_may_be_that_old_is_not_asked_about(leakguard: CommandLine, kind: str, at: str) -> None:
    ran = leakguard("incident", "event", INCIDENT, kind, "--at", at, *LATE, "--format", "json")

    assert "time_doubt" not in ran.document
    assert "WARNING" not in ran.err
