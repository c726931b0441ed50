"""What happened to the data in the words of the law: leaked, altered, lost, and what of it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from leakguard.notices import locale_forms
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.vocabulary import Lang, Vocabulary

_Certainty = Literal["known", "possible"]
_LEAKS = ("access", "exfiltration", "acquisition")
"""Each of them means that somebody without permission has seen or has the data."""


def breach_words(facts: Facts, lang: Lang, vocabulary: Vocabulary) -> dict[str, str | None]:
    """`breach_known` and `breach_possible`: `leaked and altered`, `泄露、篡改`; `None` where there is no such thing."""
    found = dict(_breaches(facts))
    return {
        f"breach_{certainty}": _listed([kind for kind, how in found.items() if how == certainty], lang, vocabulary)
        for certainty in ("known", "possible")
    }


def open_questions(facts: Facts, *, is_open: bool) -> dict[str, bool]:
    """What texts ask: `copy_unknown`, `breach_seen`, and `still_open`, which is `is_open`; see `still_open`."""
    return {"copy_unknown": copy_unknown(facts), "breach_seen": seen_only(facts), "still_open": is_open}


def seen_only(facts: Facts) -> bool:
    """Whether somebody without permission saw the data, and nobody knows yet if they were copied or left our hands."""
    copied = ("exfiltration", "acquisition")
    is_copied = any(facts.value_of(name, bool) for name in copied)
    return bool(facts.value_of("access", bool)) and not is_copied and any(_is_unknown(facts, name) for name in copied)


def copy_unknown(facts: Facts) -> bool:
    """Whether the facts say that nobody knows yet if the data were copied."""
    return _is_unknown(facts, "exfiltration")


def _listed(kinds: list[str], lang: Lang, vocabulary: Vocabulary) -> str | None:
    words = [vocabulary.breaches[kind].of(lang) for kind in kinds]
    return (vocabulary.phrases["list_comma"].of(lang).join(words) if lang == "zh" else _in_line(words, lang)) or None


def _in_line(words: list[str], lang: Lang) -> str:
    return locale_forms.listed(words, lang) if words else ""


def _breaches(facts: Facts) -> Iterator[tuple[str, _Certainty]]:
    """Each kind that happened, or that may have happened; what nobody knows of is for the rest of the letter."""
    leak = _leak(facts)
    if leak is not None:
        yield "leaked", leak
    if facts.value_of("integrity_loss", str) in {"recoverable", "unrecoverable"}:
        yield "altered", "known"
    if facts.value_of("availability_loss", str) == "full":
        yield "lost", "known"


def _leak(facts: Facts) -> _Certainty | None:
    """Data that anybody could reach may have leaked, unless the facts deny that somebody saw or took them.

    So may data that somebody saw, as long as nobody knows whether they were copied: `seen_only` says the rest.
    """
    if seen_only(facts):
        return "possible"
    seen = [facts.value_of(name, bool) for name in _LEAKS]
    if True in seen:
        return "known"
    if facts.value_of("exposure", bool) is False or seen[:2] == [False, False]:
        return None
    is_open = any(_is_unknown(facts, name) for name in _LEAKS)
    return "possible" if is_open or facts.value_of("exposure", bool) else None


def _is_unknown(facts: Facts, name: str) -> bool:
    fact = facts.get(name)
    return fact is not None and fact.state is FactState.UNKNOWN
