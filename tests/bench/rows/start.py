"""Rows: how long a person waits for the first word."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Ran, Series, in_turn, spread

PORT = 9200
TARGET = f"127.64.0.7:{PORT}"
MORE_RUNS = 3
"""Times the usual number: a run takes a blink, so one hiccup of the machine must not decide."""
SCAN = "scan of one open host, all checks: until its end"
VERSION, HELP = "`--version`", "`--help`"
THEIRS = {VERSION: "nuclei `-version`", HELP: "nuclei `-help`", SCAN: "nuclei with its one template"}


def rows(house: House) -> Iterator[Row]:
    """`--version`, `--help`, and one open host: its first finding and the whole scan."""
    tool = house.tool
    contenders: dict[str, Callable[[], Ran]] = {
        VERSION: lambda: tool.just("--version"),
        HELP: lambda: tool.just("--help"),
        SCAN: lambda: tool.just("scan", TARGET, "--scope", "scope.yaml", "--store", "s.sqlite", "--format", "jsonl"),
    }
    with house.rig.elastic(PORT):
        series = in_turn({**contenders, **_peers(house)}, house.runs * MORE_RUNS)
    yield _whole(VERSION, series, 0.08)
    yield _whole(HELP, series, 0.15)
    yield _first(series)
    yield _whole(SCAN, series, 0.6)


def _peers(house: House) -> Mapping[str, Callable[[], Ran]]:
    if (nuclei := house.nuclei) is None:
        return {}
    return {
        THEIRS[VERSION]: lambda: nuclei.just("-version", folder=house.folder),
        THEIRS[HELP]: lambda: nuclei.just("-help", folder=house.folder),
        THEIRS[SCAN]: lambda: nuclei.elastic([f"http://{TARGET}"], folder=house.folder),
    }


def _whole(work: str, made: Mapping[str, Series], most: float) -> Row:
    """Until the end."""
    series, peer = made[work], made.get(THEIRS[work])
    return Row(
        work=work, yardstick=f"{THEIRS[work]}: {peer.words}" if peer else NO_YARDSTICK,
        ours=f"{series.words}, {series.peak_mib:.0f} MiB", figure=f"{series.seconds:.3f} s", goal=f"<= {most:g} s",
        is_met=series.seconds <= most and all(ran.code in {0, 1} for ran in series.runs),
    )  # fmt: skip


def _first(made: Mapping[str, Series]) -> Row:
    """Until the first byte of a finding stands on stdout; a scan that printed none does not count as quick."""
    work, goal, peer = "first finding on one open host, on stdout", "<= 0.3 s", made.get(THEIRS[SCAN])
    firsts, theirs = _firsts(made[SCAN]), _firsts(peer) if peer else []
    yardstick = f"{THEIRS[SCAN]}: {spread(theirs, 's')}" if theirs else NO_YARDSTICK
    if len(firsts) < len(made[SCAN].runs):
        return Row(work=work, yardstick=yardstick, ours="nothing was found", figure="-", goal=goal, is_met=False)
    middle = statistics.median(firsts)
    return Row(
        work=work, yardstick=yardstick, ours=spread(firsts, "s"), figure=f"{middle:.3f} s", goal=goal,
        is_met=middle <= 0.3,
    )  # fmt: skip


def _firsts(series: Series) -> list[float]:
    return [ran.first_output for ran in series.runs if ran.first_output is not None]
