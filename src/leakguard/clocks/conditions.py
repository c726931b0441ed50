"""Conditions between two times, such as `classified > awareness + PT24H`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from leakguard.clocks.durations import parse_exact
from leakguard.clocks.picks import Selector
from leakguard.clocks.selectors import parse_selector
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.events import Event

_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SHAPE = re.compile(r"(?P<left>[^<>]{1,300}?)\s*(?P<op>>=|<=|>|<)\s*(?P<right>[^<>]{1,300})", re.ASCII)
_SIDE = re.compile(r"(?P<selector>.*?)(?:\s+(?P<sign>[+-])\s+(?P<amount>PT\S+))?\s*", re.ASCII)


class Side(Frozen):
    """One side: an event's time, moved by an exact amount."""

    selector: Selector
    offset: timedelta

    def at(self, by_kind: Mapping[str, tuple[Event, ...]]) -> datetime | None:
        """When, by the earliest end of the event's time; `None` while it is not known."""
        event = self.selector.of(by_kind)
        return None if event is None else event.occurred_at.earliest + self.offset


class Condition(Frozen):
    """A comparison that holds only once both times are known."""

    left: Side
    compare: str
    right: Side

    def holds(self, by_kind: Mapping[str, tuple[Event, ...]]) -> bool:
        """Whether it holds on these events."""
        left, right = self.left.at(by_kind), self.right.at(by_kind)
        return left is not None and right is not None and _COMPARE[self.compare](left, right)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that can matter here."""
        return self.left.selector.kinds | self.right.selector.kinds


@lru_cache(maxsize=1024)
def parse_condition(text: str) -> Condition:
    """Read a condition; raises `UsageProblem`."""
    found = _SHAPE.fullmatch(text.strip()) if len(text) <= 700 else None  # noqa: PLR2004  (two selectors and an amount)
    if found is None:
        raise UsageProblem("not a condition", next_step="Write it as `classified > awareness + PT24H`.")
    return Condition(left=_side(found["left"]), compare=found["op"], right=_side(found["right"]))


def _side(text: str) -> Side:
    found = _SIDE.fullmatch(text.strip())
    if found is None:
        raise UsageProblem("not a condition", next_step="Write it as `classified > awareness + PT24H`.")
    offset = parse_exact(found["amount"]) if found["amount"] else timedelta(0)
    return Side(selector=parse_selector(found["selector"]), offset=-offset if found["sign"] == "-" else offset)
