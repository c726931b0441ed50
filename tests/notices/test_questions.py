"""What to find out next."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.notices.book import assess_facts
from leakguard.notices.questions import Question, next_questions, to_json_object
from support.notices import CAC, GDPR_33, GDPR_34, NOW, PIPL_AUTHORITY, book, complete, facts_of


def questions(values: dict[str, Any], *names: str) -> tuple[Question, ...]:
    some = replace(book(), duties=tuple(book().duty(name) for name in names))
    return next_questions(assess_facts(some, facts_of(values), NOW), book().vocabulary)


def test_only_what_an_open_duty_lacks_is_asked() -> None:
    (asked,) = questions(complete(risk=None), GDPR_33, GDPR_34, PIPL_AUTHORITY)

    assert asked.fact == "risk"
    assert asked.asks == "Risk to the people affected"
    assert asked.options == ("unlikely", "risk", "high_risk")
    assert asked.duties == (GDPR_33, GDPR_34)


def test_the_soonest_deadline_comes_first() -> None:
    found = questions(complete(risk=None, subject_count=None), GDPR_34, GDPR_33, CAC)

    assert [one.fact for one in found] == ["subject_count", "risk"]
    assert to_json_object(found[0])["deadline"] == "2026-06-10T18:30:00Z"
    assert to_json_object(found[1])["deadline"] == "2026-06-13T15:00:00Z"


def test_a_duty_whose_limit_does_not_run_is_asked_for_last() -> None:
    found = questions(complete(risk=None, interests_harmed=None), "cn-ndsmr-11-interested", GDPR_33)

    assert [one.fact for one in found] == ["risk", "interests_harmed"]
    assert found[1].options == ("true", "false")
    assert to_json_object(found[1])["deadline"] is None


def test_the_country_of_the_organisation_is_asked_in_words() -> None:
    values = complete(subjects_by_jurisdiction=None)
    del values["organisation"]["country"]
    found = {one.fact: one.asks for one in questions(values, GDPR_33)}

    assert found["organisation.country"] == "The country that the organisation is established in"
    assert found["subjects_by_jurisdiction"] == "Residents affected by jurisdiction"


@pytest.mark.parametrize(
    ("facts", "duty", "why"),
    [
        ({"subjects_by_jurisdiction": {"value": {"CA": 20}}, "serious_harm": {"value": "likely"}}, "ca-qc-law25-cai",
         "people in Quebec are affected: not known (counted for CA as a whole: 20)"),
        ({"subjects_by_jurisdiction": {"value": {"US": 600}}, "data_categories": {"value": ["health"]}},
         "us-hipaa-406-media",
         "more than 500 residents of one state or jurisdiction: not known (counted for US as a whole: 600)"),
        ({"subject_count": {"value": 5}, "direct_loss": {"value": {"amount": 9, "currency": "EUR"}}}, CAC,
         "a direct loss of at least CNY 5 million: not known (stated in EUR, the rule counts CNY)"),
        ({"risk": None}, GDPR_33, None),
    ],
)  # fmt: skip
def test_whoever_is_asked_again_reads_why_the_answer_is_not_enough(
    facts: dict[str, Any], duty: str, why: str | None
) -> None:
    values = complete(**facts)
    values["obligated_as"].append("covered_entity")
    (asked,) = questions(values, duty)

    assert to_json_object(asked)["unclear"] == ([why] if why else [])


def test_a_day_that_is_asked_for_again_says_what_it_straddles() -> None:
    values = complete(discovery_date={"estimate": {"earliest": "2021-10-30", "latest": "2021-11-02"}})
    del values["events"]
    (asked,) = questions(values, PIPL_AUTHORITY)

    assert asked.fact == "discovery_date"
    assert "includes a change of the law" in asked.unclear[0]


def test_nothing_is_asked_when_nothing_is_open() -> None:
    assert questions(complete(), GDPR_33, GDPR_34, CAC) == ()
