"""The table of goals and the growth curve, as the documentation and the terminal show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.measured import NO_GOAL, NO_YARDSTICK, Part, Point, Row

_HEADING = ("work", "yardstick, in the same run", "ours", "figure", "goal", "met")

YARDSTICKS = (
    "Every yardstick ran on this machine, in turn with ours; no figure is taken from another machine. "
    f"`{NO_YARDSTICK}` means that nobody ran beside us: the goal is then a fixed limit, and the row compares nothing."
)


def goals_table(rows: Iterable[Row]) -> str:
    """One row a goal."""
    lines = [f"| {' | '.join(_HEADING)} |", f"|{' --- |' * len(_HEADING)}"]
    for row in rows:
        cells = (row.work, row.yardstick, row.ours, row.figure, row.goal, _met(row))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def growth_table(points: Iterable[Point]) -> str:
    """One row a size: how long, how fast, how much memory."""
    lines = ["| closed endpoints | seconds | a second | peak MiB of any process |", "| --- | --- | --- | --- |"]
    for point in points:
        mark = "> " if point.is_late else ""
        rate = "-" if point.is_late else f"{point.endpoints / point.seconds:,.0f}"
        lines.append(f"| {point.endpoints:,} | {mark}{point.seconds:.2f} | {rate} | {point.peak_mib:.0f} |")
    return "\n".join(lines)


def bench_part(parts: Sequence[Part]) -> str:
    """The part of the documentation: where and when, the goals, the growth curve."""
    if not parts:
        return "Not measured yet."
    rows = [row for part in parts for row in part.rows]
    points = [point for part in parts for point in part.growth]
    texts = [_sentence(parts, rows), YARDSTICKS, goals_table(rows)]
    texts += ["How it grows:", growth_table(points)] if points else []
    return "\n\n".join(texts)


def _sentence(parts: Sequence[Part], rows: Sequence[Row]) -> str:
    days, machines = sorted({part.measured_on for part in parts}), sorted({part.machine for part in parts})
    met = sum(row.is_met is True for row in rows)
    missed = sum(row.is_met is False for row in rows)
    left = sum(row.is_met is None and row.goal != NO_GOAL for row in rows)
    unmeasured = f", {left} not measured" if left else ""
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    runs = min(part.runs for part in parts)
    return (
        f"Measured {when} on {'; '.join(machines)}; whole processes, median of {runs} (smallest-largest) after one "
        f"that warms up: {met} goals met, {missed} not met{unmeasured}."
    )


def _met(row: Row) -> str:
    if row.goal == NO_GOAL:
        return "-"
    return {True: "met", False: "**NOT met**", None: "not measured"}[row.is_met]
