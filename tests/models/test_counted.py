"""How many of a thing there are, as a person says it."""

from __future__ import annotations

import pytest

from leakguard.models.texts import counted


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 endpoints were"), (1, "1 endpoint was"), (9500, "9,500 endpoints were")],
)
def test_one_of_a_thing_is_told_in_the_singular(number: int, told: str) -> None:
    assert counted(number, "endpoint was", "endpoints were") == told


def test_most_words_only_take_an_s() -> None:
    assert (counted(1, "incident"), counted(2, "incident")) == ("1 incident", "2 incidents")
