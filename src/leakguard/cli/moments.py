"""Moments and lengths of time as they are typed: the one place where the command line reads them.

The clocks are loaded when the first one is read, so that `--help` stays fast.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from leakguard.models.events import Interval

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAY = len("2026-11-29")


def moment_in(text: str, *, zone: str) -> datetime:
    """A moment; a time without an offset is read in `zone`. Raises `UsageProblem`."""
    from leakguard.clocks.times import parse_instant  # noqa: PLC0415  (as the module says)

    return parse_instant(text, zone=zone)


def day_or_moment(text: str, *, zone: str) -> datetime:
    """As `moment_in`; a whole day means its first moment."""
    return moment_in(f"{text}T00:00" if len(text) == _DAY else text, zone=zone)


def interval_in(text: str, *, zone: str) -> Interval:
    """A moment, or a whole day; raises `UsageProblem`."""
    from leakguard.clocks.times import parse_interval  # noqa: PLC0415  (as the module says)

    return parse_interval(text, zone=zone)


def either_in(text: str, *, zone: str) -> Interval:
    """As `interval_in`, or EARLIEST..LATEST."""
    from leakguard.clocks.times import parse_interval  # noqa: PLC0415  (as the module says)

    first, dots, last = text.partition("..")
    return parse_interval({"earliest": first, "latest": last}, zone=zone) if dots else interval_in(text, zone=zone)


def span_in(start: str | None, end: str | None, *, zone: str) -> Interval:
    """From the beginning of `start` to the end of `end`; without one of them, without that bound."""
    first = interval_in(start, zone=zone).earliest if start else datetime.min.replace(tzinfo=UTC)
    last = interval_in(end, zone=zone).latest if end else datetime.max.replace(tzinfo=UTC)
    return Interval(earliest=first, latest=last)


def length_in(text: str) -> timedelta:
    """`PT30M`, `PT2H`; raises `UsageProblem`."""
    from leakguard.clocks.durations import parse_exact  # noqa: PLC0415  (as the module says)

    return parse_exact(text)


def zone_in(name: str) -> ZoneInfo:
    """A zone by its name; raises `UsageProblem` with the nearest one."""
    from leakguard.clocks.times import zone_of  # noqa: PLC0415  (as the module says)

    return zone_of(name)
