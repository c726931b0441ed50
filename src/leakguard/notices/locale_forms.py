"""Dates, times, numbers and lists as each language writes them, by the tables of the Unicode consortium (CLDR)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import takewhile

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone_gmt
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_name, get_group_symbol

from leakguard.models.languages import STYLES, Lang

_ZONES: dict[tuple[Lang, str], str] = {("zh", "Asia/Shanghai"): "北京时间"}
_NUMBERED = re.compile(r"\d+\D*")
"""A number with the sign behind it, in a date without spaces."""
_MYRIAD = 10_000
_MYRIADS = ((_MYRIAD**2, "亿"), (_MYRIAD, "万"))
_REMEMBERED = 1024
"""Days in words: the letters of a case say the same few again and again, and the tables are read for each."""
_YUAN = "元"
"""The unit of the Chinese currency."""


def number(value: int, lang: Lang) -> str:
    """Every digit, with thousands set apart: `9,500,000,000`, `9.500.000.000`; never rounded, never in words."""
    traits = STYLES[lang]
    text: str = format_decimal(value, locale=traits.locale)
    return text.replace(get_group_symbol(traits.locale), traits.group) if traits.group else text


def numbers(values: Sequence[int], lang: Lang) -> tuple[str, ...]:
    """Numbers that stand together, such as the ends of a range, in the same unit: `230万`, `95亿`; never rounded."""
    if STYLES[lang].counts_in_myriads:
        for unit, name in _MYRIADS:
            if all(value % unit == 0 and 1 <= value // unit < _MYRIAD for value in values):
                return tuple(f"{number(value // unit, lang)}{name}" for value in values)
    return tuple(number(value, lang) for value in values)


def plural(value: int, lang: Lang) -> str:
    """Which form of a noun stands behind the number: `one`, `many` or `other`."""
    return str(Locale.parse(STYLES[lang].locale).plural_form(value))


def day(value: date, lang: Lang, *, in_usa: bool = False) -> str:
    """The day in full: `22 May 2019`, `2019年5月22日`, `22 maja 2019 r.`; `May 22, 2019` for readers `in_usa`."""
    # Moments are equal in every zone, and their days are not: what is remembered is of a day.
    return _day(date(value.year, value.month, value.day), lang, in_usa=in_usa)


@lru_cache(maxsize=_REMEMBERED)
def _day(value: date, lang: Lang, *, in_usa: bool) -> str:
    traits = STYLES[lang]
    text = format_date(value, format="long", locale=(in_usa and traits.usa_locale) or traits.locale)
    first = f"{traits.first_day}{text[1:]}" if traits.first_day and value.day == 1 else text
    return f"{first}{traits.after_day}"


def side_by_side(first: str, last: str) -> tuple[str, str]:
    """Two days in words without what both say: `22` and `23 May 2019`, `May 22` and `23, 2019`, `22日` and `23日`."""
    space = " " if " " in first else ""
    before, after = (text.split(space) if space else _NUMBERED.findall(text) for text in (first, last))
    start, end = _shared(before, after), _shared(before[::-1], after[::-1])
    return space.join(before[: len(before) - end]).rstrip(","), space.join(after[start:])


def _shared(first: Sequence[str], last: Sequence[str]) -> int:
    """How many parts both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def country_name(code: str, lang: Lang) -> str:
    """The name of a country by its ISO code: `Germany`, `德国`; the code itself where CLDR has none."""
    return str(Locale.parse(STYLES[lang].locale).territories.get(code, code))


def time_of_day(value: datetime, lang: Lang) -> str:
    """Hours and minutes on a clock of 24 hours: `22:30`, `22 h 30`."""
    return str(format_skeleton("Hm", value, locale=STYLES[lang].locale)).replace(" ", "\N{NO-BREAK SPACE}")


def zone(value: datetime, lang: Lang) -> str:
    """The offset from UTC: `UTC+08:00`, or `UTC`; or the name that readers of the language know the zone by."""
    known = _ZONES.get((lang, getattr(value.tzinfo, "key", "")))
    return known or "UTC" + (get_timezone_gmt(value, width="iso8601") if value.utcoffset() else "")


def currency(code: str, lang: Lang) -> tuple[str, str]:
    """What stands before and behind an amount: `美元` behind it; the Chinese currency has a unit besides its name."""
    name = str(get_currency_name(code, locale=STYLES[lang].locale))
    return (name, _YUAN) if code == "CNY" else ("", name)


def listed(parts: Sequence[str], lang: Lang) -> str:
    """A list in running text: `a, b and c`, `a、b和c`."""
    return format_list(parts, locale=STYLES[lang].locale)
