"""How long something has lasted, as the sentences about a clock say it."""

from __future__ import annotations

import pytest

from leakguard.clocks.durations import length_of
from leakguard.clocks.sentences import english


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (40.9, "40 s"),
        (60, "1 min"),
        (1800, "30 min"),
        (3600, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (16_456_589, "190 d 11 h"),
    ],
)
def test_a_length_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    phrase = length_of(seconds)
    assert english(phrase.template).format(*phrase.values) == said
