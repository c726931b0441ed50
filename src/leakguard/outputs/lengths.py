"""How long the time of a law is, in words: `72 h`, `3 working days`, `the same day`."""

from __future__ import annotations

import re
from datetime import timedelta

from leakguard.clocks.durations import parse_calendar_period, parse_exact
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.outputs.assess_words import ScreenLang

_DAYS = re.compile(r"([\d,]+) days?\b")
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


def short_length(rule: ClockRule, lang: ScreenLang) -> str:
    """As `length_words`, for a cell of a table: `30 d`, `3 workdays`."""
    words = length_words(rule, lang)
    return _DAYS.sub(r"\1 d", words.replace("working day", "workday"))


def length_words(rule: ClockRule, lang: ScreenLang = "en") -> str:
    """The time of a clock; empty where the law gives no number. Conditions of different lengths stand side by side."""
    lengths = dict.fromkeys(words for limb in rule.limbs if (words := amount_length(limb.amount, lang)))
    return (" / " if lang == "en" else "或").join(lengths)


def amount_length(amount: Amount, lang: ScreenLang = "en") -> str:
    """One amount of time."""
    if amount.elapsed is not None:
        return _exact(parse_exact(amount.elapsed), lang, "", "")
    if amount.business_hours is not None:
        return _exact(parse_exact(amount.business_hours.amount), lang, "working ", "工作")
    if amount.business_days is not None:
        return _counted(amount.business_days, "working day", "个工作日", lang)
    if amount.calendar is not None:
        return _period(amount.calendar, lang)
    if amount.year_end_plus is not None:
        period = _period(amount.year_end_plus, lang)
        return f"{period} after the end of the year" if lang == "en" else f"年末后{period}"
    return ""


def _exact(length: timedelta, lang: ScreenLang, sort: str, sort_zh: str) -> str:
    if not length:
        return "at once" if lang == "en" else "立即"
    hours, rest = divmod(length, _HOUR)
    if rest:
        minutes = length // _MINUTE
        return f"{minutes:,} {sort}min" if lang == "en" else f"{minutes:,}{sort_zh}分钟"
    return f"{hours:,} {sort}h" if lang == "en" else f"{hours:,}个{sort_zh}小时" if sort_zh else f"{hours:,}小时"


def _period(text: str, lang: ScreenLang) -> str:
    period = parse_calendar_period(text)
    if not period.months and not period.days:
        return "the same day" if lang == "en" else "当日"
    years, months = divmod(period.months, 12) if not period.months % 12 else (0, period.months)
    amounts = ((years, "year", "年"), (months, "month", "个月"), (period.days, "day", "天"))
    return (" " if lang == "en" else "").join(_counted(n, en, zh, lang) for n, en, zh in amounts if n)


def _counted(number: int, en: str, zh: str, lang: ScreenLang) -> str:
    return f"{number:,} {en}{'' if number == 1 else 's'}" if lang == "en" else f"{number:,}{zh}"
