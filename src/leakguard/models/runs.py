"""Runs: how far a scan has come that is not over yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

from leakguard.frozen import Frozen, field


class RunState(Frozen):
    """How far one part of a run has come in the order of its endpoints; a resume goes on from here."""

    next_position: int = 0
    """Every position below was handed out to somebody."""
    pending: tuple[int, ...] = ()
    """Those that were handed out and are not finished, in rising order."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How all the finished endpoints stand, added up."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why endpoints could not be asked; a resume asks those that are pending again, and counts them anew."""
    unsettled: Mapping[str, int] = field(default_factory=dict)
    """By reason code: how many of the protected endpoints in `counts` may be open all the same; see `ReasonCode`."""
    counted_reasons: Mapping[str, int] = field(default_factory=dict)
    """The part of `reasons` about endpoints in `counts`, which a resume does not ask again."""


def pending_to_text(pending: Iterable[int]) -> str:
    """Some thousand positions in some thousand letters: the first, then how far it is to each next one."""
    ordered = sorted(set(pending))
    return ",".join(str(now - before) for before, now in pairwise([0, *ordered]))


def parse_pending(text: str) -> tuple[int, ...]:
    """The positions that `pending_to_text` wrote; raises `ValueError` for any other text."""
    return tuple(accumulate(int(step) for step in text.split(","))) if text else ()
