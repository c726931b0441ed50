"""The public holidays that the clocks of all duties need, compiled once for each release of the library of holidays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from leakguard.clocks.public_days import CachedDays, Years, days_to_cache, library_release
from leakguard.files.compiled_values import compiled_in, to_compiled
from leakguard.files.kept import Forms
from leakguard.notices.duty_rows import DutyLike

FORM = "days"
_YEARS = range(2018, 2033)
"""Clocks of other years ask the library."""
_NAMES, _RELEASE, _SUPPORTED = "names", "release", "supported"


def kept_days(duties: Iterable[DutyLike], forms: Forms) -> CachedDays | None:
    """The days of every calendar that a clock of these duties names; nothing where they cannot be kept."""
    names = " ".join(sorted({name for duty in duties for name in duty.calendars}))
    texts = {_NAMES: names, _RELEASE: library_release()}
    found = compiled_in(forms(FORM, texts, compile_days), texts)
    supported = found.part(_SUPPORTED, dict[str, tuple[str, ...]]) if found is not None else None
    if found is None or supported is None:
        return None

    @cache
    def years_of(name: str) -> Years:
        years: Years | None = found.part(name, Years)
        return years or {}

    return CachedDays(supported=supported, years_of=years_of)


def compile_days(texts: Mapping[str, str]) -> str:
    """What the library that is installed says of the calendars that are named."""
    supported, years = days_to_cache(texts[_NAMES].split(), _YEARS)
    return to_compiled(texts, {_SUPPORTED: supported, **years})
