"""The workers of a fleet as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from leakguard.outputs.words import printable

_HEADINGS = ("VANTAGE", "WORKER", "SIGNED BY", "RELEASE", "SLOTS", "CLOCK", "AT HAND")

_REPORTED = ("RECORDED AT", "SIGNED BY", "RUN", "SHARD", "BECAME", "WHAT IT SAYS")


def status_table(workers: Iterable[Mapping[str, Any]]) -> Table:
    """A row a worker; one that would not work for us says why."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for one in workers:
        ahead = one["clock_seconds"]
        clock = "" if ahead is None else f"{ahead:+.1f} s"
        last = one["problem"] or ", ".join(one["at_hand"]) or "nothing"
        cells = (one["vantage"], one["worker"], one["signer"], one["version"], str(one["slots"] or ""), clock, last)
        table.add_row(*(Text(printable(cell, longest=500)) for cell in cells))
    return table


def reports_table(reports: Iterable[Mapping[str, Any]]) -> Table:
    """A row a report, with what became of it."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for heading in _REPORTED:
        table.add_column(heading, overflow="fold")
    for one in reports:
        counts = ", ".join(f"{count:,} {standing.replace('_', ' ')}" for standing, count in one["counts"].items())
        became = one["became"].replace("_", " ") + (f" with {one['witness']}" if one["witness"] else "")
        cells = (one["at"], one["signer"], one["run"], str(one["shard"]), became, one["why"] or counts)
        table.add_row(*(Text(printable(cell, longest=500)) for cell in cells))
    return table


def status_json(vantages: Sequence[str], workers: Iterable[Mapping[str, Any]], missing: Sequence[str]) -> str:
    """The document `leakguard.fleet_status/1`."""
    document = {
        "schema": "leakguard.fleet_status/1", "vantages": [*vantages], "missing": [*missing],
        "workers": [dict(one) for one in workers],
    }  # fmt: skip
    return json.dumps(document) + "\n"
