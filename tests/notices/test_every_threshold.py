"""Each figure and each date of the duties: one below, on it, one above; the day before, the day, the day after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leakguard.notices.assess import force_on_the_day
from leakguard.notices.duties import Duty
from leakguard.notices.expressions import Expression
from leakguard.notices.judging import Answer, judge
from leakguard.notices.law_of_day import Force, law_between
from support.each import for_each
from support.law_cases import listed
from support.notices import book, complete, facts_of

pytestmark = pytest.mark.long

LEAST, MORE, BELOW = "at_least", "more_than", "less_than"
_CAC = {
    ("subject_count", LEAST, 1_000_000), ("direct_loss", LEAST, 5_000_000), ("portal_outage_hours", LEAST, 2),
    ("cii_outage_minutes", LEAST, 30), ("cii_main_outage_minutes", LEAST, 120), ("daily_life_affected", LEAST, 100_000),
    ("prefecture_population_share", LEAST, 10), ("province_population_share", LEAST, 50),
    ("harmful_home_minutes", LEAST, 30), ("harmful_page_minutes", LEAST, 120),
    ("harmful_shares", LEAST, 1_000), ("harmful_views", LEAST, 10_000),
}  # fmt: skip
LAW: dict[str, set[tuple[str, str, int]]] = {
    **dict.fromkeys(("cn-cac-incident-general", "cn-cac-incident-state-organ"), _CAC),
    **dict.fromkeys(("cn-cac-incident-cii-department", "cn-cac-incident-cii-police"), _CAC),
    "ch-isa-74-bacs": {("attack_undetected_days", MORE, 90)},
    "eu-nis2-23-csirt": {("direct_loss", MORE, 500_000)},
    "jp-appi-26-ppc": {("subject_count", MORE, 1_000), ("subject_count", MORE, 100)},
    "jp-appi-26-individuals": {("subject_count", MORE, 1_000), ("subject_count", MORE, 100)},
    "jp-appi-26-entrustee": {("subject_count", MORE, 1_000), ("subject_count", MORE, 100)},
    "kr-pipa-34-pipc": {("subject_count", LEAST, 1_000)},
    "my-pdpa-12b-commissioner": {("subject_count", MORE, 1_000)},
    "sg-pdpa-26d-pdpc": {("subject_count", LEAST, 500)},
    "tw-pdpa-12-amended-authority": {("system_record_count", LEAST, 10_000), ("record_count", LEAST, 100)},
    "us-ca-1798-82-ag": {("US-CA", MORE, 500)},
    "us-fl-501-171-dla": {("US-FL", LEAST, 500)},
    "us-tx-521-053-ag": {("US-TX", LEAST, 250)},
    "us-hipaa-408-hhs-500": {("subject_count", LEAST, 500)},
    "us-hipaa-408-hhs-under500": {("subject_count", BELOW, 500)},
    "us-hipaa-406-media": {("US", MORE, 500)},
    "us-ftc-safeguards-314-4j": {("subject_count", LEAST, 500)},
}
"""What is counted, by which operator, up to which figure: a second copy, so that no figure changes unseen.

