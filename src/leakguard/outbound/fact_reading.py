"""Single values of a file about outbound transfers; each raises `ValueError` for what it cannot read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakguard.outbound.answers import Choice, Count, Known
from leakguard.outbound.rules import FactKind, Words

MOST_SIGNS = 500
MOST_PEOPLE = 10**11
_STATES = ("value", "estimate", "unknown")


def parse_known(value: object, estimate: object, unknown: object, kind: FactKind) -> Known | None:
    """What a fact states; `None` where somebody stated that it is not known."""
    given = [given for given in (value, estimate, unknown) if given is not None]
    if len(given) != 1:
        raise ValueError(f"needs exactly one of {', '.join(_STATES)}")
    if unknown is not None:
        return None
    if kind.counts:
        return _span(value if estimate is None else estimate)
    if estimate is not None:
        raise ValueError("is no count, so there is nothing to estimate: write `value` or `unknown`")
    word = str(value).lower() if isinstance(value, bool) else value
    if not isinstance(word, str) or word not in kind.choices:
        raise ValueError(f"must be one of {', '.join(kind.choices)}")
    return Choice(possible=frozenset({word}))


def _span(raw: object) -> Count:
    """A whole number, or `{low, high}`."""
    if isinstance(raw, Mapping):
        if set(raw) != {"low", "high"}:
            raise ValueError("an estimate of a count has the fields `low` and `high`, and no others")
        low, high = _number(raw["low"]), _number(raw["high"])
        if low > high:
            raise ValueError("`low` is larger than `high`")
        return Count(low=low, high=high)
    exact = _number(raw)
    return Count(low=exact, high=exact)


def _number(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST_PEOPLE:
        raise ValueError(f"must be a whole number from 0 to {MOST_PEOPLE:,}")
    return raw


def clean_line(raw: object, refuse: Callable[[str], None]) -> str:
    """A line without control characters and values of people; empty where nothing was written."""
    if not isinstance(raw, str):
        raise ValueError("must be a text")  # noqa: TRY004  (one kind of refusal)
    if len(raw) > MOST_SIGNS:
        raise ValueError(f"a text longer than {MOST_SIGNS} characters")
    if not raw.isprintable():
        raise ValueError("has characters that cannot be seen")
    refuse(raw)
    return raw.strip()


def names_of_text(raw: object, refuse: Callable[[str], None]) -> Words:
    """A text in both languages: `{en, zh}`, or one text for both."""
    if isinstance(raw, Mapping):
        if set(raw) != {"en", "zh"}:
            raise ValueError("write it as one text, or as {en: ..., zh: ...}")
        words = Words(en=clean_line(raw["en"], refuse), zh=clean_line(raw["zh"], refuse))
    else:
        line = clean_line(raw, refuse)
        words = Words(en=line, zh=line)
    if not words.en or not words.zh:
        raise ValueError("must be a text that is not empty")
    return words
