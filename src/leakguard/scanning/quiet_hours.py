"""Quiet hours: when nothing is probed, and when the next probe may be.

Hours are read on the wall clock of their zone. Where clocks are put forward or back over an edge, so that its time of
day does not exist or exists twice, the reading that keeps quiet longer holds: by an hour at most, twice a year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from leakguard.errors import InQuietHours
from leakguard.frozen import Frozen
from leakguard.models.scope import WEEKDAYS, QuietHours, Scope

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_LOOK_AHEAD_DAYS = 16
"""Hours come again every week: quiet that lasts longer than two weeks never ends."""
_NEVER_ENDS = timedelta(days=14)


class QuietTime(Frozen):
    """One stretch in which nothing is probed, hours that overlap or touch taken together."""

    since: datetime
    """In UTC, as all moments here; the first moment of quiet."""
    until: datetime | None
    """The first moment after it; `None` where the hours leave no time to probe."""
    zone: str
    """The zone of the hours with which it begins, for a person who reads the times."""

    @property
    def until_words(self) -> str:
        """`2026-11-24T18:00:00+08:00 (2026-11-24T10:00:00Z)`: on the wall clock of the zone, and in UTC.

        Once where the two are the same.
        """
        if self.until is None:
            return "never"
        from leakguard.clocks.times import local_text, rfc3339, zone_of  # noqa: PLC0415  (few scopes have quiet hours)

        zone, utc = zone_of(self.zone), rfc3339(self.until)
        return f"{local_text(self.until, zone)} ({utc})" if self.until.astimezone(zone).utcoffset() else utc


def is_in_force(scope: Scope, now: datetime) -> bool:
    """Whether `now` lies in the days for which the owner permitted the scan; days are those of UTC."""
    return scope.valid_from <= now.astimezone(UTC).date() <= scope.valid_until


def is_quiet(scope: Scope, now: datetime) -> QuietTime | None:
    """The quiet time that holds `now`; nothing when probing is allowed."""
    found = next_quiet(scope, now)
    return found if found is not None and found.since <= now else None


def next_quiet(scope: Scope, now: datetime) -> QuietTime | None:
    """The quiet time that holds `now`, or else the next one; nothing where the scope has no quiet hours."""
    return next(quiet_times(scope, now), None)


def quiet_times(scope: Scope, now: datetime) -> Iterator[QuietTime]:
    """The quiet times that are not over at `now`, in order, of the next two weeks."""
    stretches = sorted(_stretches(scope.quiet_hours, now))
    while stretches:
        since, until, zone = stretches.pop(0)
        while stretches and stretches[0][0] <= until:
            until = max(until, stretches.pop(0)[1])
        if until > now:
            yield QuietTime(since=since, until=until if until - now < _NEVER_ENDS else None, zone=zone)


def _stretches(hours: Sequence[QuietHours], now: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    if not hours:
        return
    from leakguard.clocks.times import zone_of  # noqa: PLC0415  (as above)

    for item in hours:
        zone = zone_of(item.zone)
        today = now.astimezone(zone).date()
        for number in range(-2, _LOOK_AHEAD_DAYS):
            day = today + number * DAY
            if WEEKDAYS[day.weekday()] in item.days:
                last = day + DAY if item.end <= item.start else day
                yield min(_readings(day, item.start, zone)), max(_readings(last, item.end, zone)), item.zone


def _readings(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings of a local time; one and the same unless the clocks are put forward or back over it."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def refuse_in_quiet_hours(scope: Scope, now: datetime) -> None:
    """Raise `InQuietHours` when nothing may be probed now; called before the first packet."""
    quiet = is_quiet(scope, now)
    if quiet is None:
        return
    if quiet.until is None:
        raise InQuietHours(
            f"the quiet hours of the scope `{scope.name}` leave no time to probe", next_step="Mend `quiet_hours`."
        )
    raise InQuietHours(
        f"quiet hours of the scope `{scope.name}`: nothing is probed before {quiet.until_words}",
        next_step="Wait until then.",
        is_waited_for=True,
    )


class QuietWatch:
    """Asked before every endpoint: works the next quiet time out once, and only compares after that."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._next: QuietTime | None = None
        self._has_looked = False

    def __call__(self, now: datetime) -> QuietTime | None:
        """The quiet time that holds `now`, or nothing."""
        if not self._has_looked or self._is_over(now):
            self._next, self._has_looked = next_quiet(self._scope, now), True
        return self._next if self._next is not None and self._next.since <= now else None

    def _is_over(self, now: datetime) -> bool:
        """A machine that slept may wake behind a quiet time that it never saw begin."""
        return self._next is not None and self._next.until is not None and self._next.until <= now
