"""Times as people write them: zones, whole days, folds and gaps; UTC inside.

A local time that does not exist or exists twice is refused, since only the writer knows which one was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.models.events import Interval

MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years that events may lie in; with amounts of at most a century all sums stay within what `datetime` holds."""
_LENGTH_CAP = 120
_MACHINE_ZONES = {"localtime", "posixrules", "Factory"}
"""Names whose meaning differs from machine to machine."""
_STAMP = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s?(?P<offset>Z|z|[+-]\d{2}:?\d{2})?)?"
    r"(?:(?:\s?(?P<bracket>\[)|\s)(?P<zone>[A-Za-z][A-Za-z0-9_+/-]+)(?(bracket)\]))?",
    re.ASCII,
)
_STATED_DAY = re.compile(r"(?P<year>\d{4})-\d{2}-\d{2}", re.ASCII)
_EXACT = "Write it as 2026-06-10T22:30, 2026-06-10T22:30+08:00 or 2026-06-10T14:30Z."
_HINT = "Write it as 2026-06-10, 2026-06-10T22:30, 2026-06-10T22:30+08:00 or 2026-06-10T14:30Z."


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this IANA name; raises `UsageProblem` that names the nearest one."""
    try:
        if name in _MACHINE_ZONES:
            raise KeyError(name)  # noqa: TRY301  (the same refusal as for an unknown name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        near = nearest_name(name[:60], sorted(available_timezones()))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(
            f"unknown time zone `{name[:60]}`{hint}", next_step="Use a name such as Europe/Berlin."
        ) from error


def is_within_years(day: date) -> bool:
    """Whether `day` lies in the years that events may lie in."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def parse_interval(value: object, *, zone: str | None = None) -> Interval:
    """Read a time that a person wrote: an instant, a whole day, or `{earliest, latest}`.

    `zone` is the zone of local times that carry none. A date alone is the whole local day.
    Raises `UsageProblem` for what cannot be read, a local time with no zone, one that does not exist or exists twice.
    """
    if isinstance(value, Mapping):
        return _parse_pair(value, zone)
    if not isinstance(value, str) or len(value) > _LENGTH_CAP:
        raise UsageProblem("not a time", next_step=_HINT)
    text = value.strip()
    found = _STAMP.fullmatch(text)
    if found is None:
        raise UsageProblem("this is no time that can be read", next_step=_HINT)
    name = found["zone"] or zone
    day = _day(found["day"])
    if found["time"] is None:
        info = _required_zone(name)
        return Interval(earliest=start_of_day(day, info), latest=end_of_day(day, info), stated=text, zone=info.key)
    at = _instant(day, found["time"], found["offset"], name, named=found["zone"] is not None)
    return Interval(earliest=at, latest=at, stated=text, zone=name or "UTC")


def parse_instant(value: object, *, zone: str | None = None) -> datetime:
    """Read one exact moment; raises `UsageProblem` also for a whole day and for an interval."""
    try:
        found = parse_interval(value, zone=zone)
    except UsageProblem as error:
        if error.next_step == _HINT:  # it shows a whole day too, which is refused here
            raise UsageProblem(error.message, next_step=_EXACT) from error
        raise
    if not found.is_exact:
        raise UsageProblem("one exact time is needed here, not a whole day or an interval", next_step=_EXACT)
    return found.earliest


def year_of(when: Interval) -> int:
    """The smaller of the written year and the local year of `when.earliest`; the local year if none is written.

    The smaller year gives the earlier deadline.
    """
    written = _STATED_DAY.match(when.stated)
    local = when.earliest.astimezone(zone_of(when.zone or "UTC")).year
    return local if written is None else min(local, int(written["year"]))


_PAIR_FIELDS = ("earliest", "latest", "zone", "precision", "source")
"""Fields of an interval. `precision` and `source` are notes of whoever writes the file; nothing here reads them."""


