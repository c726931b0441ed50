"""A duty that named several recipients is one duty for each, and each clock ends by its own filing alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leakguard.clocks.verdicts import State
from leakguard.errors import NotFound
from leakguard.frozen import replace
from leakguard.notices.book import statuses_of
from leakguard.notices.duties import Duty
from leakguard.use_cases.letters.assess_notices import assess_notices
from leakguard.use_cases.letters.given_facts import NoticeInput
from support.each import for_each
from support.notices import book, complete, facts_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEGAN, DONE = "2026-11-29T10:00Z", "2026-11-29T11:00Z"
OPENERS = (
    "awareness", "discovery", "detection", "noticing", "determination", "discovery_or_notification", "confirmation",
    "reasonable_belief", "credible_grounds", "processor_awareness", "notice_received", "occurrence", "classification",
)  # fmt: skip
OLD = sorted({name for duty in book().duties for name in duty.split_from})


def legs(old: str) -> tuple[Duty, ...]:
    return book().legs_of(old)


def after(kind: str, duty: Duty, stage: str, among: tuple[Duty, ...]) -> dict[str, State]:
    """How the clocks of every leg among these stand after one leg's filing, or after its people were notified."""
    facts = complete()
    facts["events"] = [
        {"id": one, "kind": one, "occurred_at": BEGAN, "recorded_at": BEGAN} for one in OPENERS
    ] + [
        {"id": "done", "kind": kind, "occurred_at": DONE, "recorded_at": DONE, "obligation": duty.id, "stage": stage}
    ]  # fmt: skip
    known = facts_of(facts, now=NOW)
    found = statuses_of(replace(book(), duties=among), known, NOW)
    return {name: one.state for name, one in found.items()}


ENDED = {State.MET_ON_TIME, State.MET_LATE}


@for_each("old", OLD)
def test_the_clock_of_a_leg_ends_by_its_own_filing_and_by_no_other(old: str) -> None:
    for own in legs(old):
        stage = own.phases[0].name
        states = after("filed", own, stage, legs(old))
        for leg in legs(old):
            for phase in leg.phases:
                if leg.id != own.id:
                    assert states[phase.clock.id] not in ENDED, f"{phase.clock.id} ended by {own.id}"
        first = states[own.phases[0].clock.id]
        assert first in ENDED, own.id


@for_each("old", OLD)
def test_telling_the_people_never_meets_the_clock_of_an_office(old: str) -> None:
    for people in legs(old):
        if people.recipient.type != "individuals":
            continue
        states = after("subjects_notified", people, people.phases[0].name, legs(old))
        offices = [leg for leg in legs(old) if leg.recipient.type in {"regulator", "cert"}]
        for office in offices:
            assert not {states[phase.clock.id] for phase in office.phases} & ENDED, office.id


@for_each("old", [old for old in OLD if len(legs(old)) > 1])
def test_an_earlier_id_asks_which_leg_is_meant(old: str) -> None:
    with pytest.raises(NotFound) as refused:
        book().duty(old)

    assert all(leg.id in str(refused.value.next_step) for leg in legs(old))


@for_each("old", [old for old in OLD if len(legs(old)) > 1 and old not in {duty.id for duty in book().duties}])
def test_an_old_filing_is_asked_for_its_leg(old: str) -> None:
    facts = complete()
    facts["events"] = [
        {"id": "E-5", "kind": "filed", "occurred_at": DONE, "recorded_at": DONE, "obligation": old, "stage": "initial"}
    ]
    known = facts_of(facts, now=NOW)
    small = replace(book(), duties=legs(old))
    (asked,) = assess_notices(NoticeInput(book=small, facts=known, text="", now=NOW)).undecided

    assert "E-5" in asked
    assert all(leg.id in asked for leg in legs(old))
