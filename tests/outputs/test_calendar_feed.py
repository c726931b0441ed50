"""Deadlines for a calendar: absolute times, stable names, lines that every calendar can read."""

from __future__ import annotations

from leakguard.outputs.calendar_feed import to_ics
from support.clock_files import Row, moment, stand

NOW = "2026-06-01T12:00Z"
AWARE = {"id": "e1", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
RULE = {"anchor": "awareness", "amount": {"elapsed": "PT24H"}, "end": "filed", "title": "First notice; to all, at once"}


def feed(rule: Row, *events: Row) -> list[str]:
    text = to_ics([stand(events, rule, NOW)], incident="IR-2026-0001", now=moment(NOW))
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_an_open_deadline_is_an_event_with_an_absolute_time() -> None:
    lines = feed(RULE, AWARE)

    assert "DTSTART:20260602T080000Z" in lines
    assert "UID:clock.IR-2026-0001@leakguard" in lines
    assert "SEQUENCE:1" in lines
    assert "SUMMARY:IR-2026-0001: First notice\\; to all\\, at once is due" in lines


def test_a_clock_without_a_title_is_called_by_its_id() -> None:
    assert "SUMMARY:IR-2026-0001: clock is due" in feed({**RULE, "title": ""}, AWARE)


def test_the_end_of_a_day_is_rounded_down() -> None:
    assert "DTSTART:20260602T235959Z" in feed({**RULE, "end_at": "end_of_day"}, AWARE)


def test_what_is_over_or_has_no_limit_is_no_event() -> None:
    filed = {"kind": "filed", "occurred_at": "2026-06-01T10:00Z"}

    for lines in (feed(RULE), feed(RULE, AWARE, filed), feed({**RULE, "amount": {"none": True}}, AWARE)):
        assert "BEGIN:VEVENT" not in lines


def test_no_letter_is_cut_in_two_and_no_control_character_gets_through() -> None:
    lines = feed({**RULE, "title": "向主管部门报告" * 9, "text": "a\x07b\\c"}, AWARE)

    assert any("向主管部门报告" * 9 in line for line in lines)
    assert any("ab\\\\c" in line for line in lines)
