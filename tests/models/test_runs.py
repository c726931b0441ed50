"""How far a run has come, as text that stays small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.runs import parse_pending, pending_to_text


@given(st.sets(st.integers(0, 2**48), max_size=30))
def test_pending_positions_come_back_in_rising_order(positions: set[int]) -> None:
    assert parse_pending(pending_to_text(positions)) == tuple(sorted(positions))


def test_positions_that_lie_close_together_take_two_letters_each() -> None:
    text = pending_to_text(range(10_000_000, 10_004_000))

    assert text.startswith("10000000,1,1,")
    assert len(text) < 8_010


@pytest.mark.parametrize("text", ["1,x", ",", "1,,2", "1.5"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        parse_pending(text)
