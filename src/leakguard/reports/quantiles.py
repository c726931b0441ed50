"""Percentiles of durations of which some still run: the Kaplan-Meier estimate, reckoned in whole fractions.

An open duration is known to be longer than it is now, so leaving it out would make slow things look fast.
Where nothing is open, the answer is the nearest-rank percentile: the smallest value that a share `p` does not exceed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from leakguard.frozen import Frozen

MEDIAN, THREE_QUARTERS, NINE_TENTHS = Fraction(1, 2), Fraction(3, 4), Fraction(9, 10)


class Sample(Frozen, kw_only=False, order=True):
    """A duration in seconds; one that is open has lasted so long and goes on."""

    seconds: float
    is_open: bool = False


class Spread(Frozen):
    """How long something took, over several times; `None` where too much is open to say."""

    count: int
    open_count: int
    median: float | None
    three_quarters: float | None
    nine_tenths: float | None
    shortest: float | None
    """Of those that have ended."""
    longest: float | None


def percentile(samples: Iterable[Sample], share: Fraction) -> float | None:
    """The smallest duration at which the estimated share of ended ones reaches `share`; `None` when it never does.

    `share` lies between 0 and 1. At equal durations the ended ones come first, as Kaplan and Meier (1958) have it.
    """
    ordered = sorted(samples)
    lasting = Fraction(1)
    for place, sample in enumerate(ordered):
        if not sample.is_open:
            at_risk = len(ordered) - place
            lasting *= Fraction(at_risk - 1, at_risk)
            if 1 - lasting >= share:
                return sample.seconds
    return None


def spread(samples: Iterable[Sample]) -> Spread:
    """All that is told about one kind of duration."""
    known = tuple(samples)
    ended = [sample.seconds for sample in known if not sample.is_open]
    return Spread(
        count=len(known),
        open_count=len(known) - len(ended),
        median=percentile(known, MEDIAN),
        three_quarters=percentile(known, THREE_QUARTERS),
        nine_tenths=percentile(known, NINE_TENTHS),
        shortest=min(ended, default=None),
        longest=max(ended, default=None),
    )
