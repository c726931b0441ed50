"""An event that names a stage is about that notice alone: the other notices of the duty stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.verdicts import State
from support.clock_files import Row, file_of, moment

AWARE = {"id": "aware", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
STAGES = ("initial", "final")
AT = "2026-06-01T20:00Z"
"""When the events of the cases happen."""
DECIDED = {"kind": "not_applicable", "occurred_at": AT, "rationale": "nothing was left open"}
GRANTED = {"kind": "extension_granted", "occurred_at": AT, "until": "2026-07-01T00:00Z"}
MOVED = moment("2026-07-01T00:00Z")
LIMIT = moment("2026-06-04T08:00Z")


def clocks() -> list[Row]:
    """The two notices of one duty."""
    rule = {"anchor": "first(awareness)", "amount": {"elapsed": "PT72H"}, "pausable": "with_basis"}
    return [{**rule, "id": f"x.{stage}", "end": f"filed(obligation=x, stage={stage})"} for stage in STAGES]


def states(*rows: Row, rules: Sequence[Row] = (), now: str = "2026-06-02T08:00Z") -> list[tuple[State, object]]:
    """The state and the deadline of the first and of the final notice."""
    read = file_of([AWARE, *rows], rules or clocks())
    found = evaluate(read.events, read.rules, read.calendars, moment(now))
    return [(status.state, status.work_by) for status in found]


@pytest.mark.parametrize("kind", ["not_applicable", "cancelled"])
def test_a_decision_about_one_stage_leaves_the_others_running(kind: str) -> None:
    """That nothing is left to supplement does not end the 72 hours of the first notice."""
    row = {**DECIDED, "kind": kind, "obligation": "x"}

    assert [state for state, _ in states({**row, "stage": "final"})] == [State.RUNNING, State.NOT_APPLICABLE]
    assert [state for state, _ in states({**row, "stage": "supplement"})] == [State.RUNNING, State.RUNNING]
    assert [state for state, _ in states(row)] == [State.NOT_APPLICABLE, State.NOT_APPLICABLE]


def test_a_decision_is_reversed_for_the_stage_that_is_named() -> None:
    whole = {**DECIDED, "obligation": "x"}
    back = {"kind": "applicable", "obligation": "x", "stage": "final", "occurred_at": "2026-06-01T21:00Z"}

    assert [state for state, _ in states(whole, back)] == [State.NOT_APPLICABLE, State.RUNNING]


@pytest.mark.parametrize("kind", ["extension_granted", "delay_notice_sent"])
def test_more_time_for_one_stage_leaves_the_deadlines_of_the_others(kind: str) -> None:
    row = {**GRANTED, "kind": kind, "obligation": "x"}

    assert [deadline for _, deadline in states({**row, "stage": "final"})] == [LIMIT, MOVED]
    assert [deadline for _, deadline in states({**row, "stage": "supplement"})] == [LIMIT, LIMIT]
    assert [deadline for _, deadline in states(row)] == [MOVED, MOVED]


def test_a_pause_of_one_stage_stops_no_other() -> None:
    row = {"kind": "paused", "obligation": "x", "stage": "final", "occurred_at": AT, "basis": "contract 4.2"}

    assert [state for state, _ in states(row)] == [State.RUNNING, State.PAUSED]


def test_a_clock_that_has_the_name_of_its_duty_asks_for_the_stage_too() -> None:
    rules = [{**rule, "id": name} for rule, name in zip(clocks(), ("x", "x-final"), strict=True)]
    row = {**DECIDED, "obligation": "x", "stage": "final"}

    assert [state for state, _ in states(row, rules=rules)] == [State.RUNNING, State.NOT_APPLICABLE]


def test_a_clock_that_any_stage_ends_is_moved_by_an_event_of_any() -> None:
    rule = {**clocks()[0], "end": "filed(obligation=x)"}

    assert states({**GRANTED, "obligation": "x", "stage": "initial"}, rules=[rule]) == [(State.RUNNING, MOVED)]


def test_an_alternative_of_another_duty_lends_its_stage_to_none() -> None:
    """The clock ends by the first notice of one duty or by the final one of another."""
    rule = {**clocks()[0], "end": "filed(obligation=x, stage=initial) | filed(obligation=y, stage=final)"}
    row = {**DECIDED, "obligation": "x", "stage": "final"}

    assert [state for state, _ in states(row, rules=[rule])] == [State.RUNNING]


def test_an_end_without_a_stage_beside_one_with_it_widens_no_stage() -> None:
    """As laws have it: the notice is filed in its stage, or the people were told."""
    rule = {**clocks()[0], "end": "filed(obligation=x, stage=initial) | subjects_notified(obligation=x)"}

    found = [states({**DECIDED, "obligation": "x", "stage": stage}, rules=[rule])[0][0] for stage in STAGES]
    assert found == [State.NOT_APPLICABLE, State.RUNNING]
