"""`--stage first` and `--stage initial`: every command that takes a stage takes them for the first one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, command_line
from support.each import for_each

BSI = "de-bsig-32-bsi"
FACTS = """\
incident: IR-2026-0001
zone: Europe/Berlin
organisation: {name: Example Clinic, country: DE, contact: {name: Night desk, phone: "+49 711 000"}}
obligated_as: [controller, essential_entity]
not_known_yet: we found it an hour ago and are reading the logs
facts:
  breach_description: {value: An image server of our radiology answered without a login.}
events:
  - {id: aware, kind: awareness, occurred_at: "2026-11-30T01:30", recorded_at: "2026-11-30T01:30"}
"""
LETTER = ("facts.yaml", "--duty", BSI)
COMMANDS = [("draft", *LETTER), ("check", *LETTER), ("lint", *LETTER), ("pack", *LETTER)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys, zone="Europe/Berlin")
    made.now = "2026-11-30T02:30+01:00"
    Path("facts.yaml").write_text(FACTS, encoding="utf-8")
    return made


@for_each("words", COMMANDS, ids=lambda words: words[0])
def test_the_first_stage_by_any_of_its_names_is_one_stage(run: CommandLine, words: tuple[str, ...]) -> None:
    own, first, initial = (run("notice", *words, "--stage", name) for name in ("early_warning", "first", "initial"))

    assert own.out
    assert own.code in {0, 1}
    assert (first.code, first.out) == (initial.code, initial.out) == (own.code, own.out)
    assert run("notice", *words).out != own.out


@for_each("stage", ["first", "initial"])
def test_a_filing_keeps_the_name_that_its_law_gives_the_stage(run: CommandLine, stage: str) -> None:
    incident = run("incident", "open", "--title", "Image server open").out.split()[0]
    filed = run("notice", "file", incident, "--duty", BSI, "--stage", stage)

    assert filed.out.rstrip().endswith(f"{BSI}  early_warning")


def test_an_approval_by_another_name_is_of_the_same_letter(run: CommandLine) -> None:
    incident = run("incident", "open", "--title", "Image server open").out.split()[0]
    for stage, person in (("first", "A. Counsel"), ("early_warning", "B. Officer")):
        assert run("notice", "approve", *LETTER, "--stage", stage, "--incident", incident, "--by", person).code == 0
    final = run("notice", "draft", *LETTER, "--stage", "initial", "--incident", incident, "--final")

    assert "A. Counsel" in final.err
    assert "B. Officer" in final.err


def test_a_letter_that_no_law_demands_has_no_stage(run: CommandLine) -> None:
    refused = run("notice", "draft", "facts.yaml", "--letter", "staff", "--stage", "first")

    assert refused.code == 2
    assert "Leave --stage out." in refused.err
