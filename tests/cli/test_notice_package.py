"""`leakguard notice package`: one incident under the laws of many states, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

from support.commands import CommandLine, command_line
from support.every_fact import every_fact
from support.notices import book, to_text


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


def test_what_two_letters_tell_in_two_ways_is_named(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    values = yaml.safe_load(Path("facts.yaml").read_text(encoding="utf-8"))
    values["by_jurisdiction"] = {"US-CA": {"exfiltration": {"unknown": "the logs are read"}}}
    Path("facts.yaml").write_text(to_text(values), encoding="utf-8")
    told = "Look at exfiltration: told as unknown in the letters for California, told as known in all others"

    assert told in " ".join(run("notice", "package", "facts.yaml").err.split())


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


def everywhere(**left_out: int) -> dict[str, int]:
    """People in each state of the United States that has a duty to notify people."""
    places = {code for duty in book().duties if duty.id.startswith("us-") for code in duty.places if "-" in code}
    return {code: 1000 for code in sorted(places) if code.startswith("US-") and code not in left_out}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_package_of_all_states_fits_eighty_columns(run: CommandLine, lang: str) -> None:
    write(everywhere())
    told = run("notice", "package", "facts.yaml", "--lang", lang).out

    wide = [line for line in told.splitlines() if cell_len(line) > 80 and len(line.split()) > 1]
    assert wide == []
    assert len(told.splitlines()) > len(everywhere())


def test_what_is_shown_in_chinese_has_chinese_headings_and_places(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800, "HM": 5})
    told = run("notice", "package", "facts.yaml", "--lang", "zh").out

    assert told.split()[:4] == ["义务", "截止日期", "信函", "待处理"]
    assert "规则未知（尚无人查阅当地法律）" in told
    assert "DEADLINE" not in told


def test_what_each_law_adds_stands_behind_an_option(run: CommandLine) -> None:
    write({"US-CA": 1200, "US-TX": 800})
    short, whole = run("notice", "package", "facts.yaml").out, run("notice", "package", "facts.yaml", "--all").out

    assert "What each law adds: --all." in short
    assert "us-ca-1798-82-individuals: form: " in whole
    assert "us-ca-1798-82-individuals: form: " not in short
    assert short.split("What each law adds")[0] == whole.split("What each law adds")[0]


def test_all_that_is_missing_is_named_in_one_round(run: CommandLine) -> None:
    """Each run named what the first letter lacked; the next letter's gaps came to light one after the other."""
    write(everywhere())
    values = yaml.safe_load(Path("facts.yaml").read_text(encoding="utf-8"))
    gone = {"breach_date": "us-joined-individuals", "police_report_right": "us-ma-93h-3-individuals"}
    for name in gone:
        del values["facts"][name]
    Path("facts.yaml").write_text(to_text(values), encoding="utf-8")
    ran = run("notice", "package", "facts.yaml")

    assert ran.code == 2
    assert "letters cannot be written yet" in ran.err
    for name, letter in gone.items():
        (line,) = [line for line in ran.err.splitlines() if line.strip().startswith(f"{name}: not stated")]
        assert letter in line
    assert ": decides whether a letter is owed [" in ran.err