Compared with the thresholds in words; no law was read again for it.
"""
_BASES = {"US-CA": "residents of California", "US": "residents of one state or jurisdiction"}


def figures(duty: Duty) -> Iterator[tuple[Expression, str, str, int]]:
    """Every numeric question of a duty but whether anybody lives in a place at all."""
    conditions = (*(phase.when for phase in duty.phases), *(one.when for one in duty.exemptions))
    rules = (duty.trigger.rule, *(when for when in conditions if when is not None))
    for leaf in (leaf for rule in rules for leaf in rule.leaves()):
        for operator in (LEAST, MORE, "at_most", BELOW):
            figure = leaf.part(operator)
            if isinstance(figure, int) and not (leaf.residents and (operator, figure) == (LEAST, 1)):
                yield leaf, str(leaf.fact or leaf.residents), operator, figure


ROWS = [(duty.id, *row) for duty in book().duties for row in figures(duty)]
BY_CASES = listed()
"""Duties whose figures have a case on each side, in a table of their own."""


def stated(leaf: Expression, figure: int) -> dict[str, Any]:
    """A facts file in which the counted thing is exactly `figure`."""
    if leaf.currency:
        return complete(**{str(leaf.fact): {"value": {"amount": figure, "currency": leaf.currency}}})
    if leaf.fact:
        return complete(**{leaf.fact: {"value": figure}})
    place = "US-NY" if leaf.each else str(leaf.residents)
    return complete(subjects_by_jurisdiction={"value": {place: figure, "DE": 1_000_000}})


def test_the_data_have_every_figure_of_the_laws_with_its_operator_and_no_other() -> None:
    found: dict[str, set[tuple[str, str, int]]] = {}
    for duty, _, counted, operator, figure in ROWS:
        found.setdefault(duty, set()).add((counted, operator, figure))

    assert {duty: rows for duty, rows in found.items() if duty in LAW or duty not in BY_CASES} == LAW


@for_each(("duty", "leaf", "counted", "operator", "figure"), ROWS)
def test_one_below_on_and_one_above_each_figure(
    duty: str, leaf: Expression, counted: str, operator: str, figure: int
) -> None:
    """Residents of elsewhere never count for a state."""
    holds = {LEAST: (False, True, True), MORE: (False, False, True), BELOW: (True, False, False)}[operator]
    answers = [
        judge(leaf, facts_of(stated(leaf, figure + step)), book().vocabulary).answer is Answer.YES
        for step in (-1, 0, 1)
    ]

    assert tuple(answers) == holds, (duty, counted)
    assert leaf.base


@for_each("place", ["US-CA", "US"])
def test_the_base_says_whose_residents_are_counted(place: str) -> None:
    bases = {leaf.base for _, leaf, counted, *_ in ROWS if counted == place}

    assert bases == {_BASES[place]}


def test_states_are_counted_one_by_one_for_the_media() -> None:
    (leaf,) = (leaf for duty, leaf, *_ in ROWS if duty == "us-hipaa-406-media")
    spread = complete(subjects_by_jurisdiction={"value": {"US-CA": 500, "US-NY": 500, "US-TX": 500}})

    assert judge(leaf, facts_of(spread), book().vocabulary).answer is Answer.NO


def on(duty: Duty, day: date) -> Answer:
    values = complete(discovery_date={"value": day.isoformat()})
    values["events"] = []
    later = datetime(day.year + 1, 1, 1, tzinfo=UTC)
    return force_on_the_day(duty, facts_of(values, now=later), later).answer


DATED = [duty for duty in book().duties if duty.in_force_from is not None]
OF_NO_KNOWN_DAY = {"tw-fsc-6"}
"""Their first day was not read anywhere."""
DORMANT = [
    duty for duty in book().duties
    if duty.status == "proposed" or (duty.status == "not_in_force" and duty.in_force_from is None)
]  # fmt: skip


def test_every_duty_knows_its_first_day_or_is_dormant() -> None:
    assert {duty.id for duty in book().duties if duty not in DATED and duty not in DORMANT} <= OF_NO_KNOWN_DAY


@for_each("duty", [duty for duty in DATED if duty not in DORMANT], ids=lambda duty: duty.id)
def test_the_present_text_is_law_from_its_first_day(duty: Duty) -> None:
    start = duty.in_force_from
    assert start is not None

    laws = [law_between(duty, day, day) for day in (start + timedelta(days=step) for step in (-1, 0, 1))]

    assert [law.force for law in laws[1:]] == [Force.LAW, Force.LAW]
    assert [law.text for law in laws[1:]] == [duty, duty]
    assert laws[0].force is not Force.LAW or laws[0].text != duty


@for_each("duty", book().duties, ids=lambda duty: duty.id)
def test_a_law_ends_after_its_last_day_and_a_dormant_one_wakes_by_its_data(duty: Duty) -> None:
    last = date(2031, 5, 20)
    days = {"in_force_from": date(2031, 5, 19), "in_force_to": last, "versions": ()}
    dated = duty.model_copy(update={"status": "in_force", **days})

    assert [on(dated, last + timedelta(days=step)) for step in (-1, 0, 1)] == [Answer.YES, Answer.YES, Answer.NO]
    assert (on(duty, last) is Answer.NO) == (duty in DORMANT or duty.in_force_to is not None)
