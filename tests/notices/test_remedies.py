"""Help that some people of an incident are offered is offered to all, unless somebody says why not."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.facts import Facts
from leakguard.notices.letters.text import text_of
from leakguard.notices.remedies import with_remedies
from leakguard.use_cases.letters.draft_notices import check_drafted_notice, draft_notice
from support.every_fact import NOW, every_fact
from support.notices import GDPR_33, GDPR_34, book, facts_of

CA, TX, CO, MA = (
    "us-ca-1798-82-individuals", "us-tx-521-053-individuals", "us-co-6-1-716-individuals", "us-ma-93h-3-individuals",
)  # fmt: skip
PEOPLE = [duty.id for duty in book().duties if duty.recipient.type == "individuals"]
REMEDIES = list(book().vocabulary.remedies)


def facts(*withheld: dict[str, Any], local: dict[str, Any] | None = None, **stated: Any) -> Facts:  # noqa: ANN401  (a facts file holds anything)
    values = every_fact(**stated)
    values["withheld_remedies"] = list(withheld)
    values["by_jurisdiction"] = local or {}
    return facts_of(values, now=NOW)


def decision(*places: str, remedy: str = "credit_monitoring") -> dict[str, Any]:
    return {"remedy": remedy, "places": list(places), "reason": "sold in some places only", "by": "A. Counsel"}


def letter(duty: str, stated: Facts) -> str:
    return text_of(draft_notice(book(), BundledFiles(), stated, book().duty(duty), lang="en", now=NOW)).text


def problems(duty: str, stated: Facts) -> list[str]:
    found = check_drafted_notice(book(), stated, book().duty(duty), now=NOW)
    return [problem for problem in found.format_problems if problem.startswith(tuple(REMEDIES))]


@pytest.mark.parametrize("duty", PEOPLE)
def test_each_letter_to_people_offers_each_remedy_that_exists_where_they_live(duty: str) -> None:
    telling, vocabulary = book().duty(duty), book().vocabulary
    found = with_remedies(telling, facts(), vocabulary)
    shown = {one.item for one in found.notice.content}

    for name, remedy in vocabulary.remedies.items():
        if not remedy.within or any(place.startswith("US") for place in telling.places):
            assert name in shown


@pytest.mark.parametrize("duty", [CA, TX, CO, MA, GDPR_34])
def test_the_letters_of_one_incident_offer_the_same_help(duty: str) -> None:
    assert "Monitoring is free for 24 months." in letter(duty, facts())


def test_a_letter_to_an_authority_is_left_as_its_law_has_it() -> None:
    telling = book().duty(GDPR_33)

    assert with_remedies(telling, facts(), book().vocabulary).notice is telling


def test_help_that_exists_in_one_country_is_not_offered_in_another() -> None:
    shown = {one.item for one in with_remedies(book().duty(GDPR_34), facts(), book().vocabulary).notice.content}

    assert "credit_monitoring" in shown
    assert "credit_bureau_contacts" not in shown


def test_a_decision_leaves_the_remedy_out_and_is_named_with_its_reason() -> None:
    stated = facts(decision("US-TX"))
    draft = draft_notice(book(), BundledFiles(), stated, book().duty(TX), lang="en", now=NOW)
    found = check_drafted_notice(book(), stated, book().duty(TX), now=NOW)

    assert "Monitoring is free" not in text_of(draft).text
    assert "Monitoring is free" in letter(CO, stated)
    assert [one.reason for one in found.withheld] == ["sold in some places only"]
    assert any("sold in some places only" in remark and "A. Counsel" in remark for remark in draft.remarks)


@pytest.mark.parametrize("remedy", REMEDIES)
def test_a_decision_leaves_out_what_the_template_shows_by_itself_as_well(remedy: str) -> None:
    stated = facts(decision("US", remedy=remedy))
    shown = letter(TX, stated)
    value = every_fact()["facts"][remedy]["value"]["en"]

    assert value in letter(TX, facts())
    assert value not in shown


def test_what_the_law_asks_for_cannot_be_withheld() -> None:
    """California asks for 12 months where social security numbers leaked."""
    stated = facts(
        decision("US-CA"), exposure={"value": True}, data_categories={"value": ["identification_number.us_ssn"]}
    )

    assert problems(CA, stated) == ["credit_monitoring: the law asks for it, so it cannot be withheld"]


def test_a_letter_that_goes_to_other_places_too_cannot_withhold_in_one() -> None:
    assert any("to other places as well" in one for one in problems(GDPR_34, facts(decision("DE"))))


def test_a_remedy_for_one_place_alone_needs_a_reason_everywhere_else() -> None:
    text = {"en": "Monitoring is free for 24 months.", "zh": "信用监测服务免费24个月。"}
    here = {"US-CA": {"credit_monitoring": {"value": text}}}
    stated = facts(local=here, credit_monitoring={"not_applicable": "we offer none"})

    assert any("people in California are offered more" in one for one in problems(TX, stated))
    assert problems(CA, stated) == []
    assert problems(TX, facts(decision("US-TX"), local=here)) == []


def test_a_shorter_time_than_elsewhere_needs_a_reason() -> None:
    def months(count: int) -> dict[str, Any]:
        return {
            "credit_monitoring": {"value": {"en": f"{count} months of monitoring.", "zh": f"{count}个月信用监测。"}}
        }

    stated = facts(local={"US-CA": months(24)}, **months(12))

    assert any("offered more" in one for one in problems(TX, stated))
    assert problems(CA, stated) == []
    assert problems(TX, facts(local={"US-CA": months(12)}, **months(24))) == []


def test_help_that_does_not_exist_where_it_is_stated_makes_nobody_get_less() -> None:
    text = {"en": "Equifax 1-800-525-6285", "zh": "Equifax 1-800-525-6285"}
    stated = facts(
        local={"DE": {"credit_bureau_contacts": {"value": text}}},
        credit_bureau_contacts={"not_applicable": "no financial data leaked"},
    )

    assert problems(TX, stated) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"remedy": "credit_monitorin"}, "credit_monitoring"),
        ({"places": ["XX"]}, "not an ISO code"),
        ({"places": []}, "places"),
        ({"places": ["US"] * 501}, "places"),
        ({"reason": " "}, "needs a reason"),
        ({"by": ""}, "needs a reason"),
        ({"reason": "she holds card 4111 1111 1111 1111"}, "reason"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFile) as caught:
        facts({**decision("US-TX"), **change})

    assert any(says in f"{problem.where} {problem.text} {problem.nearest}" for problem in caught.value.problems)
