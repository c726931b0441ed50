"""How close the lines of a letter stand, so that it fills one page or ends with enough text above the signature.

A page that holds a signature and two lines is a page wasted, and a signature alone belongs to no letter.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal

from leakguard.documents.typography import typography_of
from leakguard.frozen import Frozen, replace
from leakguard.models.letters import Letter

LEAST_POINTS = 10.0
"""No letter is set in smaller type, whatever that saves: Cal. Civ. Code § 1798.82(d)(1) demands as much."""
LEAST_LINES = 5
"""Lines of text above the closing words of a letter that does not fit one page."""
FITTED_PAGES = 1.2
"""A letter that would fill less than so many pages is set closer until it fills one."""
_USUAL_POINTS, _SMALL_POINTS = 10.5, 10.0
_PAGE, _TOP = 841.89, 56.69
"""Points of A4, and of the margin above the text."""
_BOTTOM, _LEAST_BOTTOM = 56.69, 42.52
"""20 and 15 mm: no printer needs more than the second."""
_TIGHT_LEADING = {"": 0.5, "cjk": 0.54}
"""Space between lines in ems that is still good to read: Latin lines then stand 1.15 ems apart, East Asian ones 1.4."""
_STEPS = 7
"""From the usual setting to the closest."""
_UNSEEN = 2 / _STEPS
"""The part of the way on which no reader sees a difference: the lower margin and the size of the type, and no gap.

So letters of one family look alike unless one of them is a good deal longer than a page.
"""
_MOST_LIFT = 16
"""Lines by which the pages may end earlier."""
_SURE = 0.5
"""Points that are left over, as positions are rounded."""
_PITCH = {"": 0.66, "cjk": 0.88}
"""Ems from the base of a line to the top of its signs, rounded up: lines are rather counted too few than too many."""
_IN_TABLE, _IN_LIST = 10.0, 0.06
"""Points around a row of a table; ems that the entries of a list stand further apart than its lines."""


class Fit(Frozen):
    """The measures of one letter: type in points, the margin below in points, everything else in ems."""

    size: float
    small: float
    """Of what stands in the head and in the foot."""
    leading: float
    spacing: float
    """Between paragraphs."""
    above: float
    """Above a heading; half of it stands below."""
    bottom: float


class Layout(Frozen):
    """How a letter is set, and how many pages it fills."""

    fit: Fit
    pages: int = 1


class Places(Frozen):
    """Where typst put what."""

    parts: tuple[tuple[str, int, float], ...]
    """The kind (`par`, `heading`, `enum`, `table`), the page and the points from its upper edge, in their order."""
    closing: tuple[int, float]
    """Page and place of the closing words."""
    end: tuple[int, float]
    """The same of the end of the letter."""


Measured = Literal["whole", "pages"]
"""On one page without end, or on pages."""
Measure = Callable[[Fit, Measured], Places]
"""Sets the letter without making a document."""


def places_of(value: dict[str, Any]) -> Places:
    """From what the template says."""
    parts = tuple((str(kind), int(page), float(down)) for kind, page, down in value["parts"])
    closing, end = value["closing"], value["end"]
    return Places(parts=parts, closing=(closing[0], closing[1]), end=(end[0], end[1]))


def fit_of(letter: Letter, closeness: float = 0.0) -> Fit:
    """The measures of a letter's language, from the usual ones (0) to the closest (1)."""
    typography, is_asian = typography_of(letter), letter.traits.cjk != ""
    tight = _TIGHT_LEADING["cjk" if is_asian else ""]
    unseen, seen = min(1.0, closeness / _UNSEEN), max(0.0, (closeness - _UNSEEN) / (1 - _UNSEEN))
    leading = _between(typography.leading, tight, seen)
    usual = max(_USUAL_POINTS, letter.least_points)
    size = _between(usual, max(LEAST_POINTS, letter.least_points), unseen)
    return Fit(
        size=round(size, 3),
        small=max(_SMALL_POINTS, letter.least_points),
        leading=leading,
        spacing=leading + 0.1 if is_asian else _between(0.95, 0.68, seen),
        above=_between(1.4, 0.9, seen),
        bottom=_between(_BOTTOM, _LEAST_BOTTOM, unseen),
    )


def layout_of(letter: Letter, measure: Measure) -> Layout:
    """How the letter is set best; asks for few measurements, and for the same ones each time."""
    usual = fit_of(letter)
    if (fit := _on_one_page(letter, usual, measure)) is not None:
        return Layout(fit=fit)
    found = measure(usual, "pages")
    best = Layout(fit=usual, pages=found.end[0])
    if lines_above_closing(found, usual, letter) >= LEAST_LINES:
        return best
    for lift in range(1, _MOST_LIFT + 1):
        higher = replace(usual, bottom=round(usual.bottom + lift * _pitch(usual, letter), 3))
        found = measure(higher, "pages")
        if lines_above_closing(found, higher, letter) >= LEAST_LINES:
            return Layout(fit=higher, pages=found.end[0])
    return best


def _on_one_page(letter: Letter, usual: Fit, measure: Measure) -> Fit | None:
    needed = measure(usual, "whole").end[1] + _SURE
    if needed <= _PAGE - usual.bottom:
        return usual
    if needed - _TOP > FITTED_PAGES * (_PAGE - usual.bottom - _TOP):
        return None
    for step in range(1, _STEPS + 1):
        closer = fit_of(letter, step / _STEPS)
        if measure(closer, "whole").end[1] + _SURE <= _PAGE - closer.bottom:
            return closer
    return None


def lines_above_closing(places: Places, fit: Fit, letter: Letter) -> int:
    """At least so many lines of text and headings stand above the closing words on their page."""
    page, closing = places.closing
    marks = [*((kind, down) for kind, on, down in places.parts if on == page and down < closing), ("", closing)]
    before = [kind for kind, on, _ in places.parts if on < page]
    if before:
        marks.insert(0, (before[-1], _TOP))
    pairs = pairwise(marks)
    return sum(_lines(kind, below - down, after, fit, letter) for (kind, down), (after, below) in pairs)


def _lines(kind: str, height: float, after: str, fit: Fit, letter: Letter) -> int:
    """How many lines a part surely has that takes so many points with the space below it."""
    pitch = _pitch(fit, letter)
    if kind == "heading":
        return 1
    gap = fit.above * 11.5 if after == "heading" else max(fit.spacing, fit.leading) * fit.size
    if after == "":
        gap = (fit.spacing + 0.6) * fit.size
    each = pitch + {"table": _IN_TABLE, "enum": _IN_LIST * fit.size}.get(kind, 0.0)
    return max(0, round((height - gap + fit.leading * fit.size) / each - 0.3))


def _pitch(fit: Fit, letter: Letter) -> float:
    """Points from one line to the next."""
    return (fit.leading + _PITCH["cjk" if letter.traits.cjk else ""]) * fit.size


def _between(usual: float, closest: float, closeness: float) -> float:
    return round(usual + (closest - usual) * closeness, 4)
