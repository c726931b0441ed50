"""A pause and a deadline that it does not move: what was missed stays missed."""

from __future__ import annotations

import pytest

from leakguard.clocks.verdicts import State
from support.clock_files import Row, moment, stand

AWARE = {"id": "aware", "kind": "awareness", "occurred_at": "2026-06-01T10:00Z"}
RULE = {
    "id": "remediate",
    "anchor": "first(awareness)",
    "end": "filed(obligation=x)",
    "calendar": "DE",
    "zone": "UTC",
    "pausable": "with_basis",
}
BY_TEN = {**RULE, "amount": {"business_days": 2}, "end_at": "instant"}
"""Two working days from Monday, 10:00: its deadline is Wednesday, 10:00."""
BY_NOON = {**RULE, "amount": {"business_days": 2}, "count_from": "next_day", "end_at": "12:00"}
CALENDAR_DAYS = {**RULE, "amount": {"calendar": "P2D"}, "count_from": "next_day", "end_at": "12:00"}
"""Its two days end with Wednesday, and its deadline is noon."""
BY_NINE = {**RULE, "amount": {"elapsed": "PT24H"}, "end_at": "09:00"}
"""Its hours end on Tuesday, 10:00, and its deadline is an hour before."""


def pause(start: str, until: str | None = None) -> Row:
    row = {"kind": "paused", "clock": "remediate", "occurred_at": start, "basis": "contract 4.2"}
    return {**row, "until": until} if until is not None else row


THIRTEEN_HOURS = pause("2026-06-02T11:00Z", "2026-06-03T00:00Z")


@pytest.mark.parametrize(
    ("rule", "earlier", "missed", "afterwards"),
    [
        (BY_TEN, [THIRTEEN_HOURS], "2026-06-03T10:30Z", pause("2026-06-03T11:00Z", "2026-06-04T00:00Z")),
        (BY_NOON, [THIRTEEN_HOURS], "2026-06-03T12:30Z", pause("2026-06-03T13:00Z")),
        (CALENDAR_DAYS, [], "2026-06-03T12:30Z", pause("2026-06-03T13:00Z")),
        (BY_NINE, [], "2026-06-02T09:15Z", pause("2026-06-02T09:30Z")),
    ],
)
def test_a_deadline_that_was_missed_stays_missed_whatever_is_paused_afterwards(
    rule: Row, earlier: list[Row], missed: str, afterwards: Row
) -> None:
    """The time that was paused after the deadline would have moved it, alone or together with an earlier pause."""
    before = stand([AWARE, *earlier], rule, missed)
    after = stand([AWARE, *earlier, afterwards], rule, "2026-06-05T08:00Z")

    assert (before.state, after.state) == (State.OVERDUE, State.OVERDUE)
    assert after.work_by == before.work_by


def test_what_was_filed_late_stays_late_whatever_was_paused_after_the_deadline() -> None:
    filed = {"kind": "filed", "obligation": "x", "stage": "initial", "occurred_at": "2026-06-04T09:00Z"}
    later = pause("2026-06-03T11:00Z", "2026-06-04T00:00Z")

    assert stand([AWARE, THIRTEEN_HOURS, later, filed], BY_TEN, "2026-06-04T12:00Z").state is State.MET_LATE


@pytest.mark.parametrize(
    ("rule", "start"), [(BY_TEN, "2026-06-02T22:00Z"), (BY_NOON, "2026-06-02T13:00Z"), (BY_NINE, "2026-06-02T08:30Z")]
)
def test_a_pause_that_goes_on_over_the_deadline_does_not_undo_it(rule: Row, start: str) -> None:
    """It began in time, but by the deadline it was too short to move it."""
    rows = [AWARE, pause(start)]
    states = [stand(rows, rule, f"2026-06-{day}T12:30Z").state for day in ("03", "04", "05", "08", "09")]

    assert states == [State.OVERDUE] * 5


def test_a_whole_day_that_was_paused_by_the_deadline_moves_it_by_a_working_day() -> None:
    """The last hours before the deadline count, and so does its own last moment."""
    day = pause("2026-06-02T10:00Z", "2026-06-03T10:00Z")
    fraction_less = pause("2026-06-02T10:00:01Z", "2026-06-03T10:00Z")

    due = [stand([AWARE, row], BY_TEN, "2026-06-10T00:00Z").work_by for row in (day, fraction_less)]
    assert due == [moment("2026-06-04T10:00Z"), moment("2026-06-03T10:00Z")]


