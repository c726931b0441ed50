"""A duty of a place is asked of nobody who has neither a seat, nor people affected, nor work there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.notices.assess import Assessment
from leakguard.notices.book import assess_facts
from leakguard.notices.judging import Answer
from support.notices import book, facts_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)
PLACE_OF = {
    "ch-isa-74-bacs": "CH",
    "cn-miit-24-14": "CN",
    "eu-dora-19-authority": "DE",
    "eu-dora-19-clients": "DE",
    "hk-pcicso-28": "HK",
    "mo-csl-11-caric": "MO",
    "mo-csl-11-supervisor": "MO",
    "my-csa-6h": "MY",
    "tw-fsc-6": "TW",
    "us-bank-36h-occ": "US-TX",
    "us-bank-36h-frb": "US-TX",
    "us-bank-36h-fdic": "US-TX",
}
COMMON_ROLES = sorted(name for name, role in book().vocabulary.obligated.items() if not role.defined_in)


def assessed(people: dict[str, int], **facts: Any) -> dict[str, Assessment]:  # noqa: ANN401  (facts of any kind)
    """An organisation of every common role that sits in Greenland."""
    stated = {name: {"value": one} for name, one in facts.items()}
    values = {
        "incident": "IR-1",
        "organisation": {"name": "Example", "country": "GL"},
        "obligated_as": COMMON_ROLES,
        "facts": {"subjects_by_jurisdiction": {"value": people}, **stated},
    }
    return {one.duty.id: one for one in assess_facts(book(), facts_of(values, now=NOW), NOW)}


def asks_where(one: Assessment) -> bool:
    return one.applies is Answer.NEEDS_FACT and "operates_in" in one.missing_facts


def test_nobody_is_asked_about_places_where_nothing_says_that_it_works() -> None:
    """The Cyber Resilience Act follows the product, and no fact about people says where that is sold."""
    asked = {name for name, one in assessed({"GL": 10}).items() if asks_where(one) and not one.is_dormant}

    assert {name for name in asked if not name.startswith("eu-cra-14-")} == set()


@pytest.mark.parametrize("name", PLACE_OF)
def test_people_affected_in_a_place_raise_the_question_whether_one_works_there(name: str) -> None:
    place = PLACE_OF[name]

    assert asks_where(assessed({place: 10})[name])
    assert assessed({place: 10}, operates_in=["GL"])[name].applies is Answer.NO
    assert assessed({"GL": 10}, operates_in=[place])[name].applies is not Answer.NO
