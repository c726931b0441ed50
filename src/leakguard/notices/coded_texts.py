"""Texts that a facts file may state by a code, and that each letter tells in its own language."""

from __future__ import annotations

import re

from leakguard.models.languages import LANGS, STYLES, Lang
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.vocabulary import FactKind, PlainAnswer, Vocabulary

_DURATION = re.compile(
    r"P(?=.)(?:(?P<days>\d{1,5})D)?(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?)?", re.ASCII
)
"""ISO 8601, in days, hours and minutes."""
_MEASURE = re.compile(r"([0-9]{1,9}) ?([^\W\d_][^\d,.;:，。；：]{0,30}|%)")


def coded(raw: object, kind: FactKind, vocabulary: Vocabulary) -> LocalisedText | None:
    """The text of a code in every language; `None` for a text in words.

    Codes are `true` and `false`, the options of a text fact such as `confidentiality`, and durations such as `P2DT6H`.
    """
    if isinstance(raw, bool):
        return _phrase("yes" if raw else "no", vocabulary)
    if not isinstance(raw, str):
        return None
    if raw in kind.options:
        return _phrase(f"is_{raw}", vocabulary)
    found = _DURATION.fullmatch(raw)
    return None if found is None else _duration(found, vocabulary)


def measured(text: str, vocabulary: Vocabulary, lang: Lang) -> str | None:
    """A text that is a number and its unit and nothing else, such as `19 days`, in another language; else `None`."""
    found = _MEASURE.fullmatch(text.strip())
    unit = _unit_called(found[2], vocabulary) if found else None
    return _counted(unit, int(found[1]), vocabulary, lang) if found and unit else None


def _unit_called(form: str, vocabulary: Vocabulary) -> str | None:
    every = ((name, one) for name, unit in vocabulary.units.items() for lang in LANGS for one in unit.forms(lang))
    return next((name for name, written in every if written.casefold() == form.casefold()), None)


def plain_answer(text: str, vocabulary: Vocabulary) -> PlainAnswer | None:
    """Whether a text is a plain yes or no, in any language; `None` for one that says something."""
    words = text.strip(" .。").casefold()
    of_answer = ((answer, texts) for answer, of_langs in vocabulary.answers.items() for texts in of_langs.values())
    return next((answer for answer, texts in of_answer if words in map(str.casefold, texts)), None)


def _counted(unit: str, count: int, vocabulary: Vocabulary, lang: Lang) -> str:
    from leakguard.notices.locale_forms import number, plural  # noqa: PLC0415  (loads babel)

    noun = vocabulary.units[unit].of(lang, plural(count, lang))
    return f"{number(count, lang)}{STYLES[lang].unit_space}{noun}"


def _phrase(name: str, vocabulary: Vocabulary) -> LocalisedText:
    words = vocabulary.phrases[name]
    return LocalisedText(texts={lang: words.of(lang) for lang in words.languages})


def _duration(found: re.Match[str], vocabulary: Vocabulary) -> LocalisedText:
    from leakguard.notices.locale_forms import listed  # noqa: PLC0415  (loads babel)

    parts = [(unit, int(count)) for unit, count in found.groupdict().items() if count is not None]
    return LocalisedText(
        texts={lang: listed([_counted(*part, vocabulary, lang) for part in parts], lang) for lang in LANGS}
    )
