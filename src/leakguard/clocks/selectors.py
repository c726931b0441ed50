"""Parses selectors, such as `first(filed(stage=initial)) | last(detected)`, and comparisons of event times.

A selector says which event a clock counts from or ends with; a comparison says when a limb of a rule does not count
(see `rules.Limb`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from leakguard.clocks.durations import parse_exact
from leakguard.clocks.event_kinds import KINDS, unknown_kind_message
from leakguard.clocks.event_selection import EventPattern, Selector
from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event

_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SHAPE = re.compile(r"(?P<left>[^<>]{1,300}?)\s*(?P<op>>=|<=|>|<)\s*(?P<right>[^<>]{1,300})", re.ASCII)
_SIDE = re.compile(r"(?P<selector>.*?)(?:\s+(?P<sign>[+-])\s+(?P<amount>PT\S+))?\s*", re.ASCII)


class ComparisonSide(Frozen):
    """One side of a comparison: an event's time, moved by an exact amount."""

    selector: Selector
    offset: timedelta

    def at(self, by_kind: Mapping[str, tuple[Event, ...]]) -> datetime | None:
        """When, by the earliest bound of the event's time; `None` while it is not known."""
        event = self.selector.select(by_kind)
        return None if event is None else event.occurred_at.earliest + self.offset


class Comparison(Frozen):
    """A comparison of two times, as `if` of a rule states it; it holds only once both are known."""

    left: ComparisonSide
    compare: str
    right: ComparisonSide

    def holds(self, by_kind: Mapping[str, tuple[Event, ...]]) -> bool:
        """Whether it holds on these events."""
        left, right = self.left.at(by_kind), self.right.at(by_kind)
        return left is not None and right is not None and _COMPARE[self.compare](left, right)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that can matter here."""
        return self.left.selector.kinds | self.right.selector.kinds


@lru_cache(maxsize=1024)
def parse_comparison(text: str) -> Comparison:
    """Read a comparison, such as `classified > awareness + PT24H`; raises `UsageProblem`."""
    found = _SHAPE.fullmatch(text.strip()) if len(text) <= 700 else None  # noqa: PLR2004  (two selectors and an amount)
    if found is None:
        raise UsageProblem(
            "not a comparison of two event times", next_step="Write it as `classified > awareness + PT24H`."
        )
    return Comparison(left=_comparison_side(found["left"]), compare=found["op"], right=_comparison_side(found["right"]))


def _comparison_side(text: str) -> ComparisonSide:
    found = _SIDE.fullmatch(text.strip())
    if found is None:
        raise UsageProblem(
            "not a comparison of two event times", next_step="Write it as `classified > awareness + PT24H`."
        )
    offset = parse_exact(found["amount"]) if found["amount"] else timedelta(0)
    return ComparisonSide(
        selector=parse_selector(found["selector"]), offset=-offset if found["sign"] == "-" else offset
    )


MAX_NTH = 1000
_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*)|\"(?P<quoted>[^\"]{0,200})\"|(?P<mark>[(),=|]))", re.ASCII
)
_MAX_LENGTH = 500
_HINT = 'Write first(kind), last(kind), nth(kind, 2), kind(key=value), kind(key="*"), and | between alternatives.'


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector:
    """Read a selector; raises `UsageProblem` naming the unknown kind or field and the nearest known one."""
    if len(text) > _MAX_LENGTH:
        raise UsageProblem("a selector longer than 500 characters", next_step=_HINT)
    reader = _TokenReader(text)
    patterns = [*reader.alternative()]
    while reader.take("|"):
        patterns += reader.alternative()
    reader.expect_end()
    return Selector(patterns=tuple(patterns))


class _TokenReader:
    """Reads one selector's tokens from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def alternative(self) -> Iterator[EventPattern]:
        """One kind, or `first`, `last` or `nth` of one.

        `first(a | b)` is `first(a) | first(b)`, and likewise for `last`.
        """
        which = self.word("an event kind")
        if which not in {"first", "last", "nth"} or not self.take("("):
            yield self._pattern(which, "first")
            return
        patterns = [self._pattern(self.word("an event kind"), which)]
        while self.take("|"):
            patterns.append(self._pattern(self.word("an event kind"), which))
        if which == "nth":
            patterns = [self._counted(patterns)]
        self.expect(")")
        yield from patterns

    def _counted(self, patterns: Sequence[EventPattern]) -> EventPattern:
        if len(patterns) > 1:
            raise UsageProblem("nth() counts the events of one kind, not of several", next_step=_HINT)
        self.expect(",")
        return replace(patterns[0], n=self._number())

    def _pattern(self, kind: str, which: str) -> EventPattern:
        return _checked(EventPattern(kind=kind, which=which, filters=self._filters(kind)))

    def _filters(self, kind: str) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        if not self.take("("):
            return ()
        while not self.take(")"):
            if found:
                self.expect(",")
            key = self.word("a field of the event")
            _check_field(kind, key)
            self.expect("=")
            found.append((key, self.word("a value")))
        return tuple(sorted(found))

    def _number(self) -> int:
        text = self.word("a number")
        if not text.isdecimal() or not 1 <= int(text) <= MAX_NTH:
            raise UsageProblem(f"nth() counts from 1 to {MAX_NTH}", next_step=_HINT)
        return int(text)

    def word(self, what: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "word":
            self._at += 1
            return self._tokens[self._at - 1][1]
        raise UsageProblem(f"{what} is missing", next_step=_HINT)

    def take(self, mark: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("mark", mark):
            self._at += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise UsageProblem(f"`{mark}` is missing", next_step=_HINT)

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise UsageProblem(f"`{self._tokens[self._at][1][:40]}` is not expected there", next_step=_HINT)


def _tokens(text: str) -> Iterable[tuple[str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None:
            raise UsageProblem(f"`{text[at : at + 20].strip()}` cannot be read", next_step=_HINT)
        if found["mark"]:
            yield "mark", found["mark"]
        else:
            yield "word", found["word"] if found["quoted"] is None else found["quoted"]
        at = found.end()


def _checked(pattern: EventPattern) -> EventPattern:
    wrong = unknown_kind_message(pattern.kind)
    if wrong:
        raise UsageProblem(wrong, next_step=_HINT)
    return pattern


def _check_field(kind: str, key: str) -> None:
    wrong = unknown_kind_message(kind)
    if wrong:
        raise UsageProblem(wrong, next_step=_HINT)
    allowed = [*KINDS[kind].allowed, "source"]
    if key not in allowed:
        near = nearest_name(key, allowed)
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(f"`{kind}` has no field `{key[:60]}`{hint}", next_step=_HINT)
