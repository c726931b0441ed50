"""Clocks of routes in working days of the Chinese calendar; the expected days were counted on a calendar by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leakguard.clocks.calendars import Calendars, OrganisationCalendar, OwnCalendar, public_calendar
from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.outbound.deadlines import Deadline, State, deadlines, working_days_after, working_days_before
from support.each import for_each
from support.outbound import RECIPIENT, a_file, parsed, rules

CN = public_calendar("CN")
EXTENSION, FILING, RENEWAL = "assessment_extension", "contract_filing", "contract_renewal"


def clocks(day: date, **recipient: Any) -> dict[str, Deadline]:  # noqa: ANN401  (a file holds anything)
    facts = parsed(a_file(recipients=[RECIPIENT | recipient]))
    return {one.clock: one for one in deadlines(rules(), facts.recipients, Calendars(), day)}


def test_working_days_before_leave_out_weekends() -> None:
    """November 2025 has no holiday: five working days before Monday the 24th are one week."""
    assert working_days_before(CN, date(2025, 11, 24), 5) == date(2025, 11, 17)
    assert working_days_before(CN, date(2025, 11, 24), 1) == date(2025, 11, 21)


def test_national_days_are_no_working_days_and_a_made_up_saturday_is_one() -> None:
    """In 2025 the days from 1 to 8 October were off; Sunday 28 September and Saturday 11 October were worked."""
    assert working_days_before(CN, date(2025, 10, 9), 1) == date(2025, 9, 30)
    assert working_days_before(CN, date(2025, 10, 9), 3) == date(2025, 9, 28)
    assert working_days_after(CN, date(2025, 10, 10), 1) == date(2025, 10, 11)
    assert working_days_after(CN, date(2025, 9, 30), 1) == date(2025, 10, 9)


def test_sixty_working_days_before_the_end_of_2025() -> None:
    """Back from 31 December: 22 in December (1 to 30), 20 in November, 18 in October (9, 10, 11, 13 to 31): 60."""
    assert working_days_before(CN, date(2025, 12, 31), 60) == date(2025, 10, 9)


@for_each(
    ("day", "state"),
    [
        (date(2025, 10, 8), State.RUNNING),
        (date(2025, 10, 9), State.DUE_NOW),
        (date(2025, 12, 31), State.DUE_NOW),
        (date(2026, 1, 1), State.OVERDUE),
    ],
)
def test_the_extension_of_an_assessment_is_due_in_the_last_sixty_working_days(day: date, state: State) -> None:
    found = clocks(day, tool="cn_assessment", until="2025-12-31")[EXTENSION]

    assert (found.state, found.act_from, found.last_day) == (state, date(2025, 10, 9), date(2025, 12, 31)), day
    assert found.rule.is_law
    assert not found.is_provisional


@for_each(
    ("day", "filed", "state"),
    [
        (date(2026, 3, 1), None, State.RUNNING),
        (date(2026, 3, 2), None, State.DUE_NOW),
        (date(2026, 3, 16), None, State.DUE_NOW),
        (date(2026, 3, 17), None, State.OVERDUE),
        (date(2026, 3, 17), "2026-03-16", State.MET_ON_TIME),
        (date(2026, 3, 17), "2026-03-17", State.MET_LATE),
        (date(2026, 3, 9), "2026-03-10", State.DUE_NOW),
        (date(2026, 3, 10), "2026-03-10", State.MET_ON_TIME),
        (date(2026, 3, 11), "2026-03-10", State.MET_ON_TIME),
        (date(2026, 3, 17), "2026-03-18", State.OVERDUE),
    ],
)
def test_a_contract_is_filed_within_ten_working_days_of_its_effect(day: date, filed: str | None, state: State) -> None:
    """Monday 2 March 2026 and ten working days: Monday the 16th."""
    found = clocks(day, effective="2026-03-02", **({"filed": filed} if filed else {}))[FILING]

    assert (found.state, found.last_day) == (state, date(2026, 3, 16)), day


def test_a_filing_before_the_effect_that_an_earlier_release_kept_is_none() -> None:
    """A slip of the year is no filing; the file is refused by now, and the entries of a register stay."""
    read = parsed(a_file(recipients=[RECIPIENT | {"effective": "2026-03-02"}])).recipients
    kept = [replace(one, filed=date(2025, 3, 10)) for one in read]
    found = {one.clock: one for one in deadlines(rules(), kept, Calendars(), date(2026, 3, 17))}

    assert found[FILING].state is State.OVERDUE


def test_a_day_that_nobody_stated_is_asked_for() -> None:
    found = clocks(date(2026, 3, 1))

    assert {name: (one.state, one.lacks) for name, one in found.items()} == {
        FILING: (State.NEEDS_FACT, "effective"),
        RENEWAL: (State.NEEDS_FACT, "until"),
    }


def test_a_year_that_is_not_announced_makes_a_day_provisional() -> None:
    assert clocks(date(2026, 3, 1), until="2090-05-01")[RENEWAL].is_provisional


def test_what_no_law_asks_for_is_marked_as_practice() -> None:
    found = clocks(date(2026, 3, 1), until="2025-12-31", effective="2025-01-06")

    assert (found[RENEWAL].rule.is_law, found[FILING].rule.is_law) == (False, True)


def test_other_tools_have_no_clock_here() -> None:
    assert clocks(date(2026, 3, 1), tool="eu_scc_m1", until="2026-12-31") == {}


def test_the_clock_that_is_due_first_stands_in_front() -> None:
    named = [RECIPIENT | {"id": "b", "until": "2025-12-31"}, RECIPIENT | {"id": "a", "until": "2027-12-31"}]
    facts = parsed(a_file(recipients=[one | {"tool": "cn_certification"} for one in named]))

    assert [one.recipient.id for one in deadlines(rules(), facts.recipients, Calendars(), date(2026, 1, 1))] == [
        "b",
        "a",
    ]


def test_a_calendar_with_too_few_working_days_is_refused() -> None:
    closed = tuple(date(year, 1, 1) for year in range(2000, 2001))
    never = OrganisationCalendar(name="never", shape=OwnCalendar(closed=closed))

    with pytest.raises(UsageProblem, match="too few working days"):
        working_days_before(never, date(2026, 1, 1), 4_000)
