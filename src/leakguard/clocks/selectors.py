"""Selectors: which event a clock counts from or ends with, such as `first(filed(stage=initial)) | last(detected)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from leakguard.clocks.event_kinds import KINDS, unknown_kind
from leakguard.errors import UsageProblem
from leakguard.files.shapes import nearest_name
from leakguard.models.events import Event

MAX_NTH = 1000
_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*)|\"(?P<quoted>[^\"]{0,200})\"|(?P<mark>[(),=|]))", re.ASCII
)
_MAX_LENGTH = 500
_HINT = "Write first(kind), last(kind), nth(kind, 2), kind(key=value), and | between alternatives."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One alternative: which of the events of a kind that pass the filters."""

    kind: str
    which: str = "first"
    """`first`, `last` or `nth`."""
    n: int = 1
    """Counted from one; for `nth` alone."""
    filters: tuple[tuple[str, str], ...] = ()

    def matches(self, event: Event) -> bool:
        """Whether the event is of this kind and carries every field of the filters."""
        return event.kind == self.kind and all(_field(event, key) == value for key, value in self.filters)

    def of(self, events: Iterable[Event]) -> Event | None:
        """The event that is meant, out of events in the order of their times; `None` while there is none."""
        found = [event for event in events if self.matches(event)]
        if self.which == "last":
            return found[-1] if found else None
        return found[self.n - 1] if len(found) >= self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One or more alternatives."""

    text: str
    picks: tuple[Pick, ...]

    @property
    def rearms(self) -> bool:
        """Whether a later event of the same kind takes over, so that the latest alternative wins."""
        return any(pick.which == "last" for pick in self.picks)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that can matter here."""
        return frozenset(pick.kind for pick in self.picks)

    def matches(self, event: Event) -> bool:
        """Whether the event fits any alternative, whatever its place."""
        return any(pick.matches(event) for pick in self.picks)

    def of(self, by_kind: Mapping[str, tuple[Event, ...]]) -> Event | None:
        """The event that is meant: the earliest of the alternatives, with `last` among them the latest."""
        found = [event for pick in self.picks if (event := pick.of(by_kind.get(pick.kind, ()))) is not None]
        if not found:
            return None
        return max(found, key=event_order) if self.rearms else min(found, key=event_order)

    def values_of(self, key: str) -> frozenset[str]:
        """What the alternatives ask of one field, such as their `obligation`."""
        return frozenset(value for pick in self.picks for name, value in pick.filters if name == key)


def event_order(event: Event) -> tuple[object, ...]:
    """The order of a story: when it happened, then when it was recorded, then by id."""
    return (event.occurred_at.earliest, event.occurred_at.latest, event.recorded_at, event.id)


def _field(event: Event, key: str) -> str:
    value = event.source if key == "source" else event.fields.get(key)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector:
    """Read a selector; raises `UsageProblem` naming the unknown kind or field and the nearest known one."""
    if len(text) > _MAX_LENGTH:
        raise UsageProblem("a selector longer than 500 characters", next_step=_HINT)
    reader = _Reader(text)
    picks = [reader.alternative()]
    while reader.take("|"):
        picks.append(reader.alternative())
    reader.expect_end()
    return Selector(text=text.strip(), picks=tuple(picks))


class _Reader:
    """Reads one selector's tokens from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def alternative(self) -> Pick:
        which = self.word("an event kind")
        if which not in {"first", "last", "nth"} or not self.take("("):
            return self._kind(which, which="first", n=1)
        kind = self.word("an event kind")
        filters = self._filters(kind)
        n = 1
        if which == "nth":
            self.expect(",")
            n = self._number()
        self.expect(")")
        return _checked(Pick(kind=kind, which=which, n=n, filters=filters))

    def _kind(self, kind: str, *, which: str, n: int) -> Pick:
        return _checked(Pick(kind=kind, which=which, n=n, filters=self._filters(kind)))

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
        if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_NTH:
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


def _checked(pick: Pick) -> Pick:
    wrong = unknown_kind(pick.kind)
    if wrong:
        raise UsageProblem(wrong, next_step=_HINT)
    return pick


def _check_field(kind: str, key: str) -> None:
    wrong = unknown_kind(kind)
    if wrong:
        raise UsageProblem(wrong, next_step=_HINT)
    known = [*KINDS[kind].allowed, "source"]
    if key not in known:
        near = nearest_name(key, known)
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(f"`{kind}` has no field `{key[:60]}`{hint}", next_step=_HINT)
