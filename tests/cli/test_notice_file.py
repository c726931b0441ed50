"""Staged filings from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, Ran, command_line
from support.notices import CAC

ID = "IR-2026-0001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-06-12T12:00+08:00"
    made("incident", "open", "--title", "a search server")
    return made


def file(run: CommandLine, stage: str, *more: str, duty: str = CAC) -> Ran:
    return run("notice", "file", ID, "--duty", duty, "--stage", stage, *more)


def test_a_filing_is_kept_with_what_it_promised(run: CommandLine) -> None:
    ran = file(run, "initial", "--reference", "receipt 17", "--by", "A. Counsel", "--tbd", "cause,attack_path")
    (kept,) = [
        one for one in run("incident", "show", ID, "--format", "json").document["events"] if one["id"] in ran.out
    ]

    assert ran.code == 0
    assert kept["kind"] == "filed"
    assert kept["fields"] == {
        "obligation": CAC, "stage": "initial", "reference": "receipt 17", "by": "A. Counsel",
        "to_be_determined": "cause, attack_path",
    }  # fmt: skip


def test_a_supplement_that_tells_an_item_closes_it(run: CommandLine) -> None:
    file(run, "initial", "--tbd", "cause,attack_path")
    before = run("notice", "open-items", ID, "--format", "json").document
    run.now = "2026-06-12T13:00+08:00"
    file(run, "supplement", "--tbd", "attack_path")
    after = run("notice", "open-items", ID).out

    assert [one["item"] for one in before["open_items"]] == ["cause", "attack_path"]
    assert before["open_items"][0]["promised_at"] == "2026-06-12T04:00:00Z"
    assert f"{CAC}  attack_path  promised in initial" in after
    assert "cause" not in after


def test_nothing_open_says_so(run: CommandLine) -> None:
    ran = run("notice", "open-items", ID)

    assert (ran.code, ran.out) == (0, "")
    assert "Nothing was promised" in ran.err


def test_a_stage_out_of_turn_needs_a_reason(run: CommandLine) -> None:
    refused = file(run, "final")

    assert refused.code == 2
    assert "initial was not filed yet" in refused.err
    assert file(run, "final", "--reason", "   ").code == 2
    assert file(run, "final", "--reason", "filed by the group").code == 0


@pytest.mark.parametrize(
    ("duty", "stage", "tbd", "said"),
    [
        ("cn-cac-incident-genral", "initial", "cause", CAC),
        (CAC, "inital", "cause", "did you mean `initial`?"),
        (CAC, "initial", "causes,attack_path,trendy", "did you mean `trend`?"),
        (CAC, "withdrawn", "cause", "a withdrawal promises nothing"),
    ],
)
def test_what_the_duty_does_not_know_is_refused(run: CommandLine, duty: str, stage: str, tbd: str, said: str) -> None:
    ran = file(run, stage, "--tbd", tbd, duty=duty)

    assert ran.code == 2
    assert said in ran.err
    assert "filed" not in run("incident", "timeline", ID).out


def test_an_unknown_incident_is_refused(run: CommandLine) -> None:
    assert run("notice", "file", "IR-2026-0009", "--duty", CAC, "--stage", "initial").code == 2
    assert run("notice", "open-items", "IR-2026-0009").code == 2


def test_a_filing_recorded_late_needs_a_reason_and_reads_local_times(run: CommandLine) -> None:
    at = ("--at", "2026-06-12T09:00")

    assert file(run, "initial", *at).code == 2
    assert file(run, "initial", *at, "--reason", "in a meeting", "--tbd", "cause").code == 0
    (item,) = run("notice", "open-items", ID, "--format", "json").document["open_items"]
    assert item["promised_at"] == "2026-06-12T01:00:00Z"
