"""Text in a drawing: how wide it is, where it breaks, and how it is written in XML."""

from __future__ import annotations

from unicodedata import east_asian_width
from xml.sax.saxutils import escape

_UNIT = 0.56
"""The mean width of a letter in ems; sans-serif faces have 0.50 to 0.58."""


def units(text: str) -> int:
    """Its width in narrow letters; Chinese ones count twice."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def width_of(text: str, size: float) -> float:
    """Its width at most, about, in a font of this size."""
    return units(text) * size * _UNIT


def broken(text: str, most: int, *, lines: int = 4) -> list[str]:
    """Lines of `most` units; what does not fit into `lines` of them ends with three dots."""
    found = [""]
    for word in _pieces(text, most):
        if found[-1] and units(found[-1]) + units(word.rstrip()) > most:
            found.append("")
        found[-1] += word
    kept = [line.strip() for line in found[:lines]]
    if len(found) > lines:
        while units(kept[-1]) > most - 3:
            kept[-1] = kept[-1][:-1]
        kept[-1] += "..."
    return kept


def xml(text: str) -> str:
    """Text that XML may hold, escaped; what it cannot hold becomes a space."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text), {'"': "&quot;"})


def _pieces(text: str, most: int) -> list[str]:
    """Words with the space behind them; wide letters stand alone, and a long word is cut."""
    pieces = [""]
    for letter in text:
        is_wide = units(letter) > 1
        if pieces[-1] and (is_wide or pieces[-1][-1] == " " or units(pieces[-1]) >= most or units(pieces[-1][-1]) > 1):
            pieces.append("")
        pieces[-1] += letter if letter.isprintable() else " "
    return pieces
