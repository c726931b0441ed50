"""Approving from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, Ran, command_line
from support.notices import CAC, settled, to_text

ID = "IR-2026-0001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-06-12T12:00+08:00"
    made("incident", "open", "--title", "a search server")
    (tmp_path / "facts.yaml").write_text(to_text(settled()), encoding="utf-8")
    return made


def approve(run: CommandLine, *words: str) -> Ran:
    return run("notice", "approve", "facts.yaml", "--duty", CAC, "--stage", "initial", "--incident", ID, *words)


def test_two_people_approve_and_the_parts_are_shown(run: CommandLine) -> None:
    first = approve(run, "--by", "A. Counsel", "--role", "counsel")
    run.now = "2026-06-13T12:00+08:00"
    second = approve(run, "--by", "B. Officer", "--format", "json").document

    assert first.code == 0
    assert "one more person has to approve it" in first.out
    assert "does not check who types" in first.out
    assert all(f"  {part} " in first.out for part in ("facts", "rules", "template", "text", "digest"))
    assert (second["approved"], second["changed"], second["new"]) == (True, [], True)
    assert [one["by"] for one in second["approvals"]] == ["A. Counsel", "B. Officer"]


def test_the_same_person_counts_once_and_is_told(run: CommandLine) -> None:
    approve(run, "--by", "A. Counsel")
    again = approve(run, "--by", "a counsel".replace(" ", ". "))

    assert "approved exactly this before" in again.out
    assert "one more person" in again.out


def test_the_report_of_the_incident_says_which_letter_was_approved(run: CommandLine) -> None:
    """It told the name alone, and an auditor did not learn of what."""
    digest = approve(run, "--by", "A. Counsel", "--format", "json").document["digest"]
    run("incident", "report", ID, "-o", "report.html")
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    row = page[page.index("notice approved") :].partition("</tr>")[0]

    assert f"{CAC} initial" in row
    assert digest in row
    assert "A. Counsel" in row


def final(run: CommandLine, *words: str) -> Ran:
    letter = ("--duty", CAC, "--stage", "initial", "--incident", ID)
    return run("notice", "draft", "facts.yaml", *letter, "--final", *words)


def test_what_is_filed_on_paper_or_in_a_portal_is_the_very_letter_that_was_approved(run: CommandLine) -> None:
    """Drafted anew it had another date and named another head of the ledger, so nobody had approved it."""
    unapproved = final(run)
    approve(run, "--by", "A. Counsel")
    looked_at = approve(run, "--dry-run").out
    run.now = "2026-06-14T12:00+08:00"
    approve(run, "--by", "B. Officer")
    filed = final(run)
    today = final(run, "--now", "2026-06-14T12:00+08:00")

    assert filed.out == looked_at
    assert "12 June 2026" in filed.out
    assert "Approved by A. Counsel and B. Officer: it may be sent." in filed.err
    assert "Nobody approves this letter." in unapproved.err
    assert "14 June 2026" in today.out


def test_a_final_letter_that_is_not_the_approved_one_says_what_changed(run: CommandLine) -> None:
    approve(run, "--by", "A")
    approve(run, "--by", "B")
    (run.folder / "facts.yaml").write_text(to_text(settled(record_count={"value": 7})), encoding="utf-8")
    other = final(run)

    assert "7 records" in other.out
    assert "Not the letter that was approved as" in other.err
    assert "changed since: facts, text." in other.err


def test_a_change_names_the_part_and_asks_again(run: CommandLine) -> None:
    approve(run, "--by", "A")
    approve(run, "--by", "B")
    (run.folder / "facts.yaml").write_text(to_text(settled(record_count={"value": 7})), encoding="utf-8")
    changed = approve(run, "--by", "A")
    listed = run("notice", "approve", "--list", "--incident", ID)

    assert "Changed since A and B approved" in changed.out
    assert "changed" in next(line for line in changed.out.splitlines() if line.startswith("  facts"))
    assert "Replaced by a later version." in listed.out
    assert "Approved by A: one more person" in listed.out


def test_what_would_be_approved_can_be_read_before(run: CommandLine) -> None:
    shown = approve(run, "--dry-run")
    digest = shown.err.split()[-1]
    told = approve(run, "--dry-run", "--format", "json").document
    approve(run, "--by", "A", "--digest", digest[:10])
    again = approve(run, "--dry-run")

    assert "演练" in shown.out or "DRILL" in shown.out
    assert told["digest"] == digest
    assert again.err.split()[-1] == digest
    assert approve(run, "--by", "B", "--digest", "0000").code == 2
    listed = run("notice", "approve", "--list", "--incident", ID, "--format", "json").document
    assert [one["letters"] for one in listed["approvals"]] == [1]


def test_an_approval_is_withdrawn_with_a_reason(run: CommandLine) -> None:
    digest = approve(run, "--by", "A", "--format", "json").document["digest"]
    words = ("notice", "approve", "--withdraw", "--incident", ID, "--by", "A")
    without = run(*words, "--reason", "wrong number")
    done = run(*words, "--digest", digest[:8], "--reason", "wrong number")
    told = run(*words, "--digest", digest[:8], "--reason", "again")

    assert (without.code, done.code, told.code) == (2, 0, 2)
    assert "Nobody approves it now." in done.out

    anew = approve(run, "--by", "A", "--format", "json").document["digest"]
    again = run(*words, "--digest", anew, "--reason", "x", "--format", "json")
    assert again.document["approvals"] == []


def test_a_list_of_nothing_says_so(run: CommandLine) -> None:
    ran = run("notice", "approve", "--list", "--incident", ID)

    assert (ran.code, ran.out) == (0, "")
    assert "Nothing was approved" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("--incident", ID, "--by", "A"),
        ("facts.yaml", "--incident", ID, "--by", "A"),
        ("facts.yaml", "--duty", CAC, "--manifest", "letters", "--incident", ID, "--by", "A"),
        ("--manifest", "letters", "--incident", ID, "--by", "A"),
        ("facts.yaml", "--duty", CAC, "--incident", "IR-2026-0009", "--by", "A"),
        ("facts.yaml", "--duty", CAC, "--incident", ID, "--by", "..."),
    ],
)
def test_what_is_not_clear_is_refused(run: CommandLine, words: tuple[str, ...]) -> None:
    assert run("notice", "approve", *words).code == 2
