"""The clocks of a route that is in force: working days before its end, or after its effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from leakguard.clocks.calendars import Calendar, Calendars, is_provisional, is_working, next_working
from leakguard.clocks.times import is_within_years
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.outbound.rules import ClockOfRoute, RuleBook
from leakguard.outbound.values import Recipient

_DAY = timedelta(days=1)
_SEARCH = 4_000
"""Days within which sixty working days surely lie, in any calendar that has one a month."""


class State(StrEnum):
    """How a deadline stands on a day."""

    RUNNING = "running"
    DUE_NOW = "due_now"
    """It is time to act; the last day has not passed."""
    OVERDUE = "overdue"
    MET_ON_TIME = "met_on_time"
    MET_LATE = "met_late"
    NEEDS_FACT = "needs_fact"
    """The day from which it counts is not stated, or lies in a year that no clock reaches."""


class Deadline(Frozen):
    """One clock of one recipient."""

    clock: str
    rule: ClockOfRoute
    recipient: Recipient
    state: State
    act_from: date | None = None
    """The day on which it is time to act."""
    last_day: date | None = None
    is_provisional: bool = False
    """Whether the calendar of a year between is not announced yet."""
    lacks: str = ""
    """The field of the recipient that has to be stated."""


def working_days_before(calendar: Calendar, day: date, count: int) -> date:
    """The working day that lies `count` working days before `day`, which is not counted itself."""
    for _ in range(_SEARCH):
        day -= _DAY
        count -= is_working(calendar, day)
        if count == 0:
            return day
    raise UsageProblem(f"the calendar `{calendar.name}` has too few working days", next_step="Correct the calendar.")


def working_days_after(calendar: Calendar, day: date, count: int) -> date:
    """The working day that lies `count` working days after `day`, which is not counted itself."""
    for _ in range(count):
        day = next_working(calendar, day)
    return day


def deadlines(book: RuleBook, recipients: Iterable[Recipient], calendars: Calendars, day: date) -> tuple[Deadline, ...]:
    """Every clock of these recipients as it stands on a day, the one that is due first in front."""
    found = (deadline for recipient in recipients for deadline in _of_recipient(book, recipient, calendars, day))
    return tuple(
        sorted(found, key=lambda deadline: (deadline.act_from or date.max, deadline.recipient.id, deadline.clock))
    )


def _of_recipient(book: RuleBook, recipient: Recipient, calendars: Calendars, day: date) -> Iterator[Deadline]:
    for name, rule in book.clocks.items():
        if rule.tool != recipient.tool:
            continue
        calendar = calendars.get(rule.calendar)
        yield (
            _before_end(name, rule, rule.before_end, recipient, calendar, day)
            if rule.before_end is not None
            else _after_effect(name, rule, recipient, calendar, day)
        )


def _before_end(
    name: str, rule: ClockOfRoute, count: int, recipient: Recipient, calendar: Calendar, day: date
) -> Deadline:  # fmt: skip
    if recipient.until is None or not is_within_years(recipient.until):
        return Deadline(clock=name, rule=rule, recipient=recipient, state=State.NEEDS_FACT, lacks="until")
    begin = working_days_before(calendar, recipient.until, count)
    state = State.RUNNING if day < begin else State.DUE_NOW if day <= recipient.until else State.OVERDUE
    return Deadline(
        clock=name, rule=rule, recipient=recipient, state=state, act_from=begin, last_day=recipient.until,
        is_provisional=is_provisional(calendar, begin, recipient.until),
    )  # fmt: skip


def _after_effect(name: str, rule: ClockOfRoute, recipient: Recipient, calendar: Calendar, day: date) -> Deadline:
    if recipient.effective is None or not is_within_years(recipient.effective):
        return Deadline(clock=name, rule=rule, recipient=recipient, state=State.NEEDS_FACT, lacks="effective")
    last = working_days_after(calendar, recipient.effective, rule.after_effect or 0)
    if recipient.filed is not None and recipient.effective <= recipient.filed <= day:  # any other day is a slip
        state = State.MET_ON_TIME if recipient.filed <= last else State.MET_LATE
    else:
        state = State.RUNNING if day < recipient.effective else State.DUE_NOW if day <= last else State.OVERDUE
    return Deadline(
        clock=name, rule=rule, recipient=recipient, state=state, act_from=recipient.effective, last_day=last,
        is_provisional=is_provisional(calendar, recipient.effective, last),
    )  # fmt: skip
