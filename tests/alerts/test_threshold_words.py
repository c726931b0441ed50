"""A threshold is told to a person in words."""

from __future__ import annotations

import pytest

from leakguard.alerts.messages import threshold_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-PT1H", "the warning 1 h before the limit"),
        ("-PT30M", "the warning 30 min before the limit"),
        ("50%", "the warning at 50% of the time"),
        ("PT0S", "the limit"),
        ("+PT2H", "the reminder 2 h after the limit"),
        ("target", "the aim"),
        ("moved", "the limit is earlier than before"),
        ("forecast", "the work no longer fits"),
    ],
)
def test_a_threshold_is_told_in_words(text: str, words: str) -> None:
    assert threshold_words(text) == words
