"""What the bench measured, as `measured.json` keeps it and the documentation prints it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("measured.json")
NO_GOAL = "-"
"""The goal of a row that only helps to read the others."""
NO_YARDSTICK = "none in this run"
"""The yardstick of a row whose peer did not run beside us: its goal is a fixed limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One goal, and how far we are."""

    work: str
    yardstick: str
    """Who ran beside us, and its own figure of the same run; `NO_YARDSTICK` where nobody did."""
    ours: str
    figure: str
    """What is compared with the goal, with its unit."""
    goal: str
    is_met: bool | None = None
    """Nothing where it was not measured; `ours` then says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One size of the growth curve."""

    endpoints: int
    seconds: float
    peak_mib: float
    """Of any process."""
    is_late: bool = False
    """Whether the run was ended because its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows that were measured together, in one run on one machine."""

    name: str
    measured_on: str
    machine: str
    runs: int
    rows: tuple[Row, ...]
    growth: tuple[Point, ...] = ()


Told = Row | Point
"""What a measurement yields, in any order."""


def not_measured(work: str, goal: str, why: str) -> Row:
    """A row that says why there is no figure."""
    return Row(work=work, yardstick=NO_YARDSTICK, ours=why, figure="-", goal=goal)


def compared(*, work: str, yardstick: str, ours: str, ratio: float, most: float, is_whole: bool = True) -> Row:
    """A row whose goal is a ratio; work that was not done as a whole is never quick."""
    return Row(
        work=work, yardstick=yardstick, ours=ours if is_whole else f"{ours}, but not all of the work",
        figure=f"{ratio:.3g}", goal=f"<= {most:g} of its time", is_met=ratio <= most and is_whole,
    )  # fmt: skip


def write(parts: Iterable[Part], file: Path = FILE) -> None:
    """Keep these parts, and of the older ones those that were not measured again."""
    kept = {part.name: part for part in (*read(file), *parts)}
    file.write_text(json.dumps([asdict(part) for part in kept.values()], indent=1) + "\n", encoding="utf-8")


def read(file: Path = FILE) -> tuple[Part, ...]:
    """All parts that were ever kept."""
    if not file.exists():
        return ()
    return tuple(
        Part(**{
            **part,
            "rows": tuple(Row(**row) for row in part["rows"]),
            "growth": tuple(Point(**point) for point in part["growth"]),
        })
        for part in json.loads(file.read_text(encoding="utf-8"))
    )  # fmt: skip
