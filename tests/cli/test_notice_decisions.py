"""The next fact, a person's decision, and what findings tell, from the command line."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from support.commands import CommandLine, command_line
from support.notices import GDPR_33, book, complete, to_text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-06-12T12:00+08:00"
    return made


def write(run: CommandLine, **facts: object) -> None:
    (run.folder / "facts.yaml").write_text(to_text(complete(**facts)), encoding="utf-8")


def test_the_next_fact_is_the_one_with_the_soonest_deadline(run: CommandLine) -> None:
    write(run, risk=None)
    shown = run("notice", "next-fact", "facts.yaml", "--format", "json").document
    text = run("notice", "next-fact", "facts.yaml").out

    assert shown["next"] == shown["questions"][0]
    assert any(one["fact"] == "risk" and GDPR_33 in one["duties"] for one in shown["questions"])
    assert "\nFind out next:" in f"\n{text}"
    assert "risk (unlikely or risk or high_risk)" in text


def test_a_decision_is_logged_and_shown_by_assess(run: CommandLine) -> None:
    write(run)
    run("incident", "open", "--title", "a search server")
    words = ("--duty", GDPR_33, "--applies", "no", "--reason", "the key is safe", "--by", "A. Counsel")
    ran = run("notice", "override", "IR-2026-0001", *words)
    assessed = run("notice", "assess", "facts.yaml", "--incident", "IR-2026-0001", "--format", "json")
    (found,) = [one for one in assessed.document["assessments"] if one["duty"] == GDPR_33]

    assert ran.code == 0
    assert "not_applicable" in ran.out
    assert found["applies"] == "no"
    assert found["override"]["by"] == "A. Counsel"
    assert "the key is safe" in run("incident", "timeline", "IR-2026-0001", "--format", "json").out


def test_a_decision_keeps_no_value_of_a_person(run: CommandLine) -> None:
    """The ledger never forgets, and every assessment would print the reason."""
    run("incident", "open", "--title", "a search server")
    words = ("--duty", GDPR_33, "--applies", "yes", "--reason", "asked by 11010519491231002X", "--by", "A. Counsel")
    ran = run("notice", "override", "IR-2026-0001", *words)

    assert ran.code == 2
    assert "resident identity number" in ran.err
    assert "11010519491231002X" not in ran.out + ran.err + run("incident", "timeline", "IR-2026-0001").out


@pytest.mark.parametrize(
    ("incident", "duty", "reason"),
    [("IR-2026-0009", GDPR_33, "why"), ("IR-2026-0001", "eu-gdpr-33-autority", "why"), ("IR-2026-0001", GDPR_33, " ")],
)
def test_a_decision_needs_an_incident_a_duty_and_a_reason(
    run: CommandLine, incident: str, duty: str, reason: str
) -> None:
    run("incident", "open", "--title", "a search server")
    words = ("--duty", duty, "--applies", "yes", "--reason", reason, "--by", "A. Counsel")

    assert run("notice", "override", incident, *words).code == 2


def test_the_table_groups_by_answer_and_sets_dormant_duties_apart(run: CommandLine) -> None:
    write(run)
    text = run("notice", "assess", "facts.yaml", "--all").out

    assert text.startswith(f"{len(book().duties)} duties: ")
    assert (
        text.index("YES ") < text.index("NEEDS FACT ") < text.index("Do not apply:") < text.index("Not law on the day")
    )


def test_assess_ends_with_three_until_a_person_settles_the_place_without_a_rule(run: CommandLine) -> None:
    write(run, subjects_by_jurisdiction={"value": {"HM": 5}})
    run("incident", "open", "--title", "a search server")
    assess = ("notice", "assess", "facts.yaml", "--incident", "IR-2026-0001")
    before = run(*assess)
    rows = run(*assess, "--format", "json").document["places"]
    for row in rows:
        if row["state"] == "no_rule_known":
            words = ("--place", row["place"], "--role", row["role"], "--reason", "counsel: none", "--by", "A. Counsel")
            assert run("notice", "settle", "IR-2026-0001", *words).code == 0
    after = run(*assess, "--format", "json")

    assert before.code == 3
    assert "leakguard notice settle IR-2026-0001 --place HM" in before.out
    assert after.code == 0
    assert {row["settled"]["by"] for row in after.document["places"] if row["settled"]} == {"A. Counsel"}


@pytest.mark.parametrize(
    ("place", "role", "reason", "says"),
    [
        ("UK", "controller", "why", "no code of a place"),
        ("HM", "controler", "why", "Did you mean `controller`?"),
        ("HM", "controller", " ", "has to say something"),
        ("HM", "controller", "asked by 11010519491231002X", "resident identity number"),
    ],
)
def test_a_settlement_needs_a_place_a_role_and_a_reason(
    run: CommandLine, place: str, role: str, reason: str, says: str
) -> None:
    run("incident", "open", "--title", "a search server")
    words = ("--place", place, "--role", role, "--reason", reason, "--by", "A. Counsel")
    ran = run("notice", "settle", "IR-2026-0001", *words)

    assert ran.code == 2
    assert says in ran.err


SETTLE = ("notice", "settle", "IR-2026-0001", "--reason", "counsel: none", "--by", "A. Counsel", "--role")


@pytest.fixture
def named(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """An incident of an organisation in Germany, whose record names Kyrgyzstan."""
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    file = run.folder / "leakguard.toml"
    file.write_text(f'country = "DE"\n{file.read_text("utf-8")}', encoding="utf-8")
    run("incident", "open", "--title", "a search server")
    run("incident", "event", "IR-2026-0001", "note", "--field", "jurisdiction=KG")
    return run


def test_a_place_that_is_none_of_the_incidents_is_noted_with_those_that_are(named: CommandLine) -> None:
    """A slip, such as KZ for KG, settles a place that nobody asks about, and leaves the right one open."""
    ran = named(*SETTLE, "controller", "--place", "KZ")

    assert ran.code == 0
    assert "the incident does not name KZ; it names KG (E-2), DE (the seat, leakguard.toml: country)" in ran.err
    for place in ("KG", "DE"):
        assert "does not name" not in named(*SETTLE, "controller", "--place", place).err
    assert "does not name" not in named(*SETTLE, "controller", "--place", "KZ", "--anyway").err


def test_with_facts_only_a_place_and_a_role_that_they_state_can_be_settled(named: CommandLine) -> None:
    write(named, subjects_by_jurisdiction={"value": {"HM": 5}})
    (named.folder / "facts.yaml").rename(named.folder / "breach.yaml")
    facts = ("--facts", "breach.yaml")
    given = named(*SETTLE, "controller", "--place", "HM", *facts)
    other = named(*SETTLE, "bank", "--place", "HM", *facts)
    slip = named(*SETTLE, "controller", "--place", "KZ", *facts)

    assert (given.code, other.code, slip.code) == (0, 2, 2)
    assert "the facts do not name HM for the role `bank`" in other.err
    assert "Use one of controller" in other.err
    assert "--anyway" in slip.err
    assert named(*SETTLE, "controller", "--place", "KZ", *facts, "--anyway").code == 0


def test_a_usual_facts_file_that_cannot_be_read_counts_for_nothing(named: CommandLine) -> None:
    (named.folder / "facts.yaml").write_text("incident: [", encoding="utf-8")

    assert named(*SETTLE, "controller", "--place", "KG").code == 0


def test_an_incident_that_names_no_place_says_so(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    run("incident", "open", "--title", "a search server")

    assert "it names no place" in run(*SETTLE, "controller", "--place", "KZ").err


OVERRIDE = ("notice", "override", "IR-2026-0001", "--duty", GDPR_33, "--reason", "counsel", "--by", "A. Counsel")


@pytest.fixture
def affiliates(run: CommandLine) -> CommandLine:
    """An incident of two organisations, as its facts file has it."""
    values = complete()
    first = {**values.pop("organisation"), "obligated_as": values.pop("obligated_as"), "name": "Example App"}
    values["organisations"] = [first, {**deepcopy(first), "name": "Example Affiliate"}]
    (run.folder / "facts.yaml").write_text(to_text(values), encoding="utf-8")
    run("incident", "open", "--title", "a search server")
    run("incident", "event", "IR-2026-0001", "awareness")
    return run


def stands(run: CommandLine) -> str:
    clocks = run("clock", "list", "--incident", "IR-2026-0001", "--laws", "eu", "--format", "json").document["clocks"]
    return next(str(one["state"]) for one in clocks if one["id"] == f"{GDPR_33}.initial")


def test_a_decision_says_which_of_several_organisations_it_is_about(affiliates: CommandLine) -> None:
    """One about a subsidiary ended the clock of the whole group."""
    refused = affiliates(*OVERRIDE, "--applies", "no")
    wrong = affiliates(*OVERRIDE, "--applies", "no", "--organisation", "Example Affilate")
    kept = affiliates(*OVERRIDE, "--applies", "no", "--organisation", "example affiliate")

    assert (refused.code, wrong.code, kept.code) == (2, 2, 0)
    assert "does not say which one it is about" in refused.err
    assert "--organisation NAME: one of Example App; Example Affiliate; or all" in refused.err
    assert "Did you mean `Example Affiliate`?" in wrong.err
    assert kept.out.strip().endswith(f"{GDPR_33}  Example Affiliate")
    assert stands(affiliates) != "not_applicable"

    affiliates.now = "2026-06-12T13:00+08:00"
    assert affiliates(*OVERRIDE, "--applies", "no", "--organisation", "all").code == 0
    assert stands(affiliates) == "not_applicable"


def test_a_decision_about_the_only_organisation_ends_the_clock_whether_it_is_named_or_not(run: CommandLine) -> None:
    values = complete()
    values["organisation"]["name"] = "Example App"
    (run.folder / "facts.yaml").write_text(to_text(values), encoding="utf-8")
    run("incident", "open", "--title", "a search server")
    run("incident", "event", "IR-2026-0001", "awareness")
    ran = run(*OVERRIDE, "--applies", "no", "--organisation", "Example App")
    other = run(*OVERRIDE, "--applies", "no", "--organisation", "Quite Another Name")

    assert (ran.code, stands(run)) == (0, "not_applicable")
    assert "Use one of Example App." in other.err


def test_without_a_facts_file_a_named_organisation_is_kept_as_typed(run: CommandLine) -> None:
    run("incident", "open", "--title", "a search server")

    assert "Example Affiliate" in run(*OVERRIDE, "--applies", "no", "--organisation", "Example Affiliate").out
    assert run(*OVERRIDE, "--applies", "yes").code == 0
