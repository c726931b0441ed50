"""How long it takes to evaluate the clocks of a busy house, told in seconds and beside a yardstick.

Nothing here fails because a machine is slow: a table is printed for a person to read.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone, parse_event_file
from leakguard.clocks.rules import ClockRule
from leakguard.models.events import Event, Interval

INCIDENTS = 1_000
BUDGET = 1.0
"""Seconds, on two cores."""
NOW = datetime(2026, 6, 2, tzinfo=UTC)
_BASE: dict[str, Any] = {"anchor": "first(awareness)", "zone": "Asia/Shanghai"}
CLOCKS: tuple[dict[str, Any], ...] = (
    {"amount": {"elapsed": "PT24H"}, "end": "remediation_verified", "pausable": "with_basis"},
    {"amount": {"elapsed": "PT72H"}, "end": "filed(obligation=gdpr, stage=initial)", "zone": "Europe/Berlin"},
    {"amount": {"calendar": "P1M"}, "end": "filed(obligation=gdpr, stage=final)", "zone": "Europe/Berlin"},
    {"amount": {"business_days": 4}, "calendar": "US", "zone": "America/New_York", "end": "filed(obligation=sec)"},
    {"amount": {"calendar": "P3D"}, "end": "filed(obligation=sg)", "end_at": "end_of_day", "zone": "Asia/Singapore"},
    {"amount": {"elapsed": "PT4H"}, "anchor": "first(detected)", "end": "filed(obligation=cac, stage=initial)"},
    {"amount": {"none": True}, "end": "subjects_notified"},
    {"amount": {"year_end_plus": "P60D"}, "end": "filed(obligation=hipaa)", "zone": "America/New_York"},
    {
        "amount": {"business_hours": {"amount": "PT16H", "schedule": {"from": "09:00", "to": "17:00"}}},
        "calendar": "CN",
        "end": "contained",
    },
    {
        "limbs": [
            {"anchor": "classified", "amount": {"elapsed": "PT4H"}},
            {"anchor": "awareness", "amount": {"elapsed": "PT24H"}},
        ],
        "end": "filed(obligation=dora, stage=initial)",
        "rollover": "next_business_day_at 12:00",
        "calendar": "DE",
        "zone": "Europe/Berlin",
    },
)


def rules() -> tuple[ClockRule, ...]:
    """Ten clocks, among them every unit."""
    rows = [{"id": f"c{number}", **_BASE, **clock} for number, clock in enumerate(CLOCKS)]
    rows = [{key: value for key, value in row.items() if key != "anchor" or "limbs" not in row} for row in rows]
    import json  # noqa: PLC0415  (YAML reads JSON)

    return in_zone(parse_event_file(json.dumps({"clocks": rows}), name="bench").rules, "UTC")


def house(start: int, count: int) -> list[tuple[Event, ...]]:
    """Incidents, each of them with its own times: a cache that knows one knows nothing about the next."""
    return [story(number) for number in range(start, start + count)]


def story(number: int) -> tuple[Event, ...]:
    """Eight events, a correction and a pause among them."""
    begin = NOW - timedelta(hours=60, seconds=number * 37)

    def event(place: int, kind: str, hours: float, corrects: str | None = None, **fields: object) -> Event:
        at = begin + timedelta(hours=hours)
        return Event(
            id=f"e{place}",
            kind=kind,
            occurred_at=Interval(earliest=at, latest=at, zone="UTC"),
            recorded_at=at + timedelta(minutes=10),
            reason="written down later",
            corrects=corrects,
            fields=fields,
        )

    return (
        event(1, "notice_received", 0),
        event(2, "detected", 1),
        event(3, "awareness", 2),
        event(4, "awareness", 3, corrects="e3"),
        event(5, "classified", 4, level="major"),
        event(6, "paused", 5, clock="c0", until="2026-06-01T12:00:00Z", basis="contract", reason="disk swap"),
        event(7, "filed", 6, obligation="cac", stage="initial"),
        event(8, "contained", 20),
    )


def evaluated(part: tuple[int, int]) -> int:
    """Evaluate so many incidents from the given one on; returns how many standings came out."""
    ten, calendars = rules(), Calendars()
    return sum(len(evaluate(events, ten, calendars, NOW)) for events in house(*part))


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Seconds, the best of three, and what came out."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        count = work()
        best = min(best, time.perf_counter() - begun)
    return best, count


def yardstick() -> int:
    """Ten million steps of plain Python: how fast this machine is today."""
    total = 0
    for number in range(10_000_000):
        total += number & 1
    return total


def test_a_thousand_incidents_with_ten_clocks_each(capsys: pytest.CaptureFixture[str]) -> None:
    measure, _ = timed(yardstick)
    one, statuses = timed(lambda: evaluated((0, INCIDENTS)))
    halves = [(0, INCIDENTS // 2), (INCIDENTS // 2, INCIDENTS // 2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        two, both = timed(lambda: sum(pool.map(evaluated, halves)))
    with capsys.disabled():
        print("\n| 1,000 incidents x 10 clocks | seconds | yardsticks | of the budget |")  # noqa: T201  (the table is the result)
        print("| --- | --- | --- | --- |")  # noqa: T201  (as above)
        for name, seconds in (("one core", one), ("two cores", two)):
            print(f"| {name} | {seconds:.2f} | {seconds / measure:.2f} | {seconds / BUDGET:.0%} |")  # noqa: T201  (as above)
        print(f"yardstick: ten million steps of plain Python in {measure:.2f} s")  # noqa: T201  (as above)

    assert statuses == both == INCIDENTS * len(CLOCKS)
