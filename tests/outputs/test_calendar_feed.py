"""Deadlines for a calendar: absolute times, stable names, lines that every calendar can read."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event
from icalendar.cal import Component

from leakguard.outputs.calendar_feed import CalendarText, to_ics
from support.clock_files import Row, moment, stand

NOW = "2026-06-01T12:00Z"
AWARE = {"id": "e1", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
FILED = {"kind": "filed", "occurred_at": "2026-06-01T10:00Z"}
RULE = {"anchor": "awareness", "amount": {"elapsed": "PT24H"}, "end": "filed", "title": "First notice; to all, at once"}


def feed(rule: Row, *events: Row, now: str = NOW) -> str:
    text = to_ics([stand(events, rule, now)], incident="IR-2026-0001", now=moment(now))
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text


def events_of(text: str) -> list[Component]:
    return [part for part in Calendar.from_ical(text).walk() if isinstance(part, Event)]


def rings_of(event: Component) -> list[datetime]:
    return [time_of(part, "TRIGGER") for part in event.subcomponents]


def time_of(part: Component, name: str) -> datetime:
    found = part.decoded(name)
    assert isinstance(found, datetime)
    return found


def test_an_open_deadline_is_an_event_with_an_absolute_time() -> None:
    text = feed(RULE, AWARE)
    (event,) = events_of(text)

    assert "DTSTART:20260602T080000Z\r\n" in text
    assert event["UID"] == "clock.IR-2026-0001@leakguard"
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "IR-2026-0001: First notice; to all, at once is due"
    assert "SUMMARY:IR-2026-0001: First notice\\; to all\\, at once is due" in text.replace("\r\n ", "")


def test_it_rings_at_every_threshold_that_lies_ahead() -> None:
    (event,) = events_of(text := feed(RULE, AWARE))

    assert text.count("TRIGGER;VALUE=DATE-TIME:") == 5
    assert rings_of(event)[0] == datetime(2026, 6, 1, 20, tzinfo=UTC)
    assert rings_of(event)[-1] == datetime(2026, 6, 2, 8, tzinfo=UTC)
    assert len(rings_of(events_of(feed(RULE, AWARE, now="2026-06-02T07:30Z"))[0])) == 1


def test_what_is_overdue_stays_in_the_calendar_and_rings_once() -> None:
    (event,) = events_of(feed(RULE, AWARE, now="2026-06-02T09:00Z"))

    assert event["STATUS"] == "CONFIRMED"
    assert rings_of(event) == [datetime(2026, 6, 2, 7, tzinfo=UTC)]


def test_what_is_met_is_cancelled_under_the_same_name() -> None:
    (before,), (after,) = events_of(feed(RULE, AWARE)), events_of(feed(RULE, AWARE, FILED))

    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert not after.subcomponents


def test_a_moved_limit_raises_the_sequence() -> None:
    moved = {"id": "e2", "kind": "awareness", "occurred_at": "2026-06-01T07:00Z", "corrects": "e1", "reason": "log"}
    at = {"recorded_at": "2026-06-01T09:00Z"}, {"recorded_at": "2026-06-01T10:00Z"}
    (event,) = events_of(feed(RULE, {**AWARE, **at[0]}, {**moved, **at[1]}))

    assert event["SEQUENCE"] == 2
    assert time_of(event, "DTSTART") == datetime(2026, 6, 2, 7, tzinfo=UTC)


def test_a_clock_without_a_title_is_called_by_its_id() -> None:
    assert "SUMMARY:IR-2026-0001: clock is due\r\n" in feed({**RULE, "title": ""}, AWARE)


def test_the_end_of_a_day_is_rounded_down() -> None:
    assert "DTSTART:20260602T235959Z" in feed({**RULE, "end_at": "end_of_day"}, AWARE)


def test_what_has_no_limit_is_no_event() -> None:
    for text in (feed(RULE), feed({**RULE, "amount": {"none": True}}, AWARE)):
        assert "BEGIN:VEVENT" not in text


def test_no_letter_is_cut_in_two_and_no_control_character_gets_through() -> None:
    text = feed({**RULE, "title": "向主管部门报告" * 9, "text": "a\x85b\u200b\\c"}, AWARE)
    lines = text.replace("\r\n ", "").split("\r\n")

    assert any("向主管部门报告" * 9 in line for line in lines)
    assert any("a b\\\\c" in line for line in lines)


def test_an_entry_names_incident_task_limit_on_both_clocks_and_the_next_command() -> None:
    status = stand((AWARE,), RULE, NOW)
    about = CalendarText(
        title="An open cluster\r\nX-EVIL:1", zone="Asia/Shanghai", actions={status.id: "leakguard playbook next X"}
    )
    text = to_ics([status], incident="IR-2026-0001", now=moment(NOW), about=about)
    (event,) = events_of(text)
    lines = str(event["DESCRIPTION"]).splitlines()

    assert lines[0] == "Incident: IR-2026-0001, An open cluster X-EVIL:1"
    assert lines[1].startswith("To do: ")
    assert "(Asia/Shanghai), 2026-" in lines[2]
    assert lines[3] == "Next: leakguard playbook next X"
    assert "X-EVIL" not in event