HOURS = {**RULE, "amount": {"elapsed": "PT24H"}}
ONE_DAY = {**RULE, "amount": {"business_days": 1}, "thresholds": ["100%"]}
WITH_WARNING = {**ONE_DAY, "amount": {"business_days": 2}, "thresholds": ["-PT6H"]}
EXTENSION = {
    "kind": "extension_granted",
    "clock": "remediate",
    "occurred_at": "2026-06-02T08:00Z",
    "until": "2026-06-05T00:00Z",
}


@pytest.mark.parametrize(
    ("rule", "rows", "now", "change"),
    [
        (ONE_DAY, [pause("2026-06-02T12:00Z")], "2026-06-02T13:00Z", "2026-06-02T23:59:59.999999Z"),
        (
            ONE_DAY,
            [pause("2026-06-02T12:00Z", "2026-06-09T12:00Z")],
            "2026-06-02T13:00Z",
            "2026-06-02T23:59:59.999999Z",
        ),
        (WITH_WARNING, [pause("2026-06-03T01:00Z")], "2026-06-03T02:00Z", "2026-06-03T17:59:59.999999Z"),
        (HOURS, [EXTENSION, pause("2026-06-03T12:00Z")], "2026-06-05T00:00Z", "2026-06-05T00:00:00.000001Z"),
    ],
)
def test_a_paused_clock_wakes_for_a_deadline_that_its_pause_does_not_move(
    rule: Row, rows: list[Row], now: str, change: str
) -> None:
    """Working days move only by whole ones, and an extension names a fixed day."""
    found = stand([AWARE, *rows], rule, now)

    assert found.next_change == moment(change)


def test_the_wake_ups_of_a_paused_clock_lead_to_its_missed_deadline() -> None:
    now, states = "2026-06-02T13:00Z", []
    for _ in range(20):
        found = stand([AWARE, pause("2026-06-02T12:00Z")], ONE_DAY, now)
        states.append(found.state)
        if found.next_change is None:
            break
        now = found.next_change.isoformat()

    assert (states[0], states[-1]) == (State.PAUSED, State.OVERDUE)


@pytest.mark.parametrize("rule", [HOURS, {**HOURS, "end_at": "end_of_day"}])
def test_a_clock_whose_open_pause_moves_every_deadline_has_no_next_change(rule: Row) -> None:
    found = stand([AWARE, pause("2026-06-01T22:00Z")], {**rule, "thresholds": ["100%"]}, "2026-06-02T13:00Z")

    assert (found.state, found.next_change) == (State.PAUSED, None)


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        (HOURS, [EXTENSION, pause("2026-06-03T12:00Z")]),
        (BY_TEN, [{**EXTENSION, "until": "2026-06-08T00:00Z"}, pause("2026-06-03T09:00Z")]),
        ({**HOURS, "end_at": "23:00"}, [EXTENSION, pause("2026-06-02T22:30Z")]),
    ],
)
def test_a_clock_whose_time_runs_on_in_a_pause_is_not_called_paused(rule: Row, rows: list[Row]) -> None:
    """The time that the pause could have stopped was used up; only the extension runs."""
    assert stand([AWARE, *rows], rule, "2026-06-03T12:30Z").state is not State.PAUSED


def test_a_pause_that_begins_in_an_extension_is_named_as_ignored() -> None:
    found = stand([AWARE, EXTENSION, {"id": "late", **pause("2026-06-03T12:00Z")}], HOURS, "2026-06-03T12:30Z")

    assert [ignored.event for ignored in found.computed.pauses.ignored] == ["late"]
    assert "Pause late is ignored: it began after the clock's own time had run out." in found.why


def test_a_pause_after_a_missed_deadline_or_after_the_end_is_not_named_as_ignored() -> None:
    """It may be about other clocks."""
    filed = {"kind": "filed", "obligation": "x", "stage": "initial", "occurred_at": "2026-06-02T08:00Z"}
    later = pause("2026-06-03T12:00Z")

    found = [stand([AWARE, later, *rows], HOURS, "2026-06-03T12:30Z") for rows in (list[Row](), [filed])]
    assert [each.computed.pauses.ignored for each in found] == [(), ()]
