"""What stands below a clock: a deadline missed before a reopening, and one that only a rough time misses."""

from __future__ import annotations

from leakguard.outputs.clock import clock_text
from support.reports import PROMISE, clock

EVENTS = (
    {"id": "1", "kind": "notice_received", "occurred_at": "2026-05-20T00:00Z"},
    {"id": "2", "kind": "remediation_verified", "occurred_at": "2026-05-21T06:00Z"},
    {"id": "3", "kind": "closed", "occurred_at": "2026-05-22T00:00Z"},
    {"id": "4", "kind": "reopened", "occurred_at": "2026-05-24T00:00Z"},
)


def test_a_clock_names_the_deadline_that_it_missed_before_the_reopening() -> None:
    status = clock(PROMISE, events=EVENTS)
    text = "".join(piece for piece, _ in clock_text(status, None).pieces)

    assert status.has_failed
    assert "not started" in text
    assert "before the incident was reopened: MET LATE, due 2026-05-21T00:00:00Z" in text


def test_a_clock_that_was_met_before_the_reopening_says_nothing_of_it() -> None:
    in_time = {"id": "2", "kind": "remediation_verified", "occurred_at": "2026-05-20T06:00Z"}
    text = "".join(
        piece for piece, _ in clock_text(clock(PROMISE, events=(EVENTS[0], in_time, *EVENTS[2:])), None).pieces
    )

    assert "reopened" not in text


def test_a_deadline_that_only_the_earliest_start_misses_is_not_certain() -> None:
    rough = {
        "id": "1",
        "kind": "notice_received",
        "occurred_at": {"earliest": "2026-05-23T00:00Z", "latest": "2026-05-24T23:00Z"},
    }
    exact = {"id": "1", "kind": "notice_received", "occurred_at": "2026-05-23T00:00Z"}
    told = [
        "".join(piece for piece, _ in clock_text(clock(PROMISE, events=(one,)), None).pieces) for one in (rough, exact)
    ]

    assert all("OVERDUE" in text for text in told)
    assert ["not certain: a time is known only roughly" in text for text in told] == [True, False]
