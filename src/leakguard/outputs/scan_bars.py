"""Bars for the sizes of open stores, on a scale by powers of ten: some are a million times as large as others."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from leakguard.outputs.words import byte_words, printable
from leakguard.reports.svg import WIDTH, Figure, bar, cut, line, number, text

MOST = 12
"""Bars; the table has them all."""
_NAMES, _RIGHT, _ROW, _TOP = 210, 70, 24, 26
"""Units: the room for names, for the words behind a bar, the height of a row, the room for the scale."""
_LONGEST_NAME = 34


def bars(sizes: Sequence[tuple[str, int | None]]) -> Figure | None:
    """A bar for each of the largest stores; nothing where none states its bytes."""
    known = sorted(((size, place) for place, size in sizes if size), key=lambda one: (-one[0], one[1]))[:MOST]
    if not known:
        return None
    low = floor(log10(known[-1][0]))
    high = max(ceil(log10(known[0][0])), low + 1)
    width = WIDTH - _NAMES - _RIGHT
    height = _TOP + _ROW * len(known) + 6
    shapes = [*_scale(low, high, width, height)]
    for row, (size, place) in enumerate(known):
        y = _TOP + _ROW * row
        length = width * (log10(size) - low) / (high - low)
        shapes += [
            text(_NAMES - 8, y + 13, cut(printable(place), _LONGEST_NAME), anchor="end"),
            bar(_NAMES, y + 3, length, 13, "run"),
            text(_NAMES + max(length, 0.8) + 6, y + 13, byte_words(size), style='font-weight="bold"'),
        ]
    described = "; ".join(f"{printable(place)}: {byte_words(size)}" for size, place in known)
    return Figure(
        name="sizes",
        title="The largest open datastores; each line to the right is ten times as much",
        description=f"Sizes: {described}.",
        width=WIDTH,
        height=height,
        body="".join(shapes),
    )


def _scale(low: int, high: int, width: int, height: int) -> list[str]:
    """A line for each power of ten, with words where there is room."""
    every = max(1, ceil((high - low) / 6))
    shapes = []
    for power in range(low, high + 1):
        x = _NAMES + width * (power - low) / (high - low)
        shapes.append(line((x, _TOP - 6), (x, height), "rule", width=0.7))
        if (power - low) % every == 0:
            shapes.append(text(float(number(x)), _TOP - 11, byte_words(10**power), "soft", anchor="middle"))
    return shapes
