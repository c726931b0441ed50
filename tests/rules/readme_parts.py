"""The four numbers of the README about accuracy and speed, each from what was measured, with its day."""

from __future__ import annotations

from accuracy.first_met import read_first_met
from accuracy.kept import read
from accuracy.measured import DIRECT
from accuracy.tables import percent, score_of_servers
from bench.measured import Part, Row
from bench.measured import read as read_bench

SWEEP = "sweep of 65,536 closed endpoints, two workers"
CLOCKS = "`clock list --incident` with "
"""How the rows of the bench begin that the README shows."""


def numbers() -> str:
    """One row a number."""
    head = [
        "| Property | Result (times: the median, and the fastest to the slowest) | Date and test system |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, _unprepared(), _prepared(), _sweep(), _clocks()])


def _unprepared() -> str:
    met = read_first_met()
    direct = met.groups[0]
    alarms = "no false alarm" if not met.false_alarms else f"{met.false_alarms} false alarms"
    found = f"{direct.found} of {direct.opened} open servers found, {alarms}"
    where = f"{met.measured_on}, real servers of {met.kinds} products, on loopback, {direct.name} (no proxy)"
    return f"| Servers met for the first time: no check had been tried against them | {found} | {where} |"


def _prepared() -> str:
    day, every, _ = read()
    servers = [one for one in every if one.state == DIRECT]
    score = score_of_servers(servers)
    rates = f"recall {percent(score.recall)}, precision {percent(score.precision)}"
    where = f"{day}, {len(servers)} real servers, on loopback"
    return f"| Servers with which the checks were developed | {rates} | {where} |"


def _sweep() -> str:
    part, row = _row(SWEEP)
    work = row.work.replace("sweep of", "Scan of")
    beside = row.yardstick.replace("` tuned:", "` with its fastest settings:")
    return f"| {work} | {row.ours}; {beside} | {part.measured_on}, {part.machine} |"


def _clocks() -> str:
    part, row = _row(CLOCKS)
    work = f"CPU time and memory of {row.work.removesuffix(': seconds of CPU')}"
    slow = row.yardstick.replace(
        "the same, duties read as YAML", "if the duties are read from YAML, without their cache"
    )
    return f"| {work} | {row.ours}; {slow} | {part.measured_on}, {part.machine} |"


def _row(start: str) -> tuple[Part, Row]:
    """A row of the bench with its run; raises `StopIteration` where it is not measured any more."""
    return next((part, row) for part in read_bench() for row in part.rows if row.work.startswith(start))
