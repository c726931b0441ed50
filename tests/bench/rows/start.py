"""Rows: how long a person waits for the first word."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping

from bench import yardsticks
from bench.house import House
from bench.measured import Row, calibration
from bench.processes import Ran, Series, in_turn, spread

PORT = 9200
TARGET = f"127.64.0.7:{PORT}"
MORE_RUNS = 3
"""Times the usual number: a run takes a blink, so one hiccup of the machine must not decide."""
SCAN = "scan of one open host, all checks: until its end"


def rows(house: House) -> Iterator[Row]:
    """`--version`, `--help`, and one open host: its first finding and the whole scan."""
    tool = house.tool
    contenders: dict[str, Callable[[], Ran]] = {
        "`--version`": lambda: tool.just("--version"),
        "`--help`": lambda: tool.just("--help"),
        SCAN: lambda: tool.just("scan", TARGET, "--scope", "scope.yaml", "--store", "s.sqlite", "--format", "jsonl"),
    }
    with house.rig.elastic(PORT):
        series = in_turn({**contenders, **house.calibrator()}, house.runs * MORE_RUNS)
    factor = house.factor(series)
    yield _whole("`--version`", series, 0.08, yardsticks.NUCLEI_VERSION, factor)
    yield _whole("`--help`", series, 0.15, 0.088, factor)
    yield _first(series[SCAN], factor)
    yield _whole(SCAN, series, 0.6, 0.13, factor, more="; `nmap -sV`: 6.2 s")


def _whole(
    work: str, made: Mapping[str, Series], most: float, published: float, factor: float | None, *, more: str = ""
) -> Row:  # fmt: skip
    """Until the end; `published` is what nuclei needs."""
    series = made[work]
    return Row(
        work=work, yardstick=f"nuclei, published: {published} s{more}",
        ours=f"{series.words}, {series.peak_mib:.0f} MiB", figure=f"{series.seconds:.3f} s", goal=f"<= {most:g} s",
        is_met=series.seconds <= most and all(ran.code in {0, 1} for ran in series.runs),
        calibrated=calibration(published, series.seconds, factor),
    )  # fmt: skip


def _first(series: Series, factor: float | None) -> Row:
    """Until the first byte of a finding stands on stdout; a scan that printed none does not count as quick."""
    firsts = [ran.first_output for ran in series.runs if ran.first_output is not None]
    work, goal = "first finding on one open host, on stdout", "<= 0.3 s"
    if len(firsts) < len(series.runs):
        return Row(work=work, yardstick="-", ours="nothing was found", figure="-", goal=goal, is_met=False)
    middle = statistics.median(firsts)
    return Row(
        work=work,
        yardstick=f"nuclei, published: {yardsticks.NUCLEI_FIRST} s",
        ours=spread(firsts, "s"),
        figure=f"{middle:.3f} s",
        goal=goal,
        is_met=middle <= 0.3,
        calibrated=calibration(yardsticks.NUCLEI_FIRST, middle, factor),
    )
