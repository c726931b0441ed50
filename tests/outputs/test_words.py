"""Numbers and strange text in words that a person can read safely."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.outputs.words import byte_words, count_words, printable

HOSTILE = [
    "\x1b[2J\x1b[1;31mowned",
    "\x1b]0;title\x07",
    "\x9b31m",
    "line\nline\r\tend",
    "safe\u202etxt.exe",
    "\u2066left\u2069",
    "zero\u200bwidth\ufeff",
    "\u2028\u2029",
    "\ud800",
    "\ue000",
    "\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_moves_a_cursor_or_turns_the_direction_gets_through(text: str) -> None:
    shown = printable(text)

    assert shown.isprintable()
    assert len(shown) == len(text)
    assert "\N{REPLACEMENT CHARACTER}" in shown


@given(st.text(), st.integers(1, 50))
def test_any_text_is_shown_safely_and_in_bounds(text: str, longest: int) -> None:
    shown = printable(text, longest=longest)

    assert len(shown) <= longest
    assert all(unicodedata.category(letter)[0] != "C" and letter not in "\u2028\u2029" for letter in shown)


def test_ordinary_words_stay_as_they_are() -> None:
    assert printable("mail-2019.05 é 大学 🎓") == "mail-2019.05 é 大学 🎓"


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert printable("a" * 201) == "a" * 199 + "…"
    assert printable("a" * 200) == "a" * 200


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (None, "unknown"), (0, "0"), (1, "1"), (41_000, "41,000"), (999_999, "999,999"), (10**6, "1 million"),
        (1_250_000, "1.2 million"), (9_500_000_000, "9.5 billion"), (10**12, "1 trillion"),
        (2**63, "9,223,372 trillion"),
    ],
)  # fmt: skip
def test_counts_are_told_in_words(count: int | None, words: str) -> None:
    assert count_words(count) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (None, "unknown"), (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (8_400_000, "8.4 MB"), (10**9, "1 GB"),
        (8_400_000_000_000, "8.4 TB"), (10**15, "1 PB"), (10**19, "10,000 PB"),
    ],
)  # fmt: skip
def test_bytes_are_told_in_decimal_units(count: int | None, words: str) -> None:
    assert byte_words(count) == words
