"""Take any one required item out of a complete notice of any duty, and the check names it."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from leakguard.notices.completeness import check
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Fact, Facts, FactState, Organisation
from support.notices import book, complete, facts_of

_SAMPLES: dict[str, dict[str, Any]] = {
    "text": {"value": {"en": "stated", "zh": "已说明"}},
    "count": {"value": 1},
    "moment": {"value": "2026-06-10T22:30"},
    "categories": {"value": ["identification_number.us_ssn", "official_document"]},
    "contact": {"value": {"name": "Office", "email": "office@university.example"}},
}
_ITEMS = book().vocabulary.items
_ORGANISATION_ANSWERS = {"org_identity", "org_contact", "org_registration", "dpo_contact"}
_BASE = facts_of(
    complete(ransomware={"value": True}, **{name: copy.deepcopy(_SAMPLES[kind.kind]) for name, kind in _ITEMS.items()})
)
DUTIES = {duty.id: duty for duty in book().duties}


def without(item: str) -> Facts:
    """The complete facts without one item; what the organisation's own entry answers is taken from there too."""
    stated = {name: fact for name, fact in _BASE.stated.items() if name != item}
    if item == "org_identity":  # the name of the organisation is never missing from a facts file
        return replace(_BASE, stated=stated)
    organisation = Organisation(name=_BASE.organisation.name) if item in _ORGANISATION_ANSWERS else _BASE.organisation
    return replace(_BASE, stated=stated, organisation=organisation)


def stages(duty: Duty) -> tuple[str | None, ...]:
    return (None, *(phase.name for phase in duty.phases))


@pytest.mark.parametrize("duty", DUTIES)
def test_a_complete_notice_lacks_nothing(duty: str) -> None:
    for stage in stages(DUTIES[duty]):
        assert check(DUTIES[duty], _BASE, stage, book().vocabulary, is_late=True).missing == ()


@pytest.mark.parametrize("duty", DUTIES)
def test_any_one_item_that_is_taken_out_is_named(duty: str) -> None:
    vocabulary = book().vocabulary
    for stage in stages(DUTIES[duty]):
        for item in DUTIES[duty].items_of(stage):
            needed = vocabulary.conditions[item.required]
            if item.item == "org_identity" or (needed.when == "later_stage" and stage in {None, "initial"}):
                continue
            found = check(DUTIES[duty], without(item.item), stage, vocabulary, is_late=True)
            if item.required == "recommended":
                assert item.item in found.recommended
            elif not needed.optional:
                assert found.missing == (item.item,), (stage, item.item)


def test_an_unknown_without_leave_is_missing_too() -> None:
    """Saying that a mandatory item is unknown does not tell it."""
    vocabulary = book().vocabulary
    for duty in DUTIES.values():
        for item in duty.content:
            needed = vocabulary.conditions[item.required]
            if item.required != "yes" or needed.unknown_allowed or item.item == "org_identity":
                continue
            unknown = Fact(name=item.item, state=FactState.UNKNOWN)
            facts = replace(_BASE, stated={**_BASE.stated, item.item: unknown})

            assert item.item in check(duty, facts, None, vocabulary, is_late=True).missing
