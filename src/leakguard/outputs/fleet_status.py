"""The workers of a fleet as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable

_STATUS = (
    Column(heading="VANTAGE", is_whole=True), Column(heading="WORKER", is_whole=True),
    Column(heading="SIGNED BY", gives_way=2), Column(heading="RELEASE", gives_way=5),
    Column(heading="SLOTS", is_number=True, gives_way=4), Column(heading="CLOCK", is_number=True, gives_way=3),
    Column(heading="AT HAND", gives_way=6),
)  # fmt: skip
_REPORTED = (
    Column(heading="RECORDED AT", is_whole=True, gives_way=2), Column(heading="SIGNED BY", is_whole=True),
    Column(heading="RUN", is_whole=True), Column(heading="SHARD", is_number=True),
    Column(heading="BECAME", gives_way=1), Column(heading="WHAT IT SAYS", gives_way=3),
)  # fmt: skip


def status_table(workers: Iterable[Mapping[str, Any]]) -> Table:
    """A row a worker; one that would not work for us says why."""
    rows = []
    for worker in workers:
        ahead = worker["clock_seconds"]
        clock = "" if ahead is None else f"{ahead:+.1f} s"
        last = worker["problem"] or ", ".join(worker["at_hand"]) or "nothing"
        cells = (
            worker["vantage"],
            worker["worker"],
            worker["signer"],
            worker["version"],
            str(worker["slots"] or ""),
            clock,
            last,
        )
        rows.append(tuple(printable(cell, longest=500) for cell in cells))
    return Table(columns=_STATUS, rows=tuple(rows))


def reports_table(reports: Iterable[Mapping[str, Any]]) -> Table:
    """A row a report, with what became of it."""
    rows = []
    for report in reports:
        counts = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in report["counts"].items())
        became = report["became"].replace("_", " ") + (f" with {report['witness']}" if report["witness"] else "")
        cells = (report["at"], report["signer"], report["run"], str(report["shard"]), became, report["why"] or counts)
        rows.append(tuple(printable(cell, longest=500) for cell in cells))
    return Table(columns=_REPORTED, rows=tuple(rows))


def status_json(vantages: Sequence[str], workers: Iterable[Mapping[str, Any]], missing: Sequence[str]) -> str:
    """The document `leakguard.fleet_status/1`."""
    document = {
        "schema": "leakguard.fleet_status/1", "vantages": [*vantages], "missing": [*missing],
        "workers": [dict(worker) for worker in workers],
    }  # fmt: skip
    return json.dumps(document) + "\n"
