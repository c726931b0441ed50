"""What a PDF reader finds on the pages of a letter, and where."""

from __future__ import annotations

import io
from itertools import groupby

from pypdf import PageObject, PdfReader

HEAD, FOOT = 19.0, 281.0
"""Millimetres from the upper edge: above the first stands the running head, below the second the page number."""


def pages_of(document: bytes) -> list[PageObject]:
    """The pages of a document."""
    return list(PdfReader(io.BytesIO(document)).pages)


def placed(page: PageObject) -> list[tuple[str, tuple[float, float]]]:
    """Each piece of text with its place in millimetres from the left and the top edge of A4."""
    found: list[tuple[str, tuple[float, float]]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        across, up = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        found.append((text, (across * 25.4 / 72, 297 - up * 25.4 / 72)))

    page.extract_text(visitor_text=visit)
    return found


def all_lines(page: PageObject) -> list[tuple[float, str]]:
    """Every line from the top, head and foot too, without spaces: millimetres from the upper edge, and the words."""
    pieces = sorted((round(down, 1), across, text) for text, (across, down) in placed(page) if text.strip())
    found = ((down, "".join(text for _, _, text in line)) for down, line in groupby(pieces, key=lambda one: one[0]))
    return [(down, "".join(text.split())) for down, text in found]


def lines_on(page: PageObject) -> list[tuple[float, str]]:
    """The lines of the letter itself."""
    return [(down, text) for down, text in all_lines(page) if HEAD < down < FOOT]


def sizes_on(page: PageObject) -> set[float]:
    """The sizes of the type on a page, in points."""
    found = set[float]()

    def visit(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if text.strip():
            found.add(round(size * abs(tm[3] * cm[3]), 2))

    page.extract_text(visitor_text=visit)
    return found


def lines_above(closing: str, page: PageObject) -> int:
    """How many lines of text and headings stand above the closing words on their page."""
    wanted, lines = "".join(closing.split()), [text for _, text in lines_on(page)]
    found = [place for place, text in enumerate(lines) if text.startswith(wanted) or wanted.startswith(text)]
    assert found, f"the closing words are not on the last page: {lines}"
    return found[-1]
