"""`leakguard notice package`: one incident under the laws of many states, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, command_line
from support.every_fact import every_fact
from support.notices import to_text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-11-30T12:00Z"
    return made


def write(people: dict[str, int]) -> None:
    values = every_fact()
    values["obligated_as"] = ["controller"]
    values["organisation"]["country"] = "US-TX"
    values["facts"] |= {
        "subjects_by_jurisdiction": {"value": people},
        "data_categories": {"value": ["identification_number.us_ssn"]},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
    } | {name: {"value": True} for name in ("exposure", "access", "exfiltration", "acquisition")}
    Path("facts.yaml").write_text(to_text(values), encoding="utf-8")


def test_the_letters_are_written_and_each_law_names_its_own(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800, "US-MA": 30})
    document = run("notice", "package", "facts.yaml", "-o", "letters", "--as", "txt", "--format", "json").document
    letters = {row["letter"] for row in document["notices"]}

    assert {path.name for path in Path("letters").iterdir()} == letters
    assert "us-joined-individuals.txt" in letters
    assert "Notice of Data Breach" in Path("letters/us-joined-individuals.txt").read_text(encoding="utf-8")
    assert "us-ca-1798-82-ag" in document["others"]


def test_what_is_wrong_ends_with_one_and_names_the_law(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    ran = run("notice", "package", "facts.yaml")
    document = run("notice", "package", "facts.yaml", "--format", "json").document
    problems = [row["problems"] for row in document["notices"]]

    assert (ran.code == 1) is any(problems)
    assert "us-tx-521-053-individuals" in ran.out


def test_why_a_law_has_a_letter_of_its_own_is_no_problem_of_that_letter(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800, "US-MA": 30})
    ran = run("notice", "package", "facts.yaml")
    table, _, rest = ran.out.partition("Letters of their own, and why these laws cannot share one:")

    assert "must not say" not in table
    assert "us-ma-93h-3-individuals: must not say: What happened" in rest
    write({"US-CA": 1200, "US-TX": 800})
    assert "Letters of their own" not in run("notice", "package", "facts.yaml").out


def test_a_state_without_a_known_rule_is_named_beside_the_letters(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800, "HM": 5})
    ran = run("notice", "package", "facts.yaml")
    document = run("notice", "package", "facts.yaml", "--format", "json").document

    assert "HM, controller: no rule is known" in ran.out
    assert ("HM", "no_rule_known") in {(row["place"], row["state"]) for row in document["places"]}


def test_one_law_needs_no_package(run: CommandLine) -> None:
    write({"US-TX": 800})
    ran = run("notice", "package", "facts.yaml")

    assert ran.code == 2
    assert "a package joins several" in ran.err


@pytest.mark.parametrize("options", [("--remedies", "by-law"), ("--reason", "we sell none there")])
def test_offering_less_needs_the_choice_and_its_reason(run: CommandLine, options: tuple[str, ...]) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    ran = run("notice", "package", "facts.yaml", *options)

    assert ran.code == 2
    assert "Add --reason TEXT" in ran.err


def test_who_is_offered_less_is_listed_with_the_reason(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    options = ("--remedies", "by-law", "--reason", "offered where a law asks for it")
    ran = run("notice", "package", "facts.yaml", *options)
    document = run("notice", "package", "facts.yaml", *options, "--format", "json").document
    withheld = {row["duty"]: [one["remedy"] for one in row["withheld"]] for row in document["notices"]}

    assert "us-tx-521-053-individuals: no credit monitoring: offered where a law asks for it" in " ".join(
        ran.out.split()
    )
    assert "credit_monitoring" in withheld["us-tx-521-053-individuals"]
    assert "credit_monitoring" not in withheld["us-ca-1798-82-individuals"]
    assert "Offered less" not in run("notice", "package", "facts.yaml").out


def test_what_is_withheld_is_named_with_who_decided_it(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    text = Path("facts.yaml").read_text(encoding="utf-8")
    decision = (
        "withheld_remedies:\n- {remedy: credit_monitoring, places: [US-TX], reason: not sold there, by: A. Counsel}\n"
    )
    Path("facts.yaml").write_text(text + decision, encoding="utf-8")
    checked = run("notice", "check", "facts.yaml", "--duty", "us-tx-521-053-individuals")

    shown = " ".join(run("notice", "package", "facts.yaml").out.split())

    assert "no credit monitoring, decided by A. Counsel: not sold there" in shown
    assert "not offered here: credit_monitoring (Credit monitoring): not sold there" in checked.out
