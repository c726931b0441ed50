"""The public holidays that the clocks of all duties need, compiled once for each release of the library of holidays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from leakguard.clocks.public_days import KeptDays, days_to_keep, library_release
from leakguard.files.compiled_values import compiled_in, to_compiled
from leakguard.notices.duties import Duty

FORM = "days"
_YEARS = range(2018, 2033)
"""Clocks of other years ask the library."""
_NAMES, _RELEASE = "names", "release"
Forms = Callable[[str, Mapping[str, str], Callable[[Mapping[str, str]], str]], str]
"""Gives the compiled form of a name and its texts, or nothing where nothing can be kept."""


def kept_days(duties: Iterable[Duty], forms: Forms) -> KeptDays | None:
    """The days of every calendar that a clock of these duties names; nothing where they cannot be kept."""
    names = " ".join(sorted(set(_calendars(duties))))
    texts = {_NAMES: names, _RELEASE: library_release()}
    found = compiled_in(forms(FORM, texts, compile_days), texts)
    kept: KeptDays | None = found.part(FORM, KeptDays) if found is not None else None
    return kept


def compile_days(texts: Mapping[str, str]) -> str:
    """What the library that is installed says of the calendars that are named."""
    return to_compiled(texts, {FORM: days_to_keep(texts[_NAMES].split(), _YEARS)})


def _calendars(duties: Iterable[Duty]) -> Iterator[str]:
    for duty in duties:
        for phase in (phase for text in duty.texts for phase in text.phases):
            readings = (phase.clock, phase.clock.statutory)
            yield from (reading.calendar for reading in readings if reading is not None and reading.calendar)
