"""Countries by their ISO code, with their names in both languages."""

from __future__ import annotations

from functools import cache

from leakguard.outbound.rules import ScreenLang

HOME = "CN"
_LETTERS = 2
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"})
"""Codes of two letters that the names have for unions, tests and the unknown."""


def is_country(code: str) -> bool:
    """Whether it is the ISO code of a country or territory."""
    return code in _names("en")


def country_name(code: str, lang: ScreenLang) -> str:
    """The name of a country; its code where there is none."""
    return _names(lang).get(code, code)


@cache
def _names(lang: ScreenLang) -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415  (takes a moment to load)

    known = Locale.parse("zh_Hans" if lang == "zh" else "en").territories
    return {code: str(name) for code, name in known.items() if len(code) == _LETTERS and code not in _NOT_COUNTRIES}
