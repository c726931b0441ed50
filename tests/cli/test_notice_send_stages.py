"""A letter that names no stage: of a duty with one stage it is that one, of a duty with several it files nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, Ran
from support.notices import CAC, GDPR_34
from support.offices import ID, drilling_office

PEOPLE = "id,name,email,data\np1,One,one@mail.example,contact.email\np2,Two,two@mail.example,contact.email\n"
INCIDENT = ("--incident", ID)


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = drilling_office(tmp_path, monkeypatch, capsys)
    (made.folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return made


def merge(drill: CommandLine, folder: str, *stage: str) -> Ran:
    """Write, approve and send the letters."""
    drill(
        "notice", "letters", "facts.yaml", "--duty", GDPR_34, *stage, "--recipients", "people.csv", "--as", "html",
        "--workers", "1", "-o", folder, *INCIDENT,
    )  # fmt: skip
    for by in ("A", "B"):
        drill("notice", "approve", "--manifest", folder, *INCIDENT, "--by", by)
    words = ("--manifest", folder, "--recipients", "people.csv", *INCIDENT, "--by", "A")
    return drill("notice", "send", "facts.yaml", *words)


def filings(drill: CommandLine) -> list[str]:
    events = drill("incident", "show", ID, "--format", "json").document["events"]
    return [event["fields"]["stage"] for event in events if event["kind"] == "filed"]


def mails() -> int:
    return len(Path("drill-letters.jsonl").read_text(encoding="utf-8").splitlines())


def test_the_letters_of_a_duty_with_one_stage_are_filed_under_it_and_go_out_once(drill: CommandLine) -> None:
    """The commands of the how-to name no stage, that of the console does."""
    first = merge(drill, "letters")
    drill.now = "2026-06-12T13:00+08:00"
    second = merge(drill, "again", "--stage", "initial")

    assert (first.code, "Filed as E-" in first.out) == (0, True)
    assert filings(drill) == ["initial"]
    assert second.code == 2
    assert "another version of" in second.err
    assert mails() == 2


def test_one_letter_of_a_duty_with_several_stages_says_at_once_that_it_files_nothing(drill: CommandLine) -> None:
    """The clocks of all stages go on, whichever was meant."""
    words = ("facts.yaml", "--duty", CAC, "--lang", "zh", *INCIDENT)
    dry = drill("notice", "approve", *words, "--dry-run")
    approved = [drill("notice", "approve", *words, "--by", by) for by in ("A", "B")]
    named = drill("notice", "approve", *words, "--stage", "initial", "--dry-run")
    sent = drill("notice", "send", *words, "--to", "office@authority.example", "--by", "A")

    assert [one.code for one in (dry, *approved)] == [0, 0, 0]
    assert all("names none: when it is sent, no filing is recorded" in one.err for one in (dry, *approved))
    assert all("--stage initial (or supplement, final)" in one.err for one in (dry, *approved))
    assert "names none" not in named.err
    assert "Nothing was filed: the letter names no stage of its duty" in sent.out
    assert filings(drill) == []


def test_a_final_draft_without_a_stage_is_the_letter_that_was_approved(drill: CommandLine) -> None:
    words = ("facts.yaml", "--duty", "cn-pipl-57-authority", *INCIDENT)
    approved = drill("notice", "approve", *words, "--stage", "initial", "--by", "A")
    final = drill("notice", "draft", *words, "--final")

    assert approved.code == 0
    assert "Nobody approves this letter" not in final.err
    assert "The version of " in final.err
