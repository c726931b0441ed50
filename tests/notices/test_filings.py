"""Filings in stages: whose turn it is, and which promises are still open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.verdicts import State
from leakguard.models.events import Event, Interval
from leakguard.notices.filings import filings_of, missing_before, open_items, promised_in, stages_of
from support.notices import CAC, GDPR_33, NOW, book

DORA, NIS2 = "eu-dora-19-authority", "eu-nis2-23-csirt"


def filed(number: int, stage: str, tbd: object = None, *, duty: str = CAC, **more: Any) -> Event:  # noqa: ANN401  (passed on)
    """The filing `E-<number>`, of the hour `number` in the 100 hours before `NOW`."""
    at = NOW - timedelta(hours=100 - number)
    fields = {"obligation": duty, "stage": stage} | ({"to_be_determined": tbd} if tbd else {})
    given: dict[str, Any] = {"kind": "filed", "fields": fields, "recorded_at": at} | more
    return Event(id=f"E-{number}", occurred_at=Interval(earliest=at, latest=at), **given)


def still_open(*events: Event) -> list[tuple[str, str]]:
    return [(item.item, item.event) for item in open_items(events)]


def state_of(clock: str, *events: Event) -> State:
    rules = [phase.clock for duty in book().duties for phase in duty.phases if phase.clock.id == clock]
    return evaluate(events, rules, Calendars(), NOW)[0].state


def test_what_a_filing_promises_is_open() -> None:
    assert still_open(filed(1, "initial", "cause, attack_path")) == [("cause", "E-1"), ("attack_path", "E-1")]


def test_a_later_filing_that_does_not_name_an_item_again_tells_it() -> None:
    first, second = filed(1, "initial", "cause, attack_path"), filed(2, "supplement", "attack_path")

    assert still_open(first, second) == [("attack_path", "E-1")]
    assert still_open(first, second, filed(3, "final")) == []


def test_an_item_that_was_told_and_is_promised_again_is_a_new_promise() -> None:
    events = filed(1, "initial", "cause"), filed(2, "supplement"), filed(3, "supplement", "cause")

    assert still_open(*events) == [("cause", "E-3")]


def test_the_order_of_filing_counts_and_not_that_of_recording() -> None:
    assert still_open(filed(2, "supplement"), filed(1, "initial", "cause")) == []


def test_a_filing_of_another_duty_tells_nothing() -> None:
    first, other = filed(2, "initial", "cause"), filed(1, "initial", "dpo_contact", duty=GDPR_33)
    found = open_items([first, other, filed(3, "supplement", duty="eu-cra-14-incident-csirt")])

    assert [(item.duty, item.item, item.stage) for item in found] == [
        (GDPR_33, "dpo_contact", "initial"),
        (CAC, "cause", "initial"),
    ]


def test_a_superseded_filing_neither_promises_nor_tells() -> None:
    first, second = filed(1, "initial", "cause"), filed(2, "supplement")
    gone = filed(3, "", kind="retracted", corrects="E-2", reason="sent to the wrong office")

    assert still_open(first, second, gone) == [("cause", "E-1")]


def test_a_withdrawal_takes_the_promises_back_and_begins_anew() -> None:
    events = filed(1, "initial", "cause"), filed(2, "withdrawn")

    assert still_open(*events) == []
    assert filings_of(events, CAC) == ()
    assert missing_before(book().duty(CAC), "final", filings_of(events, CAC)) == ("initial",)


@pytest.mark.parametrize("given", ["cause,attack_path", "cause, ,attack_path,cause", ["cause", "attack_path"]])
def test_items_are_read_from_a_list_and_from_words_with_commas(given: object) -> None:
    assert promised_in(filed(1, "initial", given)) == ("cause", "attack_path")


@pytest.mark.parametrize(
    ("duty", "stage", "made", "expected"),
    [
        (CAC, "initial", [], ()),
        (CAC, "supplement", [], ("initial",)),
        (CAC, "final", [], ("initial",)),
        (CAC, "final", ["initial"], ()),
        (CAC, "withdrawn", [], ("initial",)),
        (CAC, "withdrawn", ["initial"], ()),
        (GDPR_33, "supplement", [], ("initial",)),
        (GDPR_33, "supplement", ["initial"], ()),
        (DORA, "final", ["initial"], ("intermediate",)),
        (DORA, "final", ["initial", "intermediate"], ()),
        (NIS2, "final", ["early_warning"], ("incident_notification",)),
        (NIS2, "incident_notification", [], ("early_warning",)),
    ],
)
def test_a_stage_has_its_turn(duty: str, stage: str, made: list[str], expected: tuple[str, ...]) -> None:
    filings = [filed(number, name, duty=duty) for number, name in enumerate(made)]

    assert missing_before(book().duty(duty), stage, filings) == expected


def test_a_stage_that_not_every_incident_has_may_be_passed_over() -> None:
    duty = book().duty(CAC)
    rule = duty.trigger.rule
    first, *others = duty.phases
    changed = duty.model_copy(update={"phases": (first.model_copy(update={"when": rule}), *others[1:])})

    assert missing_before(changed, "final", ()) == ()


def test_where_no_stage_is_certain_any_can_open_the_duty() -> None:
    always = book().duty(CAC).trigger.rule
    phases = tuple(one.model_copy(update={"when": always}) for one in book().duty(CAC).phases)

    assert missing_before(book().duty(CAC).model_copy(update={"phases": phases}), "final", ()) == ()


def test_every_duty_can_be_supplemented_and_withdrawn() -> None:
    assert stages_of(book().duty(GDPR_33)) == ("initial", "supplement", "withdrawn")
    assert stages_of(book().duty(CAC)) == ("initial", "supplement", "final", "withdrawn")


@pytest.mark.parametrize(
    ("clock", "events"),
    [
        (f"{CAC}.supplement", [filed(1, "initial")]),
        (f"{CAC}.final", [filed(1, "", kind="end_of_handling")]),
        (f"{DORA}.intermediate", [filed(90, "initial", duty=DORA)]),
        (f"{DORA}.final", [filed(90, "intermediate", duty=DORA)]),
        (f"{NIS2}.final", [filed(90, "incident_notification", duty=NIS2)]),
    ],
)
def test_a_filing_starts_the_clock_of_the_stage_after_it(clock: str, events: list[Event]) -> None:
    duty, _, stage = clock.rpartition(".")

    assert state_of(clock) is State.LATENT
    assert state_of(clock, *events) is State.RUNNING
    assert state_of(clock, *events, filed(95, stage, duty=duty)) is State.MET_ON_TIME


@pytest.mark.parametrize("duty", [GDPR_33, "uk-gdpr-33-ico"])
def test_a_supplement_is_owed_for_what_the_notification_left_open_and_for_nothing_else(duty: str) -> None:
    """Article 33(4): information may follow in phases; a complete notification has none that follow."""
    clock, told = f"{duty}.supplement", filed(95, "supplement", duty=duty)
    left_open, complete = filed(90, "initial", "cause, root_cause", duty=duty), filed(90, "initial", duty=duty)

    assert state_of(clock, complete) is State.LATENT
    assert state_of(clock, filed(90, "initial", [], duty=duty)) is State.LATENT
    assert state_of(clock, left_open) is State.RUNNING
    assert state_of(clock, left_open, told) is State.MET_ON_TIME
