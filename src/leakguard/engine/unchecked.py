"""Unchecked endpoints of one part, with the reasons; a resumed run probes them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MOST_UNCHECKED = 100_000
"""The most endpoints that are remembered for a resumed run; beyond it the run stops."""
MOST_ASKED_AGAIN = MOST_UNCHECKED // 2
"""Once so many positions are remembered, further endpoints without a conclusive answer are only counted.

So a whole network of such hosts does not stop the run.
"""
UNASKED = "this machine could not send the request, or the scope did not permit the address when its turn came"
"""The reason why an endpoint was not probed, if no other is given."""


class UncheckedEndpoints:
    """Unchecked endpoints of one part: the positions to probe again, and counts by reason."""

    def __init__(self) -> None:
        self.positions: set[int] = set()
        """The positions that a resumed run probes again."""
        self.reasons: Counter[str] = Counter()
        self.counted_reasons: Counter[str] = Counter()
        """The part of `reasons` about endpoints that were only counted, so that a resumed run does not probe them."""

    def add_counted(self, counted_reasons: Mapping[str, int]) -> None:
        """Add endpoints that are only counted, by reason; also those of a stopped run."""
        self.reasons.update(counted_reasons)
        self.counted_reasons.update(counted_reasons)

    @property
    def is_too_many(self) -> bool:
        """Whether so many endpoints could not be probed that the run must stop."""
        return len(self.positions) > MOST_UNCHECKED

    def remember(self, position: int, why: str) -> None:
        """Remember a position that a resumed run probes again; `why` is a reason in our own words."""
        self.positions.add(position)
        self.reasons[why or UNASKED] += 1

    def count_unanswered(self, position: int, why: str) -> bool:
        """Count an endpoint without a conclusive answer; returns whether a resumed run probes it again.

        That is `False` once `MOST_ASKED_AGAIN` positions are remembered, so that a resumed run reaches other endpoints.
        """
        if len(self.positions) < MOST_ASKED_AGAIN:
            self.remember(position, why)
            return True
        self.add_counted({why or UNASKED: 1})
        return False
