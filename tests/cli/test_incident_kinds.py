"""`leakguard incident kinds`: the kinds of events for somebody who knows none of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.clocks.event_kinds import KINDS
from leakguard.errors import ExitCode
from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
TITLES = (
    "Somebody reported to us", "We found out", "We decided", "We contained and repaired it", "We notified somebody",
    "A deadline changes or does not apply", "Opened, closed, reviewed", "What happened outside",
    "About the record itself",
)  # fmt: skip


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    command = command_line(tmp_path, monkeypatch, capsys, zone="UTC")
    command("incident", "open", "--title", "an open cluster")
    return command


def effects(leakguard: CommandLine, kind: str) -> list[tuple[str, str, list[str]]]:
    words = ("incident", "kinds", INCIDENT, "--laws", "eu", "--format", "json")
    (row,) = [one for one in leakguard(*words).document["kinds"] if one["kind"] == kind]
    return [(one["does"], one["clock"], one["options"]) for one in row["effects"]]


def test_every_kind_is_listed_in_its_group_with_a_plain_meaning_in_eighty_columns(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = leakguard("incident", "kinds")

    assert ran.code == ExitCode.CLEAN
    assert all(title in ran.out.splitlines() for title in TITLES)
    assert all(f"  {name} " in ran.out for name in KINDS)
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "the breach was discovered" in ran.out


def test_the_clocks_that_a_kind_starts_or_ends_follow_the_incident(leakguard: CommandLine) -> None:
    law = "eu-gdpr-33-authority.initial"
    filing = ["--obligation eu-gdpr-33-authority", "--stage initial"]
    assert ("starts", law, []) in effects(leakguard, "awareness")
    assert law not in [clock for _, clock, _ in effects(leakguard, "filed")]
    leakguard("incident", "event", INCIDENT, "awareness")

    assert law not in [clock for _, clock, _ in effects(leakguard, "awareness")]
    assert ("ends", law, filing) in effects(leakguard, "filed")
    told = " ".join(leakguard("incident", "kinds", INCIDENT, "--laws", "eu").out.split())
    assert f"ends {law} with {' '.join(filing)}" in told
    leakguard("incident", "event", INCIDENT, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial")
    assert law not in [clock for _, clock, _ in effects(leakguard, "filed")]


def test_a_word_that_is_no_kind_leads_to_the_kinds_that_it_means_and_to_the_list(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "event", INCIDENT, "fixed")

    assert ran.code == ExitCode.USAGE
    assert "`contained`" in ran.err
    assert "`remediation_verified`" in ran.err
    assert "leakguard incident kinds" in ran.err


def test_the_help_of_an_event_groups_the_kinds(leakguard: CommandLine) -> None:
    told = leakguard("incident", "event", "--help").out

    assert all(f"  {title}:\n" in told for title in TITLES)
    assert "leakguard incident kinds" in told


def test_an_unknown_incident_has_no_list(leakguard: CommandLine) -> None:
    assert leakguard("incident", "kinds", "IR-2026-0099", "--laws", "eu").code == ExitCode.USAGE
