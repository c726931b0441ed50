"""Take any one required item out of a complete notice of any duty, and the check names it."""

from __future__ import annotations

import copy
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.notices.completeness import check
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Fact, Facts, FactState, Organisation
from support.each import for_each
from support.notices import book, complete, facts_of

pytestmark = pytest.mark.untraced

_SAMPLES: dict[str, dict[str, Any]] = {
    "text": {"value": {"en": "stated", "zh": "已说明"}},
    "count": {"value": 1},
    "moment": {"value": "2026-06-10T22:30"},
    "categories": {"value": ["identification_number.us_ssn", "official_document", "credentials.password"]},
    "contact": {"value": {"name": "Office", "email": "office@university.example"}},
}
_ITEMS = book().vocabulary.items
_ORGANISATION_ANSWERS = {"org_identity", "org_contact", "org_registration", "dpo_contact"}
_BASE = facts_of(
    complete(ransomware={"value": True}, **{name: copy.deepcopy(_SAMPLES[kind.kind]) for name, kind in _ITEMS.items()})
)
DUTIES = {duty.id: duty for duty in book().duties}
KEPT = Path(__file__).with_name("items_of_duties.txt")


ITEMS = [(duty.id, item.item) for duty in DUTIES.values() for item in duty.content]
"""Every content item of every duty, optional and conditional ones included."""


def without(*items: str) -> Facts:
    """The complete facts without some items; what the organisation's own entry answers is taken from there too."""
    stated = {name: fact for name, fact in _BASE.stated.items() if name not in items}
    name = LocalisedText(texts={}) if "org_identity" in items else _BASE.organisation.name
    organisation = Organisation(name=name) if _ORGANISATION_ANSWERS & {*items} else _BASE.organisation
    return replace(_BASE, stated=stated, organisation=organisation)


def named_without(duty: Duty, item: str, stage: str | None) -> tuple[str, ...]:
    """What the check names when one item is not there and the notice is late: missing, recommended or left out.

    Where another item satisfies the law as well, both are taken out, and the other one is not named here.
    """
    others = {one.or_ for one in duty.items_of(stage) if one.item == item and one.or_}
    found = check(duty, without(item, *others), stage, book().vocabulary, is_late=True)
    return tuple(name for name in (*found.missing, *found.recommended, *found.optional) if name not in others)


def stages(duty: Duty) -> tuple[str | None, ...]:
    return (None, *(phase.name for phase in duty.phases))


@for_each("duty", DUTIES)
def test_a_complete_notice_lacks_nothing(duty: str) -> None:
    for stage in stages(DUTIES[duty]):
        assert check(DUTIES[duty], _BASE, stage, book().vocabulary, is_late=True).missing == ()


def test_every_duty_asks_for_something_and_for_nothing_twice() -> None:
    assert {duty for duty, _ in ITEMS} == set(DUTIES)
    assert [item for item, times in Counter(ITEMS).items() if times > 1] == []


def test_no_item_of_a_duty_that_was_read_is_lost() -> None:
    """The items were counted in the laws when their duties were written down, and a list of them is kept.

    An item or a duty that is new is free to come. After one was dropped because the law has changed, write the list
    anew and read the difference: LEAKGUARD_GOLDEN=write .venv/bin/python -m pytest tests/notices/test_every_item.py
    """
    if os.environ.get("LEAKGUARD_GOLDEN") == "write":
        KEPT.write_text("".join(f"{duty} {item}\n" for duty, item in sorted(ITEMS)), encoding="utf-8")
    kept = KEPT.read_text(encoding="utf-8").splitlines()

    assert kept
    assert set(kept) - {f"{duty} {item}" for duty, item in ITEMS} == set()


@for_each("duty", DUTIES)
def test_any_one_item_that_is_taken_out_is_named_and_nothing_else(duty: str) -> None:
    """In the whole notice, or where it is asked for in a later stage only, in that stage."""
    later = next((one for one in stages(DUTIES[duty]) if one not in {None, "initial"}), "second")
    for one in DUTIES[duty].content:
        stage = later if book().vocabulary.conditions[one.required].when == "later_stage" else None

        assert named_without(DUTIES[duty], one.item, stage) == (one.item,)


@for_each("duty", DUTIES)
def test_any_one_item_of_a_single_stage_is_named_too(duty: str) -> None:
    for stage in (phase.name for phase in DUTIES[duty].phases if phase.content):
        for item in DUTIES[duty].items_of(stage):
            if book().vocabulary.conditions[item.required].when == "later_stage" and stage == "initial":
                continue
            assert named_without(DUTIES[duty], item.item, stage) == (item.item,)


def test_an_unknown_without_leave_is_missing_too() -> None:
    """Saying that a mandatory item is unknown does not tell it."""
    vocabulary = book().vocabulary
    for duty in DUTIES.values():
        for item in duty.content:
            needed = vocabulary.conditions[item.required]
            if item.required != "yes" or needed.unknown_allowed:
                continue
            names = (item.item, *([item.or_] if item.or_ else []))
            unknown = {name: Fact(name=name, state=FactState.UNKNOWN) for name in names}
            facts = replace(_BASE, stated={**_BASE.stated, **unknown})

            assert item.item in check(duty, facts, None, vocabulary, is_late=True).missing
