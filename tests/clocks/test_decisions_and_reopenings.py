"""A decision that a duty does not apply, and what becomes of it once the incident is reopened."""

from __future__ import annotations

import pytest

from leakguard.clocks.verdicts import State
from support.clock_files import Row, moment, stand

RULE = {
    "law": "GDPR, Art. 33",
    "anchor": "first(awareness)",
    "amount": {"elapsed": "PT72H"},
    "end": "filed(obligation=x, stage=initial)",
}
PROMISE = {**RULE, "law": ""}
AWARE = {"id": "aware", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
LIMIT = moment("2026-06-04T08:00Z")
CLOSED = {"id": "closed", "kind": "closed", "occurred_at": "2026-06-01T12:00Z"}
REOPENED = {"id": "reopened", "kind": "reopened", "occurred_at": "2026-06-11T15:00Z"}
AGAIN = {"id": "again", "kind": "awareness", "occurred_at": "2026-06-11T16:00Z"}
BACK = {"id": "back", "kind": "applicable", "obligation": "x", "occurred_at": "2026-06-11T17:00Z"}
FILED = {"id": "f", "kind": "filed", "obligation": "x", "stage": "initial", "occurred_at": "2026-06-11T18:00Z"}
NOW = "2026-06-12T08:00Z"


def decided(kind: str = "not_applicable") -> Row:
    row = {"id": "decided", "kind": kind, "obligation": "x", "occurred_at": "2026-06-01T10:00Z"}
    return {**row, "rationale": "the risk is unlikely"}


@pytest.mark.parametrize("kind", ["not_applicable", "cancelled"])
def test_a_decision_that_is_reversed_after_a_reopening_lets_the_clock_of_a_law_run_on(kind: str) -> None:
    """The usual reason to reopen is that the decision was wrong, and the limit never moved."""
    story = [AWARE, decided(kind), CLOSED, REOPENED, BACK]
    found = stand(story, RULE, NOW)

    assert (found.state, found.work_by, found.verdict.anchor_event) == (State.OVERDUE, LIMIT, "aware")
    assert stand([AWARE, decided(kind), BACK], RULE, NOW).work_by == LIMIT


def test_it_runs_on_from_the_first_awareness_even_if_there_was_a_second() -> None:
    found = stand([AWARE, decided(), CLOSED, REOPENED, AGAIN, BACK], RULE, NOW)

    assert (found.state, found.verdict.anchor_event) == (State.OVERDUE, "aware")


def test_a_notice_that_is_filed_after_the_reopening_ends_it_late() -> None:
    """With the reversal or without it: whoever files the notice holds that the duty applied."""
    story = [AWARE, decided(), CLOSED, REOPENED]

    assert stand([*story, BACK, FILED], RULE, NOW).state is State.MET_LATE
    assert stand([*story, FILED], RULE, NOW).state is State.MET_LATE


def test_a_decision_that_nobody_reversed_stands() -> None:
    found = stand([AWARE, decided(), CLOSED, REOPENED], RULE, NOW)

    assert not found.has_failed
    assert found.remaining_seconds is None
    assert [one.state for one in found.earlier_cycles] == [State.NOT_APPLICABLE]


def test_what_was_learned_after_the_reopening_is_judged_by_itself_while_the_decision_stands() -> None:
    """The notice in time about the second exposure is no late one about the first, which needed none."""
    story = [AWARE, decided(), CLOSED, REOPENED, AGAIN]
    running, met = stand(story, RULE, NOW), stand([*story, FILED], RULE, NOW)

    assert (running.state, running.verdict.anchor_event) == (State.RUNNING, "again")
    assert (met.state, met.verdict.anchor_event, met.has_failed) == (State.MET_ON_TIME, "again", False)
    assert [one.state for one in met.earlier_cycles] == [State.NOT_APPLICABLE]


def test_a_promise_of_our_own_that_was_called_off_is_not_broken_by_a_reopening() -> None:
    """Its time had passed before the reopening, and at that time nobody had to keep it."""
    found = stand([AWARE, decided("cancelled"), CLOSED, REOPENED, BACK], PROMISE, NOW)

    assert (found.state, found.has_failed) == (State.LATENT, False)


def test_a_promise_of_our_own_whose_time_has_not_passed_runs_on_once_it_is_taken_up_again() -> None:
    soon = [{**row, "occurred_at": f"2026-06-02T{hour:02}:00Z"} for row, hour in ((REOPENED, 8), (BACK, 9))]
    found = stand([AWARE, decided("cancelled"), CLOSED, *soon], PROMISE, "2026-06-02T10:00Z")

    assert (found.state, found.work_by) == (State.RUNNING, LIMIT)
