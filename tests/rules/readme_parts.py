"""The four numbers of the README: how right and how fast, each from what was measured, with its day."""

from __future__ import annotations

from accuracy.first_met import read_first_met
from accuracy.kept import read
from accuracy.measured import DIRECT
from accuracy.tables import percent, score_of_servers
from bench.measured import read as read_bench

SWEEP = "sweep of 65,536 closed endpoints, two workers"
CLOCKS = "`clock list --incident` with "
"""How the rows of the bench begin that the README shows."""


def numbers() -> str:
    """One row a number."""
    head = ["| how right, how fast | measured | when, and on what |", "| --- | --- | --- |"]
    return "\n".join([*head, _unprepared(), _prepared(), _row(SWEEP), _row(CLOCKS)])


def _unprepared() -> str:
    met = read_first_met()
    direct = met.groups[0]
    alarms = "no false alarm" if not met.false_alarms else f"{met.false_alarms} false alarms"
    found = f"{direct.found} of {direct.opened} open ones found, {alarms}"
    where = f"{met.measured_on}, {met.kinds} kinds of real servers, on loopback, {direct.name}"
    return f"| Kinds of servers that no check was prepared for | {found} | {where} |"


def _prepared() -> str:
    day, every, _ = read()
    servers = [one for one in every if one.state == DIRECT]
    score = score_of_servers(servers)
    rates = f"recall {percent(score.recall)}, precision {percent(score.precision)}"
    return f"| Servers that the checks were built on | {rates} | {day}, {len(servers)} real servers, on loopback |"


def _row(start: str) -> str:
    """A row of the bench; raises `StopIteration` where it is not measured any more."""
    part, row = next((part, row) for part in read_bench() for row in part.rows if row.work.startswith(start))
    return f"| {row.work} | {row.ours}; {row.yardstick} | {part.measured_on}, {part.machine} |"
