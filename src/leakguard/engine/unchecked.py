"""What was not checked, and why: remembered for a resumed run, which asks it again."""

from __future__ import annotations

from collections import Counter

MOST_UNCHECKED = 100_000
"""Endpoints that could not be asked, in all: each is remembered for a resumed run."""
MOST_ASKED_AGAIN = MOST_UNCHECKED // 2
"""Of these, such as were asked and gave no answer that counts: a whole network of them must not end the run."""
UNASKED = "this machine could not ask, or the address was outside the scope when it was to be asked"
"""Why an endpoint was not looked at, where nobody says more."""


class Unchecked:
    """The books of one part."""

    def __init__(self) -> None:
        self.positions: set[int] = set()
        """Those that are asked again."""
        self.reasons: Counter[str] = Counter()

    @property
    def is_too_many(self) -> bool:
        """Whether so many could not be asked that the run must end."""
        return len(self.positions) > MOST_UNCHECKED

    def could_not_ask(self, position: int, why: str) -> None:
        """We could not ask; `why` says it in a few words of ours."""
        self.positions.add(position)
        self.reasons[why or UNASKED] += 1

    def got_no_answer(self, position: int, why: str) -> bool:
        """Whoever is there gave no answer that counts; whether a resumed run asks again. It must come to the others."""
        if len(self.positions) < MOST_ASKED_AGAIN:
            self.could_not_ask(position, why)
            return True
        self.reasons[why or UNASKED] += 1
        return False
