"""Rows: an incident that is opened with many events, and one more event recorded in incidents of different sizes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Ran, Series, in_turn, run
from bench.scans import environment_of

SIZES = (1_000, 10_000, 100_000)
INCIDENT = "IR-{year}-0001"
FLAT = 1.25
"""The time for one event in the largest incident may be so much of that in the smallest."""
_FIRST = datetime(2026, 6, 1, 8, tzinfo=UTC)
_KINDS = ("note", "note", "status_sent", "contained")


def rows(house: House) -> Iterator[Row]:
    """The time and the memory to open the largest incident; then one event more in each, by time."""
    sizes = {house.many(size): size for size in SIZES}
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        folders = {count: Path(name) / str(count) for count in sizes}
        opened = {count: _opened(house, folder, count) for count, folder in folders.items()}
        contenders = {
            f"{count:,}": lambda folder=folder: _command(house, folder, "incident", "event", _incident(), "note")
            for count, folder in folders.items()
        }
        series = in_turn(contenders, house.runs)
    largest = max(opened)
    yield Row(
        work=f"an incident opened with {largest:,} events of a file", yardstick=NO_YARDSTICK,
        ours=f"{opened[largest].wall:.1f} s, {opened[largest].peak_mib:.0f} MiB",
        figure=f"{opened[largest].wall:.1f} s", goal="<= 60 s and 1,024 MiB",
        is_met=opened[largest].code == 0 and opened[largest].wall <= 60 and opened[largest].peak_mib <= 1024,
    )  # fmt: skip
    yield _flat(list(series.items()))


def write_events(file: Path, count: int) -> None:
    """So many events, a second apart."""
    with file.open("w", encoding="utf-8") as handle:
        handle.write("zone: UTC\nevents:\n")
        for number in range(count):
            at = (_FIRST + timedelta(seconds=number)).isoformat()
            told = f'id: e{number}, kind: {_KINDS[number % len(_KINDS)]}, occurred_at: "{at}"'
            handle.write(f"  - {{{told}, source: line {number} of the log, reason: taken over}}\n")


def _opened(house: House, folder: Path, count: int) -> Ran:
    folder.mkdir()
    write_events(folder / "events.yaml", count)
    return _command(house, folder, "incident", "open", "--from", "events.yaml")


def _command(house: House, folder: Path, *words: str) -> Ran:
    return run([str(house.tool.script), *words], folder=folder, seconds=600, environment=environment_of())


def _incident() -> str:
    return INCIDENT.format(year=datetime.now(UTC).year)  # noqa: TID251  (incidents are numbered by the real year)


def _flat(series: list[tuple[str, Series]]) -> Row:
    smallest, largest = series[0][1], series[-1][1]
    ratio = largest.seconds / smallest.seconds
    ended = all(ran.code == 0 for _, one in series for ran in one.runs)
    return Row(
        work=f"one event recorded in an incident of {series[-1][0]}, beside one of {series[0][0]}",
        yardstick=f"the smallest: {smallest.words}, {smallest.peak_mib:.0f} MiB",
        ours="; ".join(f"{name}: {one.words}, {one.peak_mib:.0f} MiB" for name, one in series[1:]),
        figure=f"{ratio:.3g}", goal=f"<= {FLAT:g} of its time", is_met=ended and ratio <= FLAT,
    )  # fmt: skip
