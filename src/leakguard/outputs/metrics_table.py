"""Metrics across incidents as columns of plain text that fit into 80 characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from leakguard.models.texts import counted, duration_words
from leakguard.outputs.words import printable

_NAME = 32
_ENDINGS = ("met_on_time", "met_late", "missed", "overdue", "running", "not_applicable")


def metrics_text(metrics: Mapping[str, Any]) -> str:
    """A table of durations, one of clocks, one of steps; `metrics` is the document of `--format json`."""
    return "\n".join(_lines(metrics)) + "\n"


def _lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    counts = f"{counted(metrics['incident_count'], 'incident')}, {metrics['open_count']} of them open"
    yield f"{counts}, as known at {metrics['known_at']}"
    yield f"{counted(metrics['correction_count'], 'record was', 'records were')} corrected later"
    yield ""
    yield from _table("HOW LONG", ("N", "OPEN", "MEDIAN", "P75", "P90"), _spreads(metrics["durations"], "name"))
    clocks = [(clock["clock"], [str(clock[name]) for name in _ENDINGS]) for clock in metrics["clocks"]]
    if clocks:
        yield ""
        yield from _table("CLOCK", ("MET", "LATE", "MISSED", "OVERDUE", "RUNS", "NONE"), clocks)
    steps = [
        (name, [*cells[:3], str(step["late"])]) for step in metrics["steps"] for name, cells in _spreads([step], "step")
    ]
    if steps:
        yield ""
        yield from _table("STEP", ("N", "OPEN", "MEDIAN", "LATE"), steps)


def _spreads(rows: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, list[str]]]:
    return [
        (
            str(row[name]).replace("_", " ") if name == "name" else str(row[name]),
            [
                str(row["count"]),
                str(row["open"]),
                *(_words(row[key]) for key in ("median_seconds", "p75_seconds", "p90_seconds")),
            ],
        )
        for row in rows
        if row["count"]
    ]


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """A name that is too long for its column has a line of its own: it is what people search for."""
    widths = (4, 5, 13, 13, 13) if columns[0] == "N" else (6, 6, 8, 9, 6, 6)
    yield f"{title:<{_NAME}}" + "".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=False))
    for name, cells in rows:
        shown = printable(name)
        figures = "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False))
        if len(shown) > _NAME:
            yield shown
            shown = ""
        yield f"{shown:<{_NAME}}{figures}"


def _words(seconds: float | None) -> str:
    """`2 d 3 h`, `59 min`; a dash where too much is open to say."""
    return "-" if seconds is None else duration_words(timedelta(seconds=seconds))
