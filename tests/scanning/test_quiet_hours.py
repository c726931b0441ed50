"""Quiet hours: on the wall clock of their zone, over midnight, over clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.times import zone_of
from leakguard.errors import ExitCode, InQuietHours
from leakguard.frozen import replace
from leakguard.models.scope import WEEKDAYS, QuietHours, Scope
from leakguard.scanning.quiet_hours import QuietWatch, is_in_force, is_quiet, next_quiet, refuse_in_quiet_hours
from support.scans import scope_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ZONES = st.sampled_from(
    ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001  (hypothesis wants bounds without a zone)


@st.composite
def hours(draw: st.DrawFn) -> QuietHours:
    start = draw(TIMES)
    end = draw(TIMES.filter(lambda clock: clock != start))
    days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True))
    return QuietHours(zone=draw(ZONES), start=start, end=end, days=tuple(days))


def quiet_scope(*items: QuietHours) -> Scope:
    return replace(scope_of("127.0.0.0/24"), quiet_hours=items)


def next_change(scope: Scope, now: datetime) -> datetime | None:
    found = next_quiet(scope, now)
    return None if found is None else found.since if now < found.since else found.until


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


OFFICE = QuietHours(zone="Asia/Shanghai", start=time(8), end=time(18), days=("mon", "tue", "wed", "thu", "fri"))
NIGHT = QuietHours(zone="Europe/Berlin", start=time(22), end=time(6))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24T07:59:59+08:00", None),
        ("2026-11-24T08:00:00+08:00", "2026-11-24T18:00:00+08:00"),
        ("2026-11-24T17:59:59+08:00", "2026-11-24T18:00:00+08:00"),
        ("2026-11-24T18:00:00+08:00", None),
        ("2026-11-28T12:00:00+08:00", None),
    ],
)
def test_the_first_moment_is_quiet_and_the_last_is_not(now: str, until: str | None) -> None:
    found = is_quiet(quiet_scope(OFFICE), at(now))

    assert (found.until if found else None) == (at(until) if until else None)


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    scope = quiet_scope(replace(NIGHT, days=("fri",)))

    assert is_quiet(scope, at("2026-11-28T05:59:00+01:00")), "the morning after Friday"
    assert not is_quiet(scope, at("2026-11-28T22:30:00+01:00"))
    assert not is_quiet(scope, at("2026-11-27T05:00:00+01:00"))


def test_the_next_change_is_the_beginning_and_then_the_end() -> None:
    scope = quiet_scope(OFFICE)

    assert next_change(scope, at("2026-11-27T18:00:00+08:00")) == at("2026-11-30T08:00:00+08:00"), "over the weekend"
    assert next_change(scope, at("2026-11-30T08:00:00+08:00")) == at("2026-11-30T18:00:00+08:00")
    assert next_change(quiet_scope(), at("2026-11-30T08:00:00+08:00")) is None


def test_hours_that_touch_are_one_quiet_time() -> None:
    """Whoever waits for the end of the first is not to be sent away again by the second."""
    later = QuietHours(zone="Asia/Shanghai", start=time(18), end=time(20))
    inside = QuietHours(zone="UTC", start=time(1), end=time(2))
    found = is_quiet(quiet_scope(later, OFFICE, inside), at("2026-11-24T09:00:00+08:00"))

    assert found is not None
    assert (found.since, found.until) == (at("2026-11-24T08:00:00+08:00"), at("2026-11-24T20:00:00+08:00"))


def test_a_weekend_is_one_quiet_time() -> None:
    weekend = QuietHours(zone="Europe/Berlin", start=time(0), end=time(0), days=("sat", "sun"))
    found = is_quiet(quiet_scope(weekend), at("2026-11-28T12:00:00+01:00"))

    assert found is not None
    assert (found.since, found.until) == (at("2026-11-28T00:00:00+01:00"), at("2026-11-30T00:00:00+01:00"))
    assert found.until_words == "2026-11-30T00:00:00+01:00 (2026-11-29T23:00:00Z)"


@pytest.mark.parametrize("zone", ["UTC", "Europe/London"])
def test_an_end_that_reads_the_same_in_utc_is_told_once(zone: str) -> None:
    found = is_quiet(quiet_scope(QuietHours(zone=zone, start=time(22), end=time(0))), at("2026-11-27T23:00:00Z"))

    assert found is not None
    assert found.until_words == "2026-11-28T00:00:00Z"


@pytest.mark.parametrize(
    ("start", "end", "since", "until"),
    [
        # Berlin, 29 March 2026: 02:00 is followed by 03:00.
        (time(1), time(2, 30), "2026-03-29T01:00:00+01:00", "2026-03-29T03:30:00+02:00"),
        (time(2, 30), time(5), "2026-03-29T01:30:00+01:00", "2026-03-29T05:00:00+02:00"),
        # Berlin, 25 October 2026: 02:00 to 03:00 comes twice.
        (time(1), time(2, 30), "2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+01:00"),
        (time(2, 30), time(5), "2026-10-25T02:30:00+02:00", "2026-10-25T05:00:00+01:00"),
    ],
)
def test_where_the_clocks_change_the_reading_that_keeps_quiet_longer_holds(
    start: time, end: time, since: str, until: str
) -> None:
    scope = quiet_scope(QuietHours(zone="Europe/Berlin", start=start, end=end))
    found = next_quiet(scope, at(since) - MINUTE)

    assert found is not None
    assert (found.since, found.until) == (at(since), at(until))


def test_a_night_over_the_change_of_the_clocks_is_an_hour_longer_or_shorter() -> None:
    scope = quiet_scope(NIGHT)
    spring, autumn = (next_quiet(scope, at(day)) for day in ("2026-03-28T20:00:00+01:00", "2026-10-24T20:00:00+02:00"))

    assert spring is not None
    assert autumn is not None
    assert spring.until is not None
    assert autumn.until is not None
    assert spring.until - spring.since == 7 * HOUR
    assert autumn.until - autumn.since == 9 * HOUR


def test_hours_that_leave_no_time_never_end() -> None:
    always = QuietHours(zone="UTC", start=time(0), end=time(0))
    found = is_quiet(quiet_scope(always), at("2026-11-24T12:00:00Z"))

    assert found is not None
    assert (found.until, found.until_words) == (None, "never")
    with pytest.raises(InQuietHours, match="leave no time to probe") as caught:
        refuse_in_quiet_hours(quiet_scope(always), at("2026-11-24T12:00:00Z"))
    assert caught.value.next_step == "Mend `quiet_hours`."
    assert not caught.value.is_waited_for


def test_a_scan_in_quiet_hours_is_refused_and_told_when_it_may_start() -> None:
    with pytest.raises(InQuietHours, match=r"before 2026-11-24T18:00:00\+08:00 \(2026-11-24T10:00:00Z\)") as caught:
        refuse_in_quiet_hours(quiet_scope(OFFICE), at("2026-11-24T09:00:00+08:00"))

    assert caught.value.exit_code is ExitCode.UNFINISHED
    assert caught.value.is_waited_for
    assert caught.value.next_step == "Wait until then."
    refuse_in_quiet_hours(quiet_scope(OFFICE), at("2026-11-24T19:00:00+08:00"))


def test_a_watch_says_so_from_the_first_moment_on_and_also_after_a_long_sleep() -> None:
    watch, begin = QuietWatch(quiet_scope(OFFICE)), at("2026-11-24T08:00:00+08:00")

    assert watch(begin - MINUTE) is None
    assert watch(begin) is not None
    assert watch(begin + 10 * HOUR) is None, "the first moment after it"
    assert watch(begin + 11 * HOUR) is None, "the machine slept over it"
    assert watch(begin + 24 * HOUR) is not None
    assert QuietWatch(quiet_scope())(begin) is None


@pytest.mark.parametrize(
    ("now", "is_permitted"),
    [
        ("2026-10-31T23:59:59Z", False),
        ("2026-11-01T07:59:59+08:00", False),
        ("2026-11-01T00:00:00Z", True),
        ("2027-02-01T23:59:59Z", True),
        ("2027-02-02T00:30:00+01:00", True),
        ("2027-02-02T00:00:00Z", False),
    ],
)
def test_a_scope_is_in_force_from_its_first_day_to_its_last_in_utc(now: str, *, is_permitted: bool) -> None:
    assert is_in_force(scope_of("127.0.0.0/24"), datetime.fromisoformat(now)) is is_permitted


@given(st.lists(hours(), max_size=3), MOMENTS)
def test_quiet_is_what_the_wall_clock_says_but_for_the_change_of_the_clocks(
    items: list[QuietHours], now: datetime
) -> None:
    """Checked minute by minute against the plain reading of the clock on the wall, where no clock changes nearby."""
    if any(len({(now + shift).astimezone(zone_of(one.zone)).utcoffset() for shift in _AROUND}) > 1 for one in items):
        return

    assert bool(is_quiet(quiet_scope(*items), now)) == any(_by_the_wall(item, now) for item in items)


_AROUND = [timedelta(hours=number) for number in range(-50, 51, 10)]


def _by_the_wall(item: QuietHours, now: datetime) -> bool:
    local = now.astimezone(zone_of(item.zone))
    today, before = WEEKDAYS[local.weekday()], WEEKDAYS[local.weekday() - 1]
    clock = local.time()
    if item.start < item.end:
        return today in item.days and item.start <= clock < item.end
    return (today in item.days and clock >= item.start) or (before in item.days and clock < item.end)


@given(st.lists(hours(), min_size=1, max_size=3), MOMENTS)
def test_nothing_changes_before_the_next_change(items: list[QuietHours], now: datetime) -> None:
    scope = quiet_scope(*items)
    change, quiet = next_change(scope, now), bool(is_quiet(scope, now))
    if change is None:
        assert quiet
        return

    assert change > now
    assert bool(is_quiet(scope, change)) is not quiet
    assert bool(is_quiet(scope, change - timedelta(microseconds=1))) is quiet
    assert bool(is_quiet(scope, now + (change - now) / 2)) is quiet
    assert bool(QuietWatch(scope)(now)) is quiet
