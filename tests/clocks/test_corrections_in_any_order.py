"""A correction counts whatever its id, its row and the time of its recording: what it corrects never does."""

from __future__ import annotations

from itertools import permutations

import pytest

from leakguard.clocks.verdicts import State
from support.clock_files import Row, moment, stand

DAY = {"anchor": "first(awareness)", "amount": {"elapsed": "PT24H"}, "end": "filed(obligation=x)"}
WRONG = {"kind": "awareness", "occurred_at": "2026-06-02T18:00Z"}
RIGHT = {"kind": "awareness", "occurred_at": "2026-06-01T08:00Z", "reason": "log read"}
NOW = "2026-06-03T10:00Z"
LIMIT = moment("2026-06-02T08:00Z")


@pytest.mark.parametrize(("wrong", "right"), [("b", "c"), ("z", "a")])
@pytest.mark.parametrize(
    "recorded",
    [
        ("2026-06-02T19:00Z", "2026-06-02T19:00Z"),
        ("2026-06-02T19:00Z", "2026-06-02"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_correction_counts_whatever_its_id_its_row_and_the_time_of_its_recording(
    wrong: str, right: str, recorded: tuple[str, str], turn: int
) -> None:
    """A day without a time begins at midnight, before what was recorded on that day at an hour."""
    rows = [
        {**WRONG, "id": wrong, "recorded_at": recorded[0]},
        {**RIGHT, "id": right, "corrects": wrong, "recorded_at": recorded[1], "zone": "UTC"},
    ]
    found = stand(rows[::turn], DAY, NOW)

    assert (found.state, found.work_by, found.verdict.anchor_event) == (State.OVERDUE, LIMIT, right)


def test_the_last_of_a_chain_counts_in_every_order_of_recording() -> None:
    for order in permutations(("2026-06-02T19:00Z", "2026-06-02T20:00Z", "2026-06-02T21:00Z")):
        first, second, third = order
        rows: list[Row] = [
            {**WRONG, "id": "one", "recorded_at": first},
            {**WRONG, "id": "two", "corrects": "one", "recorded_at": second, "occurred_at": "2026-06-02T17:00Z"},
            {**RIGHT, "id": "three", "corrects": "two", "recorded_at": third},
        ]

        assert stand(rows, DAY, NOW).verdict.anchor_event == "three"


def test_a_retraction_withdraws_what_bears_a_later_id() -> None:
    at = "2026-06-02T19:00Z"
    gone = {"id": "a", "kind": "retracted", "corrects": "z", "occurred_at": at, "recorded_at": at}

    assert stand([{**WRONG, "id": "z", "recorded_at": at}, gone], DAY, NOW).state is State.LATENT


def test_of_two_corrections_of_one_event_the_later_one_counts() -> None:
    rows = [
        {**WRONG, "id": "one", "recorded_at": "2026-06-02T19:00Z"},
        {**RIGHT, "id": "y", "corrects": "one", "recorded_at": "2026-06-02T20:00Z"},
        {**WRONG, "id": "x", "corrects": "one", "recorded_at": "2026-06-02T21:00Z"},
    ]

    assert stand(rows, DAY, NOW).verdict.anchor_event == "x"
