"""The clocks of routes for transfers abroad: working days before the end of each, and days to file a contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leakguard.alerts.readiness import NotReady
from leakguard.alerts.subjects import WatchedSubject, not_watched, statuses_of
from leakguard.clocks.fixed_clocks import FixedClock, clock_id
from leakguard.clocks.times import FIRST_YEAR, LAST_YEAR, end_of_day, is_within_years, zone_of
from leakguard.outbound.deadlines import Deadline, State
from leakguard.outbound.register import SUBJECT, RegisteredRecipient
from leakguard.outbound.rules import RuleBook
from leakguard.ports import Journal
from leakguard.use_cases.outbound.assess_outbound import day_of
from leakguard.use_cases.outbound.recipients import clocks_in, read_register

if TYPE_CHECKING:
    from datetime import date

_LAST_DAYS = ("-PT720H", "-PT168H", "PT0S")
"""30 and 7 days before the last day of a route, and its end."""
_FILING = ("50%", "-PT24H", "PT0S")
_OPEN = frozenset({State.RUNNING, State.DUE_NOW, State.OVERDUE})
_DAY = timedelta(days=1)
_ADD = "leakguard outbound add outbound.yaml"


def watched_routes(store: Journal, book: RuleBook, *, now: datetime) -> Iterator[WatchedSubject]:
    """The register as one subject, with the clocks of `clocks_in`; nothing without any."""
    day = day_of(book, now)
    register = read_register(store)
    found = clocks_in(register, book, day)
    clocks = [
        (_clock(book, clock, last, register[clock.recipient.id]), f"{clock.recipient.name.zh}：{clock.rule.text.zh}")
        for clock in found
        if clock.state in _OPEN and (last := clock.last_day) is not None
    ]
    statuses, slips = statuses_of(SUBJECT, (clock for clock, _ in clocks), now, next_step=f"Correct the day: {_ADD}")
    problems = (*map(_out_of_reach, filter(_is_stated, found)), *slips)
    if statuses or problems:
        yield WatchedSubject(
            id=SUBJECT, title="The register of recipients abroad", zone=book.zone, statuses=statuses,
            actions={status.id: _ADD for status in statuses}, link="leakguard outbound list",
            zh={clock.id: zh for clock, zh in clocks}, problems=problems,
        )  # fmt: skip


def _is_stated(deadline: Deadline) -> bool:
    """Whether the day that the clock lacks is stated, in a year that no clock reaches."""
    return bool(deadline.lacks) and getattr(deadline.recipient, deadline.lacks) is not None


def _out_of_reach(deadline: Deadline) -> NotReady:
    day = getattr(deadline.recipient, deadline.lacks)
    years = f"the year must be one from {FIRST_YEAR} to {LAST_YEAR}"
    why = f"`{deadline.lacks}` of {deadline.recipient.id} is {day}, which is not watched: {years}"
    return not_watched(SUBJECT, why, next_step=f"Correct the day, or leave it out: {_ADD}")


def _clock(book: RuleBook, deadline: Deadline, last: date, entry: RegisteredRecipient) -> FixedClock:
    recorded = entry.recorded_at
    zone = zone_of(book.zone)
    effective = deadline.recipient.effective
    begin = end_of_day(effective, zone) if effective is not None and is_within_years(effective) else recorded
    provisional = (
        "; provisional, as working days of a year between are not announced" if deadline.is_provisional else ""
    )
    sources = [book.sources[name] for name in deadline.rule.sources]
    law = "; ".join(f"{source.law.en}, {source.article.en}" for source in sources) if deadline.rule.is_law else ""
    return FixedClock(
        id=clock_id(deadline.recipient.id, deadline.clock),
        title=f"{deadline.rule.text.en}: {deadline.recipient.name.en}{provisional}",
        starts_by=begin, known_at=recorded, deadline=end_of_day(last, zone), thresholds=_thresholds(deadline, last),
        law=law,
        from_memory=deadline.rule.is_law and any(source.confidence == "own-knowledge" for source in sources),
        zone=book.zone,
    )  # fmt: skip


def _thresholds(deadline: Deadline, last: date) -> tuple[str, ...]:
    """The day on which it is time to act, and the last days; days of Beijing have 24 hours each."""
    if deadline.rule.before_end is None or deadline.act_from is None:
        return _FILING
    hours = (last - deadline.act_from + _DAY) // timedelta(hours=1)
    return (f"-PT{hours}H", *_LAST_DAYS)
