"""Texts that a facts file may state by a code, and that each letter tells in its own language."""

from __future__ import annotations

import re

from leakguard.models.languages import LANGS, STYLES, Lang
from leakguard.notices.fact_values import Said
from leakguard.notices.vocabulary import FactKind, Vocabulary

_DURATION = re.compile(
    r"P(?=.)(?:(?P<days>\d{1,5})D)?(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?)?", re.ASCII
)
"""ISO 8601, in days, hours and minutes."""


def coded(raw: object, kind: FactKind, vocabulary: Vocabulary) -> Said | None:
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


def _phrase(name: str, vocabulary: Vocabulary) -> Said:
    words = vocabulary.phrases[name]
    return Said(texts={lang: words.of(lang) for lang in words.languages})


def _duration(found: re.Match[str], vocabulary: Vocabulary) -> Said:
    from leakguard.notices.locale_forms import listed, number, plural  # noqa: PLC0415  (loads babel)

    def counted(unit: str, count: int, lang: Lang) -> str:
        noun = vocabulary.units[unit].of(lang, plural(count, lang))
        return f"{number(count, lang)}{STYLES[lang].unit_space}{noun}"

    parts = [(unit, int(count)) for unit, count in found.groupdict().items() if count is not None]
    return Said(texts={lang: listed([counted(*part, lang) for part in parts], lang) for lang in LANGS})