def _parse_pair(value: Mapping[Any, Any], zone: str | None) -> Interval:
    unknown = [str(key)[:40] for key in value if key not in _PAIR_FIELDS]
    if unknown:
        near = nearest_name(unknown[0], list(_PAIR_FIELDS))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(f"unknown field `{unknown[0]}`{hint}", next_step="Write {earliest: ..., latest: ...}.")
    if value.get("earliest") is None or value.get("latest") is None:
        raise UsageProblem("an interval needs both `earliest` and `latest`", next_step=_HINT)
    zone_name = value.get("zone") or zone
    if zone_name is not None and not isinstance(zone_name, str):
        raise UsageProblem("`zone` must be a name such as Europe/Berlin", next_step=_HINT)
    first = parse_interval(value["earliest"], zone=zone_name)
    last = parse_interval(value["latest"], zone=zone_name)
    if first.earliest > last.latest:
        raise UsageProblem("`earliest` lies after `latest`", next_step="Exchange the two.")
    stated = f"{first.stated} to {last.stated}"
    return Interval(earliest=first.earliest, latest=last.latest, stated=stated, zone=first.zone)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem("there is no such day", next_step=_HINT) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageProblem(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}", next_step=_HINT)
    return day


def _instant(day: date, time_of_day: str, offset: str | None, zone: str | None, *, named: bool) -> datetime:
    try:
        local = datetime.combine(day, time.fromisoformat(time_of_day))
    except ValueError as error:
        raise UsageProblem("there is no such time of day", next_step=_HINT) from error
    if offset is None:
        return resolve_stated(local, _required_zone(zone))
    at = _with_offset(local, offset)
    if named and at.astimezone(_required_zone(zone)).replace(tzinfo=None) != local:
        raise UsageProblem(f"the offset {offset} is not the one of {zone} then", next_step="Leave one of them out.")
    return at


def _with_offset(local: datetime, offset: str) -> datetime:
    if offset in {"Z", "z"}:
        return local.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:  # noqa: PLR2004  (+14:00 is the largest offset in use, at Kiritimati)
        raise UsageProblem("there is no such offset from UTC", next_step=_HINT)
    away = timedelta(hours=hours, minutes=minutes)
    return (local - away if offset[0] == "+" else local + away).replace(tzinfo=UTC)


def _required_zone(zone: str | None) -> ZoneInfo:
    if zone is None:
        raise UsageProblem(
            "a local time with no zone", next_step="Add an offset such as +08:00, or name a `zone` for the file."
        )
    return zone_of(zone)


def resolve_stated(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a *stated* local time in UTC; raises `UsageProblem` if that does not exist or exists twice."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    one, two = (_offset_text(moment) for moment in (first, second))
    what = f"{local.isoformat(sep=' ')} in {zone.key}"
    if first.astimezone(UTC) < second.astimezone(UTC):
        raise UsageProblem(f"{what} exists twice", next_step=f"Add the offset that was meant: {one} or {two}.")
    raise UsageProblem(
        f"{what} does not exist: local time was put forward over it",
        next_step=f"Add the offset of the wall clock that showed it: {one} or {two}.",
    )


def _offset_text(moment: datetime) -> str:
    return moment.isoformat()[-6:]


def resolve_computed(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a *computed* local time in UTC, also if that does not exist or exists twice.

    If it exists twice, it is the first of the two. A time in a gap is read with the offset before it (RFC 5545): a
    period of one day that ends in a gap is 24 hours long.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the local day, in UTC."""
    return resolve_computed(datetime.combine(day, time.min), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of the local day, in UTC."""
    return start_of_day(day + timedelta(days=1), zone) - MICROSECOND


def rfc3339(moment: datetime) -> str:
    """`2026-06-10T14:30:00Z`; microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-06-10T22:30:00+08:00`: the same instant on the wall clock of `zone`."""
    return moment.astimezone(zone).isoformat()


def local_words(moment: datetime, zone: str) -> str:
    """`2026-05-25 09:00 +08:00 (Asia/Shanghai)`, with seconds where there are some."""
    local = moment.astimezone(zone_of(zone)).replace(microsecond=0)
    size = "seconds" if local.second else "minutes"
    text = local.isoformat(" ", timespec=size)
    return f"{text[:-6]} {text[-6:]} ({zone})"
