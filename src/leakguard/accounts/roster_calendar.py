"""Rosters as an iCalendar text (RFC 5545): whose shift is when, also where it recurs.

An event says the role before a colon, or in CATEGORIES, and the people behind it, or in ATTENDEE:
`SUMMARY:commander: Ada Lovelace`. Who wrote the calendar may be anybody, so whatever costs time has a limit, and
time zones are taken by their names alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NoReturn, cast

from leakguard.accounts.recurrence import Rule, rule_of, turns
from leakguard.accounts.rosters import MOST_PEOPLE, ROLE, RosterSource, Shift
from leakguard.errors import BadFile
from leakguard.frozen import Frozen
from leakguard.models.texts import shown

Event = Mapping[str, Any]
"""A component of the library: property by name."""
MOST_CHARACTERS = 1024 * 1024
MOST_EVENTS = 2_000
MOST_TURNS = 100_000
"""Occurrences that are gone through in all; a daily shift of ten years has 3,650."""
MOST_SHIFTS = 5_000
_ZONE = "VTIMEZONE"
_MOST_ZONE = 60
_HOSTILE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError, LookupError)
"""What a reader of hostile texts ends with."""


class Window(Frozen):
    """The time that is asked about."""

    start: datetime
    end: datetime
    zone: tzinfo
    """Of times that name none."""


def calendar_shifts(text: str, window: Window, *, name: str = "the calendar") -> tuple[Shift, ...]:
    """The shifts that touch a window, by their begin; raises `BadFile` for what is no calendar, or too much of one."""
    if len(text) > MOST_CHARACTERS:
        raise BadFile.whole(name, f"longer than {MOST_CHARACTERS:,} characters")
    reader = _Reader(window, name)
    try:
        shifts = reader.shifts(_plain(text))
    except _HOSTILE as error:
        raise BadFile.whole(name, f"not an iCalendar text that can be used ({type(error).__name__})") from None
    return tuple(sorted(shifts, key=lambda shift: (shift.start, shift.role, shift.people)))


def _plain(text: str) -> str:
    """With each line whole, and without the definitions of time zones, which can take for ever to work out."""
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    kept, is_zone = [], False
    for line in plain.split("\n"):
        word = line.strip().upper()
        is_zone = is_zone or word == f"BEGIN:{_ZONE}"
        if not is_zone:
            kept.append(line)
        is_zone = is_zone and word != f"END:{_ZONE}"
    return "\n".join(kept)


class _Reader:
    """Reads one calendar."""

    def __init__(self, window: Window, name: str) -> None:
        self._window, self._name = window, name
        self._turns = 0

    def shifts(self, text: str) -> list[Shift]:
        from icalendar import Calendar  # noqa: PLC0415  (loaded where a calendar is read)

        if text.upper().count("BEGIN:") > MOST_EVENTS + 1:
            self._refuse(f"more than {MOST_EVENTS:,} events")
        calendars = Calendar.from_ical(text, multiple=True)
        events = [cast("Event", component) for calendar in calendars for component in calendar.walk("VEVENT")]
        if not any(calendar.name == "VCALENDAR" for calendar in calendars):
            self._refuse("no VCALENDAR in it")
        moved = {
            (str(event.get("UID")), self._moment(event["RECURRENCE-ID"].dt)) for event in events if _is_moved(event)
        }
        found: list[Shift] = []
        for event in events:
            role, people = _role_and_people(event)
            if role and people and str(event.get("STATUS", "")).upper() != "CANCELLED":
                found += self._of(event, role, people, moved)
            if len(found) > MOST_SHIFTS:
                self._refuse(f"more than {MOST_SHIFTS:,} shifts in a few weeks")
        return found

    def _of(
        self, event: Event, role: str, people: tuple[str, ...], moved: set[tuple[str, datetime]]
    ) -> Iterator[Shift]:
        self._refuse_ignored(event)
        window = self._window
        start = self._known(event["DTSTART"])
        length = self._length(event, start)
        uid, left_out = str(event.get("UID")), self._left_out(event)
        for begin in self._begins(event, start, length):
            end = begin + length  # on the wall clock, as shifts change by it also in the night when clocks do
            is_replaced = not _is_moved(event) and ((uid, begin) in moved or begin in left_out)
            if not is_replaced and end > window.start and begin < window.end and length > timedelta(0):
                yield Shift(
                    role=role, people=people, start=begin.astimezone(UTC), end=end.astimezone(UTC),
                    source=RosterSource.CALENDAR,
                )  # fmt: skip

    def _refuse_ignored(self, event: Event) -> None:
        """What would change whose shift it is if it were read."""
        for name in ("RDATE", "EXRULE"):
            if name in event:
                self._refuse(f"a shift with {name}, which is not understood; write an event for each such shift")
        if _is_moved(event):
            self._known(event["RECURRENCE-ID"])
            if "RANGE" in event["RECURRENCE-ID"].params:
                self._refuse(
                    "a change of all later shifts (RANGE) is not understood; end the series, and begin another"
                )

    def _length(self, event: Event, start: datetime) -> timedelta:
        if "DTEND" in event:
            return self._known(event["DTEND"]) - start
        if "DURATION" in event:
            return cast("timedelta", event["DURATION"].dt)
        return timedelta(0) if isinstance(event["DTSTART"].dt, datetime) else timedelta(days=1)

    def _begins(self, event: Event, start: datetime, length: timedelta) -> Iterator[datetime]:
        """Each begin up to the end of the window, on the wall clock of its zone."""
        if "RRULE" not in event or _is_moved(event):
            yield start
            return
        rule = self._rule(event["RRULE"], start)
        for number, begin in enumerate(turns(rule, start, self._count)):
            if (rule.count and number >= rule.count) or (rule.until is not None and begin > rule.until):
                return
            if begin + length > self._window.start - timedelta(days=1):
                yield begin

    def _count(self, period: datetime) -> bool:
        """Count one period that is gone through; false once it lies behind the window."""
        self._turns += 1
        if self._turns > MOST_TURNS:
            self._refuse("shifts that recur for longer than anybody is on call")
        return period < self._window.end + timedelta(days=1)

    def _rule(self, stated: object, start: datetime) -> Rule:
        if isinstance(stated, list):
            self._refuse("a shift with several rules of recurrence")
        last = cast("dict[str, Any]", stated).get("UNTIL")
        rule = rule_of(cast("dict[str, Any]", stated), until=self._until(_list(last)[0], start) if last else None)
        if rule is None:
            self._refuse("a shift recurs by a rule that is not understood; write daily, weekly, monthly or yearly")
        return rule

    def _until(self, last: date, start: datetime) -> datetime:
        """The last moment at which a shift may begin."""
        if not isinstance(last, datetime):
            return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=start.tzinfo)
        return last if last.tzinfo is not None else last.replace(tzinfo=start.tzinfo)

    def _left_out(self, event: Event) -> set[datetime]:
        found = set[datetime]()
        for moments in _list(event.get("EXDATE")):
            for each in moments.dts if moments else ():
                self._refuse_unknown_zone(each.dt, moments.params)
                found.add(self._moment(each.dt))
        return found

    def _known(self, stated: Any) -> datetime:  # noqa: ANN401  (the library's)
        """A moment of a shift, whose zone is known where it names one."""
        self._refuse_unknown_zone(stated.dt, stated.params)
        return self._moment(stated.dt)

    def _refuse_unknown_zone(self, stated: date, params: Mapping[str, Any]) -> None:
        """In the zone of the settings instead, the shift would begin hours too early or too late."""
        if isinstance(stated, datetime) and stated.tzinfo is None and "TZID" in params:
            zone = shown(str(params["TZID"]), _MOST_ZONE)
            self._refuse(f"a shift in the time zone `{zone}`, which is not known by this name; name a city of IANA")

    def _moment(self, stated: date) -> datetime:
        if not isinstance(stated, datetime):
            stated = datetime(stated.year, stated.month, stated.day)  # noqa: DTZ001  (its zone follows)
        return stated if stated.tzinfo is not None else stated.replace(tzinfo=self._window.zone)

    def _refuse(self, what: str) -> NoReturn:
        raise BadFile.whole(self._name, what)


def _is_moved(event: Event) -> bool:
    return "RECURRENCE-ID" in event


def _role_and_people(event: Event) -> tuple[str, tuple[str, ...]]:
    """The role and whom to notify in turn; both empty for an event that is about something else."""
    summary = " ".join(str(event.get("SUMMARY", "")).split())
    named = [str(cat).strip() for category in _list(event.get("CATEGORIES")) if category for cat in category.cats]
    role = next((name for name in named if ROLE.fullmatch(name)), "")
    before, colon, after = summary.partition(":")
    if not role:
        role, summary = before.strip(), after if colon else ""
    elif colon and before.strip().casefold() == role.casefold():
        summary = after
    invited = [_mail(attendee) for attendee in _list(event.get("ATTENDEE")) if attendee and _comes(attendee)]
    people = tuple(dict.fromkeys(filter(None, invited))) or tuple(
        dict.fromkeys(filter(None, (name.strip() for name in re.split(r"[,;]", summary))))
    )
    return (role, people[:MOST_PEOPLE]) if ROLE.fullmatch(role) else ("", ())


def _mail(attendee: object) -> str:
    text = str(attendee).strip()
    return text[len("mailto:") :] if text.casefold().startswith("mailto:") else text


def _comes(attendee: Any) -> bool:  # noqa: ANN401  (the library's)
    return str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper() != "DECLINED"


def _list(value: Any) -> list[Any]:  # noqa: ANN401  (the library gives one, or a list of them)
    return list(value) if isinstance(value, list | tuple) else [value] if value is not None else []
