"""A whole day to which a deadline is moved ends where the clock runs: an authority means the day of its own country."""

from __future__ import annotations

import pytest

from leakguard.clocks.verdicts import State
from support.clock_files import Row, moment, stand

RULE = {
    "zone": "Asia/Seoul",
    "anchor": "first(discovery)",
    "amount": {"elapsed": "PT72H"},
    "end": "filed(obligation=x)",
}
FOUND = {"id": "found", "kind": "discovery", "occurred_at": "2026-12-01T08:00-08:00"}
LETTER = {"id": "letter", "occurred_at": "2026-12-02T08:00", "obligation": "x", "until": "2026-12-10"}
END_IN_SEOUL = moment("2026-12-10T14:59:59.999999Z")


def moved(zone: str, now: str = "2026-12-10T15:00Z", **letter: str) -> tuple[State, object]:
    """Where the clock stands in an incident whose own zone is `zone`."""
    rows: list[Row] = [FOUND, {"kind": "extension_granted", **LETTER, **letter}]
    found = stand(rows, RULE, now, zone=zone)
    return found.state, found.work_by


@pytest.mark.parametrize("kind", ["extension_granted", "delay_notice_sent"])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "UTC", "Asia/Seoul"])
def test_a_day_to_which_a_limit_is_moved_ends_where_the_clock_runs(kind: str, zone: str) -> None:
    """In Los Angeles that day ends 17 hours later, and a notice in these hours is late."""
    assert moved(zone, kind=kind) == (State.OVERDUE, END_IN_SEOUL)


def test_in_a_zone_east_of_the_authority_the_day_ends_no_later_than_there() -> None:
    """The strict reading: what is done by then is in time whichever day was meant."""
    assert moved("Pacific/Auckland")[1] == moment("2026-12-10T10:59:59.999999Z")


@pytest.mark.parametrize("until", ["2026-12-10T18:00", "2026-12-11T02:00Z"])
def test_an_exact_time_is_that_instant_everywhere(until: str) -> None:
    assert moved("America/Los_Angeles", until=until)[1] == moment("2026-12-11T02:00Z")
