"""How standings are printed: a table that fits into 80 columns, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context
from leakguard.clocks.standing import Standing, to_json
from leakguard.clocks.times import rfc3339, zone_of
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from rich.table import Table

_WORDS = {
    "latent": ("not started", "dim"),
    "running": ("running", "green"),
    "at_risk": ("at risk", "yellow"),
    "due_now": ("due now", "bold red"),
    "overdue": ("OVERDUE", "bold red"),
    "paused": ("paused", "cyan"),
    "met_on_time": ("met on time", "green"),
    "met_late": ("MET LATE", "bold red"),
    "missed": ("MISSED", "bold red"),
    "not_applicable": ("does not apply", "dim"),
}
"""Each state in words, so that no meaning hangs on a colour."""


def print_standings(
    context: Context, standings: Sequence[Standing], *, now: datetime, output_format: str, drill: bool = False
) -> ExitCode:
    """Print all standings; returns the exit code, 4 when a deadline was missed."""
    if output_format == "json":
        document = {"now": rfc3339(now), "drill": drill, "clocks": [to_json(one, now=now) for one in standings]}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        context.console.print(_table(standings))
    return ExitCode.DEADLINE_MISSED if any(one.has_failed for one in standings) else ExitCode.CLEAN


def _table(standings: Sequence[Standing]) -> Table:
    from rich.table import Table  # noqa: PLC0415  (`--help` must not load it)
    from rich.text import Text  # noqa: PLC0415  (as above)

    table = Table("clock", "state", "time", "work by", box=None, pad_edge=False)
    for one in standings:
        words, style = _WORDS[one.state.value]
        clock = printable(one.id) + (f"\n{printable(one.rule.title)}" if one.rule.title else "")
        table.add_row(Text(clock), Text(words, style=style), Text(_time(one)), Text(_limit(one)))
    return table


def _time(one: Standing) -> str:
    """How much is left or by how much it was late; how long it took where there is no limit."""
    late = one.verdict.late_by_seconds
    if late is not None:
        return f"late by {duration_words(late)}"
    if one.remaining_seconds is not None:
        return f"{duration_words(one.remaining_seconds)} left"
    if one.elapsed is None or one.state.value == "not_applicable":
        return "-"
    words = duration_words(one.elapsed[0].total_seconds())
    return f"took {words}" if one.verdict.ended_at is not None else f"{words} so far"


def _limit(one: Standing) -> str:
    if one.work_by is None:
        return "without undue delay" if one.verdict.anchor_at is not None else "no anchor yet"
    zone = zone_of(one.rule.zone or "UTC")
    local = one.work_by.astimezone(zone)
    lines = [f"{local:%a %Y-%m-%d %H:%M:%S} {local.isoformat()[-6:]}", f"{one.work_by:    %Y-%m-%d %H:%M:%S} UTC"]
    return "\n".join([*lines, *(["provisional: not announced yet"] if one.provisional else [])])


def duration_words(seconds: float) -> str:
    """`2 d 3 h`, `59 min`, `12 s`: the two largest units, rounded down."""
    left = int(seconds)
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
