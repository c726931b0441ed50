"""The letter of a duty is of the organisation that it binds, and of the people of its place."""

from __future__ import annotations

from typing import Any

from leakguard.notices.contradictions import contradictions
from leakguard.notices.fact_values import Span
from leakguard.notices.facts_of_duty import LOCAL_COUNT, facts_for_duty
from leakguard.notices.judging import Answer, judge
from support.notices import GDPR_33, book, complete, facts_of

TEXAS = "us-tx-521-053-ag"


def facts(people: dict[str, int], **more: object) -> dict[str, Any]:
    return {**complete(subjects_by_jurisdiction={"value": people}, **{LOCAL_COUNT: {"value": 30}}), **more}


def count(values: dict[str, Any], duty: str) -> Span | None:
    return facts_for_duty(book().duty(duty), facts_of(values), book().vocabulary).value_of(LOCAL_COUNT, Span)


def test_the_people_of_a_place_are_counted_and_not_taken_from_another_letter() -> None:
    assert count(facts({"US-TX": 800, "US-MA": 30}), TEXAS) == Span(low=800, high=800)
    assert count(facts({"US-TX": 800, "US-MA": 30}), "us-ma-93h-3-ag") == Span(low=30, high=30)


def test_what_a_file_states_for_one_place_comes_before_the_count() -> None:
    values = facts({"US-TX": 800}, by_jurisdiction={"US-TX": {LOCAL_COUNT: {"value": 790}}})

    assert count(values, TEXAS) == Span(low=790, high=790)


def test_a_place_that_nobody_counted_keeps_what_was_stated() -> None:
    assert count(facts({"DE": 5}), TEXAS) == Span(low=30, high=30)


def test_a_letter_of_several_places_keeps_what_was_stated() -> None:
    assert count(facts({"DE": 5, "FR": 7}), GDPR_33) == Span(low=30, high=30)


def test_the_letter_of_a_processor_is_the_processor_s() -> None:
    values = complete()
    first = {**values.pop("organisation"), "obligated_as": ["controller"]}
    del values["obligated_as"]
    second = {"name": "Hosting GmbH", "country": "DE", "obligated_as": ["processor"]}
    values["organisations"] = [first, second]
    known = facts_of(values)
    words = book().vocabulary

    assert facts_for_duty(book().duty("eu-gdpr-33-2-processor"), known, words).organisation.name.first == "Hosting GmbH"
    assert facts_for_duty(book().duty(GDPR_33), known, words).organisation.name.first != "Hosting GmbH"


def test_a_code_that_is_a_country_and_a_state_is_named_to_an_organisation_of_the_us() -> None:
    values = facts({"MA": 30, "US-TX": 5, "PR": 2, "FR": 1})
    values["organisation"]["country"] = "US-TX"
    (said,) = [text for text in contradictions(facts_of(values), "en", book().vocabulary) if "is the country" in text]
    values["organisation"]["country"] = "DE"

    assert "Morocco" in said
    assert "`US-MA`" in said
    assert not [text for text in contradictions(facts_of(values), "en", book().vocabulary) if "is the country" in text]


def test_a_finer_kind_of_data_that_has_no_name_leaves_the_answer_open() -> None:
    """A slip of the pen in the kind of data must not end a duty."""
    ohio = next(duty for duty in book().duties if duty.id.startswith("us-oh") and duty.recipient.type == "individuals")
    leaves = [leaf for leaf in ohio.trigger.rule.leaves() if leaf.categories and not leaf.stated_only]
    slip = facts_of(complete(data_categories={"value": ["identification_number.us_snn"]}))
    other = facts_of(complete(data_categories={"value": ["identification_number.employee"]}))

    assert {judge(leaf, slip, book().vocabulary).answer for leaf in leaves} == {Answer.NEEDS_FACT}
    assert {judge(leaf, other, book().vocabulary).answer for leaf in leaves} == {Answer.NO}
