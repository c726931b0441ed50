"""Rosters out of calendars: what recurs, what was moved, what is about something else, and what is hostile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  (seeded: the same mutants in every run)
from zoneinfo import ZoneInfo

import pytest

from leakguard.accounts.recurrence import Rule, turns
from leakguard.accounts.roster_calendar import MOST_CHARACTERS, MOST_EVENTS, Window, calendar_shifts
from leakguard.accounts.rosters import RosterSource, Shift
from leakguard.errors import BadFile

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = Window(start=datetime(2026, 10, 20, tzinfo=UTC), end=datetime(2026, 11, 10, tzinfo=UTC), zone=BERLIN)
NIGHT = "DTSTART;TZID=Europe/Berlin:{day}T200000\nDTEND;TZID=Europe/Berlin:{day}T220000"


def calendar(*events: str, before: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\nUID:{number}\n{one}\nEND:VEVENT\n" for number, one in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{before}{body}END:VCALENDAR\n"


def read(*events: str) -> tuple[Shift, ...]:
    return calendar_shifts(calendar(*events), WINDOW)


def begins(rule: str, start: str = "20261021T200000", more: str = "") -> list[str]:
    """Day and hour, on the wall clock of Berlin, of each begin of a shift of an hour."""
    event = f"SUMMARY:commander: Ada\nDTSTART;TZID=Europe/Berlin:{start}\nDURATION:PT1H\nRRULE:{rule}\n{more}".strip()
    return [one.start.astimezone(BERLIN).strftime("%m-%d %H") for one in read(event)]


def test_a_shift_says_role_and_people_in_its_summary() -> None:
    (one,) = read(f"SUMMARY:commander:  Ada  Lovelace, bob@example.edu;Cleo\n{NIGHT.format(day=20261021)}")

    assert one == Shift(
        role="commander", people=("Ada Lovelace", "bob@example.edu", "Cleo"), source=RosterSource.CALENDAR,
        start=datetime(2026, 10, 21, 18, tzinfo=UTC), end=datetime(2026, 10, 21, 20, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "role", "people"),
    [
        ("SUMMARY:on call\nCATEGORIES:two words,deputy\nATTENDEE;CN=A:mailto:a@x.edu\nATTENDEE:MAILTO:b@x.edu",
         "deputy", ("a@x.edu", "b@x.edu")),
        ("SUMMARY:commander\nATTENDEE;PARTSTAT=DECLINED:mailto:a@x.edu\nATTENDEE:mailto:b@x.edu",
         "commander", ("b@x.edu",)),
        ("SUMMARY:deputy: Ada\nCATEGORIES:deputy", "deputy", ("Ada",)),
        ("SUMMARY:Ada\nCATEGORIES:deputy", "deputy", ("Ada",)),
        ("SUMMARY:a: b\nCATEGORIES:deputy\nCATEGORIES:x", "deputy", ("a: b",)),
    ],
)  # fmt: skip
def test_a_shift_may_say_it_otherwise(event: str, role: str, people: tuple[str, ...]) -> None:
    (one,) = read(f"{event}\n{NIGHT.format(day=20261021)}")

    assert (one.role, one.people) == (role, people)


@pytest.mark.parametrize("summary", ["Team lunch: everybody", "commander", "commander:", "", "x" * 61 + ": Ada"])
def test_what_names_no_role_or_nobody_is_no_shift(summary: str) -> None:
    assert read(f"SUMMARY:{summary}\n{NIGHT.format(day=20261021)}") == ()


def test_a_cancelled_shift_and_one_outside_the_window_are_none() -> None:
    cancelled = f"SUMMARY:commander: Ada\nSTATUS:CANCELLED\n{NIGHT.format(day=20261021)}"

    assert read(cancelled, f"SUMMARY:commander: Ada\n{NIGHT.format(day=20270101)}") == ()


def test_a_shift_of_a_day_is_a_day_in_the_zone_of_the_settings_also_when_clocks_change() -> None:
    (one,) = read("SUMMARY:commander: Ada\nDTSTART;VALUE=DATE:20261025")
    (two,) = read("SUMMARY:commander: Ada\nDTSTART;VALUE=DATE:20261025\nDTEND;VALUE=DATE:20261027")

    assert (one.start, one.end) == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert two.end == datetime(2026, 10, 26, 23, tzinfo=UTC)


def test_a_shift_without_a_length_is_none() -> None:
    assert read("SUMMARY:commander: Ada\nDTSTART:20261021T200000Z") == ()
    assert read("SUMMARY:commander: Ada\nDTSTART:20261021T200000Z\nDTEND:20261021T190000Z") == ()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", ["10-21 20", "10-23 20", "10-25 20"]),
        ("FREQ=DAILY;UNTIL=20261022T180000Z", ["10-21 20", "10-22 20"]),
        ("FREQ=DAILY;UNTIL=20261022", ["10-21 20", "10-22 20"]),
        ("FREQ=DAILY;UNTIL=20261022T195959", ["10-21 20"]),
        ("FREQ=DAILY;BYDAY=SA,SU;COUNT=2", ["10-24 20", "10-25 20"]),
        ("FREQ=WEEKLY", ["10-21 20", "10-28 20", "11-04 20"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", ["10-21 20", "11-02 20", "11-04 20"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", ["11-01 20"]),
        ("FREQ=MONTHLY", ["10-21 20"]),
        ("FREQ=MONTHLY;BYDAY=1SU,-1SA", ["10-31 20", "11-01 20"]),
        ("FREQ=MONTHLY;BYDAY=TH", ["10-22 20", "10-29 20", "11-05 20"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,5,31", ["10-31 20", "11-05 20"]),
        ("FREQ=YEARLY", ["10-21 20"]),
    ],
)
def test_shifts_recur(rule: str, expected: list[str]) -> None:
    assert begins(rule) == expected


def test_a_shift_that_began_years_ago_goes_on_at_the_same_hour_of_the_wall_clock() -> None:
    assert begins("FREQ=WEEKLY", "20180104T200000") == ["10-22 20", "10-29 20", "11-05 20"]
    assert begins("FREQ=YEARLY", "20200229T200000") == []
    assert begins("FREQ=DAILY", "99981231T200000") == []


def test_no_shift_begins_behind_the_last_year_that_there_is() -> None:
    start = datetime(9998, 5, 1, tzinfo=UTC)
    rule = Rule(frequency="YEARLY")

    assert list(turns(rule, start, lambda _: True)) == [start, start.replace(year=9999)]


def test_single_shifts_are_left_out_and_moved() -> None:
    series = (
        "SUMMARY:commander: Ada\nDTSTART;TZID=Europe/Berlin:20261021T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    )
    left_out = "EXDATE;TZID=Europe/Berlin:20261022T200000\nEXDATE:20261023T180000Z"
    moved = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261024T200000\nSUMMARY:commander: Bob\nDTSTART:20261024T190000Z\n"
        "DURATION:PT1H\nRRULE:FREQ=DAILY"
    )
    text = calendar(f"{series}\n{left_out}", moved).replace("UID:1", "UID:0")

    found = [(one.people[0], one.start.strftime("%d %H")) for one in calendar_shifts(text, WINDOW)]

    assert found == [("Ada", "21 18"), ("Bob", "24 19")]


def test_lines_are_unfolded_and_zones_are_taken_by_their_names() -> None:
    hostile = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    text = calendar(f"SUMMARY:comm\n ander: Ada\n\t Lovelace\n{NIGHT.format(day=20261021)}", before=hostile)

    (one,) = calendar_shifts("\ufeff" + text.replace("\n", "\r\n"), WINDOW)

    assert (one.role, one.people) == ("commander", ("Ada Lovelace",))
    assert one.start == datetime(2026, 10, 21, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    ["DTSTART;TZID={zone}:20261021T080000\nDTEND;TZID={zone}:20261021T200000",
     "DTSTART:20261021T080000Z\nDTEND;TZID={zone}:20261021T200000",
     "DTSTART:20261021T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEXDATE;TZID={zone}:20261022T080000",
     "RECURRENCE-ID;TZID={zone}:20261021T080000\nDTSTART:20261021T080000Z\nDURATION:PT1H"],
)  # fmt: skip
def test_a_shift_in_a_zone_that_nobody_knows_by_its_name_is_refused_and_not_read_in_another(event: str) -> None:
    with pytest.raises(BadFile, match="`Customized Time Zone`, which is not known"):
        read(f"SUMMARY:commander: Ada\n{event.format(zone='Customized Time Zone')}")


def test_a_meeting_in_a_zone_that_nobody_knows_refuses_no_roster() -> None:
    meeting = "SUMMARY:Lunch with friends\nDTSTART;TZID=Customized Time Zone:20261021T080000\nDURATION:PT1H"

    (one,) = read(meeting, f"SUMMARY:commander: Ada\n{NIGHT.format(day=20261021)}")

    assert one.people == ("Ada",)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;COUNT=100001",
     "FREQ=DAILY;BYDAY=1MO", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYDAY=MO",
     "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "FREQ=DAILY;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=5MO", "FREQ=DAILY;BYHOUR=3",
     "FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 63)],
)  # fmt: skip
def test_a_rule_that_no_roster_needs_is_refused(rule: str) -> None:
    with pytest.raises(BadFile, match="recurs by a rule that is not understood"):
        begins(rule)


@pytest.mark.parametrize("more", ["RDATE:20261023T180000Z,20261025T180000Z", "EXRULE:FREQ=WEEKLY"])
def test_shifts_that_would_be_missed_are_refused_and_not_left_out(more: str) -> None:
    with pytest.raises(BadFile, match=more[:5]):
        begins("FREQ=DAILY", more=f"\n{more}")


def test_a_change_of_all_later_shifts_is_refused_and_not_taken_for_one_shift() -> None:
    series = "SUMMARY:commander: Ada\nDTSTART:20261021T180000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    later = (
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261023T180000Z\nSUMMARY:commander: Bob\nDTSTART:20261023T180000Z\n"
        "DURATION:PT1H"
    )
    with pytest.raises(BadFile, match="all later shifts"):
        calendar_shifts(calendar(series, later).replace("UID:1", "UID:0"), WINDOW)


def test_several_rules_for_one_shift_are_refused() -> None:
    with pytest.raises(BadFile, match="several rules"):
        begins("FREQ=DAILY\nRRULE:FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * (MOST_CHARACTERS + 1), "longer than"),
        (
            "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1) + "END:VCALENDAR\n",
            "more than 2,000 events",
        ),
        (
            calendar(*["SUMMARY:c: A\nDTSTART:17000101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 2),
            "longer than anybody",
        ),
        (
            calendar(*["SUMMARY:c: A\nDTSTART:20261021T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 300),
            "more than 5,000 shifts",
        ),
        ("", "no VCALENDAR"),
        ("BEGIN:VTIMEZONE\n" * 60_000, "no VCALENDAR"),
        ("BEGIN:VEVENT\nEND:VEVENT\n", "no VCALENDAR"),
        ("BEGIN:VCALENDAR\n", "no VCALENDAR"),
        ("<html>", "not an iCalendar"),
        (calendar("SUMMARY:c: A"), "not an iCalendar"),
        (calendar("SUMMARY:c: A\nDTSTART:tomorrow"), "not an iCalendar"),
    ],
)
def test_what_is_no_calendar_or_too_much_of_one_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadFile, match=why) as refused:
        calendar_shifts(text, WINDOW, name="roster.ics")

    assert refused.value.message.startswith("roster.ics")


def test_no_mutant_of_a_calendar_ends_in_anything_but_shifts_or_a_refusal() -> None:
    """Bytes are changed, lines doubled, dropped and swapped."""
    dice = Random(26)  # noqa: S311  (no secret)
    seed = calendar(
        f"SUMMARY:commander: Ada\n{NIGHT.format(day=20261021)}\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270101T000000Z",
        f"SUMMARY:x\nCATEGORIES:deputy\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.edu\n{NIGHT.format(day=20261022)}\n"
        "EXDATE:20261029T190000Z\nRRULE:FREQ=MONTHLY;BYDAY=1TH",
    )
    words = ("BEGIN:", "END:", "RRULE:", "FREQ=", "99999999T999999Z", ";", ":", "=", "\n", "\0", "-1", "\u202e", ",")
    ended = {"shifts": 0, "refused": 0}
    for _ in range(1_500):
        lines = seed.splitlines(keepends=True)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(lines))
            line = lines[place]
            cut = dice.randint(0, len(line))
            lines[place] = dice.choice(
                [line * 2, "", line[:cut] + dice.choice(words) + line[cut:], line[:cut], dice.choice(lines)]
            )
        try:
            calendar_shifts("".join(lines), WINDOW)
            ended["shifts"] += 1
        except BadFile:
            ended["refused"] += 1

    assert min(ended.values()) > 100


def test_a_window_of_six_weeks_of_a_big_calendar_is_read_in_bounded_steps() -> None:
    many = calendar(*[f"SUMMARY:r{one}: A\nDTSTART:20261101T000000Z\nDURATION:PT1H" for one in range(MOST_EVENTS - 1)])

    assert len(calendar_shifts(many, WINDOW)) == MOST_EVENTS - 1
    assert WINDOW.end - WINDOW.start == timedelta(days=21)
