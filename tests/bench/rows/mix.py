"""Rows that another measurement gives: the mix of real services, scanned ten times by `make accuracy`."""

from __future__ import annotations

from collections.abc import Iterator

from accuracy.kept import read
from accuracy.tables import score_of_servers
from bench.house import House
from bench.measured import NO_YARDSTICK, Row

RUNS = 10


def rows(house: House) -> Iterator[Row]:  # noqa: ARG001  (as the other rows)
    """The same verdicts in every run, every open one found, nothing else reported."""
    day, servers, repeated = read()
    score = score_of_servers(servers)
    again = "the same verdicts" if repeated.is_same else "NOT always the same verdicts"
    yield Row(
        work=f"mix of {repeated.endpoints} real services, open, protected, other ports (`make accuracy`, {day})",
        yardstick=NO_YARDSTICK,
        ours=f"{repeated.runs} runs, {again}, {repeated.seconds} s a run; "
        f"recall {score.recall:.0%}, precision {score.precision:.0%} on the {len(servers)} servers that the checks "
        "were built on",
        figure=f"{score.recall:.0%} and {score.precision:.0%}",
        goal="every open one, nothing else, 10 of 10 runs the same",
        is_met=repeated.is_same and repeated.runs >= RUNS and score.recall == score.precision == 1.0,
    )
