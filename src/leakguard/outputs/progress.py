"""The state of a scan in words, as a picture, and as plain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from leakguard.frozen import as_dict
from leakguard.models.findings import Severity
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from rich.console import Group

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def state_line(state: ScanState) -> str:
    """`12,000 of 65,536 done (18 %), 480/s, 128 in flight, 3 open (2 critical, 1 high), 1 m 52 s left`, for a log."""
    parts = [
        f"{state.done:,} of {state.planned:,} done ({percent(state)} %)",
        f"{rate_words(state.rate_per_second)}/s",
        f"{state.in_flight:,} in flight",
        *([f"{state.waiting:,} waiting"] if state.waiting else []),
        f"{state.open_found:,} open{severity_words(state)}",
        left_words(state),
    ]
    run = f"{state.run}: " if state.run else ""
    parts += [f"limited by {words}" for words in bound_words(state)]
    return run + ", ".join(parts) + "".join(f"; slow: {item}" for item in slow_words(state)[:1])


BINDING = {
    "total": "the limit in total",
    "per_host": "the limit to one address",
    "per_network": "the limit to one /24 or /64",
    "per_name": "the limit to one name",
}
_FELT_SECONDS = 1.0
"""A run that waits for less is over before anybody could read why."""


def is_felt(limit: BindingLimit) -> bool:
    """Whether somebody would notice that the limit binds."""
    return limit.least_seconds >= _FELT_SECONDS


def binding_line(limit: BindingLimit) -> str:
    """`per_host 5/s binds (the limit to one address): at most 5/s in all, not the 500/s of --rate; ...`."""
    asked = f", not the {limit.asked:,.6g}/s of --rate" if limit.asked and limit.asked > limit.allows else ""
    return (
        f"{limit.limit} {limit.rate:,.6g}/s binds ({BINDING[limit.limit]}): "
        f"at most {rate_words(limit.allows)}/s in all{asked}; at least {duration_words(limit.least_seconds)}"
    )


def bound_words(state: ScanState) -> tuple[str, ...]:
    """`per_host 5/s, which allows 5.0/s in all`, where somebody would notice it."""
    limit = state.binding_limit
    if limit is None or not is_felt(limit):
        return ()
    return (f"{limit.limit} {limit.rate:,.6g}/s, which allows {rate_words(limit.allows)}/s in all",)


def percent(state: ScanState) -> int:
    """How much is done, rounded down: 100 means all of it."""
    return 100 if not state.planned else min(100, 100 * state.done // state.planned)


def severity_words(state: ScanState) -> str:
    """` (2 critical, 1 high)`, the worst first; nothing where nothing is open."""
    words = [
        f"{state.by_severity[name.value]:,} {name.value}" for name in reversed(Severity) if state.by_severity.get(name)
    ]
    return f" ({', '.join(words)})" if words else ""


def rate_words(rate: float) -> str:
    """`12,400`, `480`, `3.2`."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004  (below ten the tenths matter)


def left_words(state: ScanState) -> str:
    """`1 m 52 s left`; unknown while nothing has ended."""
    return "time left unknown" if state.seconds_left is None else f"{duration_words(state.seconds_left)} left"


def duration_words(seconds: float) -> str:
    """`0.4 s`, `52 s`, `1 m 52 s`, `3 h 5 m`, `12 d 4 h`."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} m {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} m"
    return f"{whole // _DAY:,} d {whole % _DAY // _HOUR} h"


def slow_words(state: ScanState) -> tuple[str, ...]:
    """`192.0.2.7:9200 (mail.example.edu) 12 s`, the slowest first; made printable, as a name may hold anything."""
    return tuple(f"{printable(target, longest=60)} {duration_words(seconds)}" for target, seconds in state.slowest)


def picture(state: ScanState) -> Group:
    """The view of one state: how far, how fast, what is open, what takes long."""
    from rich.console import Group  # noqa: PLC0415  (a log has no use for it)
    from rich.progress_bar import ProgressBar  # noqa: PLC0415  (as above)
    from rich.table import Table  # noqa: PLC0415  (as above)
    from rich.text import Text  # noqa: PLC0415  (as above)

    head = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(1, state.planned), completed=min(state.done, max(1, state.planned)), width=32)
    head.add_row(
        bar, Text(f"{percent(state)} %"), Text(f"{state.done:,} of {state.planned:,}"), Text(left_words(state))
    )
    waiting = f"   {state.waiting:,} waiting" if state.waiting else ""
    pace = Text(f"{rate_words(state.rate_per_second)}/s   {state.in_flight:,} in flight{waiting}   ")
    pace.append(f"{state.open_found:,} open{severity_words(state)}", style="bold red" if state.open_found else "")
    slow = [Text(f"limit: {words}", style="dim") for words in bound_words(state)]
    slow += [Text(f"slow: {words}", style="dim") for words in slow_words(state)]
    return Group(head, pace, *slow)


def progress_json(state: ScanState, *, is_finished: bool) -> str:
    """`leakguard.progress/1` as one line: ASCII alone, so that no terminal is fooled by what a host is called."""
    from leakguard.outputs.json_text import pace_json  # noqa: PLC0415  (`--help` must not load it)

    document: dict[str, Any] = {"schema": "leakguard.progress/1", "finished": is_finished} | as_dict(state)
    for name in ("elapsed_seconds", "rate_per_second", "seconds_left"):
        document[name] = None if document[name] is None else round(document[name], 3)
    del document["binding_limit"]
    document["pace"] = pace_json(state.binding_limit) if state.binding_limit is not None else None
    document["slowest"] = [{"target": target, "seconds": round(seconds, 3)} for target, seconds in state.slowest]
    return json.dumps(document)
