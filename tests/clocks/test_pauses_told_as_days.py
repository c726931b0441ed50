"""A pause or its end that is told as a day: the strict reading stops as little as the words allow, and always ends."""

from __future__ import annotations

import pytest

from leakguard.clocks.verdicts import State
from support.clock_files import Row, moment, stand

AWARE = {"id": "aware", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
RULE = {
    "id": "remediate",
    "anchor": "first(awareness)",
    "amount": {"elapsed": "PT72H"},
    "end": "filed",
    "pausable": "with_basis",
}
LIMIT = moment("2026-06-04T08:00Z")
LATER = "2026-09-01T08:00Z"


def told(paused: str, *resumed: str, until: str | None = None, now: str = LATER) -> tuple[State, object]:
    """Where the clock stands after one pause and what ended it, in UTC."""
    pause: dict[str, str] = {"kind": "paused", "clock": "remediate", "basis": "contract 4.2", "occurred_at": paused}
    pause |= {"until": until} if until is not None else {}
    ends: list[Row] = [{"kind": "resumed", "clock": "remediate", "occurred_at": at} for at in resumed]
    found = stand([AWARE, pause, *ends], RULE, now, zone="UTC")
    return found.state, found.work_by


@pytest.mark.parametrize(
    ("paused", "resumed"),
    [
        ("2026-06-02", "2026-06-02T15:00Z"),
        ("2026-06-02T09:00Z", "2026-06-02"),
        ("2026-06-02", "2026-06-02"),
    ],
)
def test_a_pause_and_its_end_on_one_day_stop_nothing_and_end(paused: str, resumed: str) -> None:
    """Nobody knows how long it was. Such a pause stopped the clock for ever, and no alert came any more."""
    assert told(paused, resumed) == (State.OVERDUE, LIMIT)
    assert told(paused, resumed, now="2026-06-03T08:00Z")[0] is not State.PAUSED


def test_a_pause_of_some_days_counts_from_its_latest_start_to_its_earliest_end() -> None:
    assert told("2026-06-02", "2026-06-04")[1] == moment("2026-06-05T08:00:00.000001Z")


def test_an_end_that_lies_before_every_reading_of_the_pause_ends_it_not() -> None:
    assert told("2026-06-02", "2026-06-01T15:00Z")[0] is State.PAUSED


def test_the_first_end_after_the_pause_counts() -> None:
    assert told("2026-06-02T09:00Z", "2026-06-05", "2026-06-02T15:00Z")[1] == moment("2026-06-04T14:00Z")


def test_an_end_that_was_meant_from_the_start_on_the_same_day_ends_it() -> None:
    assert told("2026-06-02", until="2026-06-02T15:00Z") == (State.OVERDUE, LIMIT)
