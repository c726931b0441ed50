"""Percentiles with open durations, against published numbers and against a second way to reckon them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.reports.quantiles import MEDIAN, Sample, percentile, spread

pytestmark = pytest.mark.untraced

# Freireich et al. (1963), weeks of remission; `+` marks those still in remission. The estimate is in every textbook.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
samples = st.lists(st.builds(Sample, st.integers(0, 12).map(float), st.booleans()), max_size=14)
shares = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)


def read(text: str) -> list[Sample]:
    return [Sample(float(word.rstrip("+")), word.endswith("+")) for word in text.split()]


def test_the_medians_are_those_of_the_textbook() -> None:
    assert percentile(read(TREATED), MEDIAN) == 23
    assert percentile(read(PLACEBO), MEDIAN) == 8


def test_what_is_open_makes_the_answer_larger_and_is_never_dropped() -> None:
    quick, slow = [Sample(1), Sample(2), Sample(3)], [Sample(50, is_open=True)] * 2

    assert percentile(quick, MEDIAN) == 2
    assert percentile([*quick, *slow], MEDIAN) == 3
    assert percentile([*quick, *slow, *slow], MEDIAN) is None


def test_a_spread_tells_how_many_there_are_and_how_many_are_open() -> None:
    found = spread([Sample(4), Sample(2), Sample(9, is_open=True)])

    assert (found.count, found.open_count, found.median) == (3, 1, 4)
    assert (found.shortest, found.longest, found.nine_tenths) == (2, 4, None)


def test_nothing_at_all_gives_no_number() -> None:
    found = spread([])

    assert (found.count, found.median, found.shortest, found.longest) == (0, None, None, None)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), shares)
def test_without_open_ones_it_is_the_nearest_rank(values: list[int], share: Fraction) -> None:
    rank = ceil(share * len(values))

    assert percentile([Sample(value) for value in values], share) == sorted(values)[rank - 1]


@given(samples, shares)
def test_it_agrees_with_handing_the_share_of_open_ones_to_those_after_them(
    known: list[Sample], share: Fraction
) -> None:
    """Efron (1967): whoever is open gives an equal part of its weight to all that last longer."""
    assert percentile(known, share) == handed_on(known, share)


@given(samples, shares, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(known: list[Sample], share: Fraction, chance: object) -> None:
    mixed = sorted(known, key=lambda _: chance.random())  # type: ignore[attr-defined]

    assert percentile(mixed, share) == percentile(known, share)


def handed_on(known: list[Sample], share: Fraction) -> float | None:
    ordered = sorted(known)
    weights = [Fraction(1, max(1, len(ordered)))] * len(ordered)
    reached = Fraction(0)
    for place, sample in enumerate(ordered):
        if sample.is_open:
            after = len(ordered) - place - 1
            for other in range(place + 1, len(ordered)):
                weights[other] += weights[place] / after
        else:
            reached += weights[place]
            if reached >= share:
                return sample.seconds
    return None
