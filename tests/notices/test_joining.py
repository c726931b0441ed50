"""One notice for people under many laws."""

from __future__ import annotations

from datetime import UTC, datetime

from leakguard.bundled import Bundled
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Withheld
from leakguard.notices.joining import Package, package_of
from leakguard.notices.letters.text import text_of
from leakguard.use_cases.letters.assess_notices import Assessed, assess_notices
from leakguard.use_cases.letters.draft_notices import check_telling
from leakguard.use_cases.letters.given_facts import Given
from leakguard.use_cases.letters.notice_package import DraftedPackage, draft_package
from support.every_fact import every_fact
from support.notices import book, facts_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
CA, TX, MA = "us-ca-1798-82-individuals", "us-tx-521-053-individuals", "us-ma-93h-3-individuals"
OH = "us-oh-1349-19-individuals"


def joined(*names: str, withheld: tuple[Withheld, ...] = ()) -> Package:
    duties = [book().duty(name) for name in names]
    return package_of(duties, book().vocabulary, law="us", withheld=withheld)


def less(*places: str, remedy: str = "credit_monitoring") -> tuple[Withheld, ...]:
    return (Withheld(remedy=remedy, places=places, reason="sold in some states only", by="A. Counsel"),)


def test_the_joined_notice_asks_for_whatever_one_of_its_laws_asks_for() -> None:
    package = joined(CA, TX)
    assert package.joined is not None
    items = {one.item for one in package.joined.content}

    assert items == {one.item for name in (CA, TX) for one in book().duty(name).content}
    assert [duty.id for duty in package.shared] == [CA, TX]


def test_what_one_law_always_asks_for_is_not_left_to_another_law_that_asks_less() -> None:
    package = joined(CA, TX)
    assert package.joined is not None
    needed = {one.item: one.required for one in package.joined.content}

    for name in (CA, TX):
        for one in book().duty(name).content:
            assert one.required != "yes" or needed[one.item] == "yes"


def test_a_law_that_forbids_what_another_asks_for_gets_a_letter_of_its_own() -> None:
    """Massachusetts allows no description of the breach, which California demands."""
    package = joined(CA, MA)

    assert [duty.id for duty in package.apart] == [MA]
    assert "What happened" in " ".join(package.additions[1].apart_because)


def test_of_remedies_the_longest_is_asked_for() -> None:
    def months(duty: Duty | None) -> set[int]:
        return {rule.least_months for rule in duty.format_rules if rule.least_months} if duty else set()

    longer = book().duty(CA).model_copy(update={"id": "us-zz", "must_not_contain": (), "format_rules": tuple(
        rule.model_copy(update={"least_months": 24}) if rule.least_months else rule
        for rule in book().duty(CA).format_rules
    )})  # fmt: skip
    package = package_of([book().duty(CA), longer], book().vocabulary, law="us")

    assert months(book().duty(CA)) == {12}
    assert package.joined is not None
    assert {rule.least_months for rule in package.joined.format_rules if rule.least_months} == {24}


def test_people_who_are_offered_less_than_most_get_a_letter_of_their_own() -> None:
    package = joined(CA, TX, OH, withheld=less("US-TX"))

    assert [duty.id for duty in package.apart] == [TX]
    assert package.additions[1].apart_because == ("its people are not offered: Credit monitoring",)
    assert [one.remedy for one in package.additions[1].withheld] == ["credit_monitoring"]


def test_people_who_alone_are_offered_a_remedy_get_a_letter_of_their_own() -> None:
    package = joined(CA, TX, OH, withheld=less("US-TX", "US-OH"))

    assert [duty.id for duty in package.apart] == [CA]
    assert package.additions[0].apart_because == ("only its people are offered: Credit monitoring",)
    assert package.joined is not None
    assert not [rule for rule in package.joined.format_rules if rule.item == "credit_monitoring"]


def test_what_a_law_asks_for_is_not_withheld_in_the_package() -> None:
    assert [duty.id for duty in joined(CA, TX, withheld=less("US-CA")).apart] == []


def incident(**changes: object) -> Assessed:
    values = every_fact()
    values["facts"] |= {
        "subjects_by_jurisdiction": {"value": {"US-CA": 1200, "US-TX": 800, "US-MA": 30}},
        "acquisition": {"value": True}, "exfiltration": {"value": True},
        "data_categories": {"value": ["identification_number.us_ssn"]},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "credit_monitoring": {"value": {"en": "24 months of credit monitoring", "zh": "24个月信用监测"}},
        **changes,
    }  # fmt: skip
    values["obligated_as"] = ["controller"]
    facts = facts_of(values, now=NOW)
    return assess_notices(Given(book=book(), facts=facts, text="", now=NOW))


def drafted(found: Assessed) -> DraftedPackage:
    return draft_package(found, Bundled(), law="us", lang="en")


def test_each_law_is_held_against_the_letter_that_its_people_get() -> None:
    found = incident()
    package = drafted(found)
    letters = {notice.id: letter for notice, letter in package.letters}

    assert set(letters) == {"us-joined-individuals", MA}
    assert {one.duty for one in package.checked} >= {CA, TX, MA}
    for one in package.checked:
        letter = letters[MA if one.duty == MA else "us-joined-individuals"]
        result = check_telling(book(), found.work.facts, book().duty(one.duty), now=NOW, letter=text_of(letter))
        assert bool(one.problems) is not (result.is_complete and not result.format_problems)


def test_a_remedy_that_is_too_short_for_one_law_is_a_problem_of_that_law() -> None:
    short = drafted(incident(credit_monitoring={"value": {"en": "6 months of monitoring", "zh": "6个月信用监测"}}))

    assert any("months" in problem for one in short.problems for problem in one.problems if one.duty == CA)
    assert not any("months" in problem for one in short.problems for problem in one.problems if one.duty == TX)


def test_what_the_laws_ask_beside_the_letters_is_named() -> None:
    others = {one.duty.id for one in drafted(incident()).others}

    assert {"us-ca-1798-82-ag", "us-tx-521-053-ag"} <= others


def test_remedies_by_law_name_who_is_offered_less_and_why() -> None:
    package = draft_package(incident(), Bundled(), law="us", lang="en", only_by_law="offered where a law asks for it")
    withheld = {one.duty.id: {each.remedy: each.reason for each in one.withheld} for one in package.package.additions}
    letters = {notice.id: str(letter) for notice, letter in package.letters}

    assert withheld[TX]["credit_monitoring"] == "offered where a law asks for it"
    assert "credit_monitoring" not in withheld[CA]
    assert "24 months of credit monitoring" in letters[MA]
    assert "24 months of credit monitoring" in (letters[CA] if CA in letters else letters["us-joined-individuals"])
    assert "24 months of credit monitoring" not in (letters[TX] if TX in letters else letters["us-joined-individuals"])


def test_everybody_is_offered_the_same_by_default() -> None:
    assert all("24 months of credit monitoring" in str(letter) for _, letter in drafted(incident()).letters)
