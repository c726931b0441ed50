"""The table of states, walked pair by pair."""

from __future__ import annotations

from itertools import product

import pytest

from leakguard.errors import NotAllowed
from leakguard.playbooks.states import OPEN, SETTLED, TABLE, Move, StepState, moved
from support.each import for_each


@for_each(("state", "move"), list(product(StepState, Move)))
def test_every_pair_is_in_the_table_or_refused(state: StepState, move: Move) -> None:
    if move in TABLE[state]:
        assert moved(state, move) is TABLE[state][move]
        return

    with pytest.raises(NotAllowed, match=f"a step that is {state} cannot be {move}") as caught:
        moved(state, move)
    assert caught.value.next_step


def test_every_state_can_be_reached_and_left() -> None:
    reached = {after for moves in TABLE.values() for after in moves.values()}

    assert reached == set(StepState)
    assert all(TABLE[state] for state in StepState)


def test_open_and_settled_states_are_apart() -> None:
    assert not OPEN & SETTLED
    assert OPEN | SETTLED | {StepState.WAITING} == set(StepState)
