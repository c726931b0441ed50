"""Draws the clocks: a bar from the anchor to the limit, what of it was used, pauses, thresholds, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.remarks import doubt_words
from leakguard.clocks.verdicts import State
from leakguard.reports import svg
from leakguard.reports.axis import Axis, axis_over, ticks
from leakguard.reports.gantt_rows import Row, in_groups, row_of
from leakguard.reports.svg import WIDTH, Figure
from leakguard.reports.words import Words

LEFT, RIGHT = 12.0, 12.0
TOP, ROW, THICK = 30.0, 44.0, 11.0
LEGEND = 48.0
_LONGEST_TITLE, _SHORTEST_TITLE = 80, 36
"""Signs of a name and its id together, and those that a name has at least."""
_COLOURS = {
    State.MET_ON_TIME: "good", State.MET_LATE: "bad", State.MISSED: "bad", State.OVERDUE: "bad", State.DUE_NOW: "bad",
    State.AT_RISK: "risk",
}  # fmt: skip


def clock_figures(statuses: Sequence[ClockStatus], now: datetime, zone: ZoneInfo, words: Words) -> tuple[Figure, ...]:
    """A drawing for the short clocks, one for those of weeks, one for the long ones.

    A clock without a fixed limit has nothing to be drawn against, and stands in the table alone.
    """
    rows = [row for status in statuses if (row := row_of(status)) is not None]
    groups = in_groups(rows)
    return tuple(_figure(number, len(groups), group, now, zone, words) for number, group in enumerate(groups, start=1))


def clock_title(status: ClockStatus, words: Words) -> str:
    """What the clock promises; for a duty its law and its stage, and where nobody said either, its id."""
    rule = status.rule
    if rule.title or not rule.law:
        return words.said(rule.title) or status.id
    return words("clock.of_law", law=words.said(rule.law), stage=words.named("stage", status.id.rpartition(".")[2]))


def ending_words(status: ClockStatus, words: Words) -> str:
    """`met on time, 3 h 20 min to spare`: the state, and by how much; what is in doubt says so."""
    return words.said(doubt_words(_ending(status, words), status.doubts))


def _ending(status: ClockStatus, words: Words) -> str:
    verdict = status.verdict
    state = words.said(status.closure_without_probe) or words.named("state", status.state.value)
    if status.ended_long_before_anchor:
        return words("clock.reversed", event=verdict.ended_event or "")
    if verdict.late_by_seconds is not None:
        return words("clock.late", state=state, time=words.duration(verdict.late_by_seconds))
    if verdict.ended_at is not None and verdict.work_by is not None:
        spare = (verdict.work_by - verdict.ended_at).total_seconds()
        return words("clock.spare", state=state, time=words.duration(spare))
    if status.remaining_seconds is not None:
        return words("clock.left", state=state, time=words.duration(status.remaining_seconds))
    return state


def _figure(number: int, count: int, rows: Sequence[Row], now: datetime, zone: ZoneInfo, words: Words) -> Figure:
    last = max(row.last for row in rows)
    axis = axis_over(min(row.start for row in rows), last, left=LEFT, width=WIDTH - LEFT - RIGHT)
    bottom = TOP + ROW * len(rows)
    parts = [*_scale(axis, bottom, zone, words), *_now(axis, now, bottom, words)]
    for place, row in enumerate(rows):
        parts += _row(row, TOP + ROW * place, axis, words)
    if number == count:
        parts += _legend(bottom + 22, words)
    name = words("figure.clocks", number=number, count=count) if count > 1 else words("figure.clocks.only")
    description = words.texts["semicolon"].join(
        words("glance.clock", clock=clock_title(row.status, words), state=ending_words(row.status, words))
        for row in rows
    )
    return Figure(
        name=f"clocks-{number}", title=name, description=words("figure.clocks.means", clocks=description), width=WIDTH,
        height=round(bottom + (LEGEND if number == count else 12)), body="".join(parts),
    )  # fmt: skip


def _scale(axis: Axis, bottom: float, zone: ZoneInfo, words: Words) -> Iterator[str]:
    """Ticks from top to bottom; a day's name stands where it begins, and hours between."""
    is_long = axis.end - axis.start > timedelta(days=200)
    for moment in ticks(axis, zone):
        x = axis.x(moment)
        local = moment.astimezone(zone)
        is_midnight = (local.hour, local.minute) == (0, 0)
        label = words.day(moment, zone) if is_midnight else f"{local:%H:%M}"
        label = f"{label} {local.year}" if is_long else label
        yield svg.line((x, TOP - 8), (x, bottom), "rule", width=1 if is_midnight else 0.6)
        edge = "start" if x < LEFT + 20 else "end" if x > WIDTH - RIGHT - 20 else "middle"
        yield svg.text(x, TOP - 14, label, "ink" if is_midnight else "soft", anchor=edge)


def _now(axis: Axis, now: datetime, bottom: float, words: Words) -> Iterator[str]:
    if axis.holds(now):
        x = axis.x(now)
        is_right = x > WIDTH / 2
        yield svg.line((x, TOP - 8), (x, bottom + 4), "link", width=1.2, dash="2 3")
        yield svg.text(
            x - 4 if is_right else x + 4, bottom + 6, words("clock.now"), "link", anchor="end" if is_right else "start"
        )


def _row(row: Row, top: float, axis: Axis, words: Words) -> Iterator[str]:
    status, y = row.status, top + 17
    colour = "risk" if status.doubts else _COLOURS.get(status.state, "run")
    title = clock_title(status, words)
    name = status.id if title != status.id else ""
    title = svg.cut(title, max(_LONGEST_TITLE - len(name), _SHORTEST_TITLE))
    yield svg.titled(LEFT, top + 11, title, svg.cut(name, _LONGEST_TITLE - len(title)) if name else "")
    shown = colour if status.state is not State.NOT_APPLICABLE else "soft"
    yield svg.text(WIDTH - RIGHT, top + 11, ending_words(status, words), shown, anchor="end", style=svg.HALO)
    for start, end in row.allowed:
        yield svg.bar(axis.x(start), y, axis.x(end) - axis.x(start), THICK, "pale")
    for start, end in row.used:
        yield svg.bar(axis.x(start), y + 3, axis.x(end) - axis.x(start), THICK - 6, shown)
    for start, end in row.pauses:
        yield svg.frame(axis.x(start), y, axis.x(end) - axis.x(start), THICK, "ink")
    yield from _marks(row, y, axis, shown)


def _marks(row: Row, y: float, axis: Axis, colour: str) -> Iterator[str]:
    for moment in row.thresholds:
        yield svg.line((axis.x(moment), y - 1), (axis.x(moment), y + THICK + 1), "soft", width=1)
    if row.statutory is not None:
        x = axis.x(row.statutory)
        yield svg.line((x, y - 3), (x, y + THICK + 3), "ink", width=1.8, dash="2.5 2")
    due = axis.x(row.due)
    yield svg.line((due, y - 4), (due, y + THICK + 4), "ink", width=2.4)
    middle = y + THICK / 2
    yield svg.line((axis.x(row.start), y - 2), (axis.x(row.start), y + THICK + 2), colour, width=2)
    if row.ended is not None:
        draw = svg.cross if row.has_failed else svg.tick
        yield draw(axis.x(row.ended), middle, colour)
    elif row.has_failed:
        yield svg.cross(due, middle, colour)


def _legend(y: float, words: Words) -> Iterator[str]:
    """Two lines of signs with their meaning."""
    x, line = LEFT, 0
    for draw, name in _SIGNS:
        label = words(name)
        if line == 0 and x > LEFT + 4 * 165:
            x, line = LEFT, 1
        at = y + line * 17
        yield from draw(x, at)
        yield svg.text(x + 28, at + 3.5, label, "soft")
        x += 168


def _allowed(x: float, y: float) -> Iterator[str]:
    yield svg.bar(x, y - THICK / 2, 22, THICK, "pale")


def _used(x: float, y: float) -> Iterator[str]:
    yield from _allowed(x, y)
    yield svg.bar(x, y - THICK / 2 + 3, 14, THICK - 6, "run")


def _pause(x: float, y: float) -> Iterator[str]:
    yield svg.frame(x, y - THICK / 2, 22, THICK, "ink")


def _threshold(x: float, y: float) -> Iterator[str]:
    yield from _allowed(x, y)
    yield from (svg.line((x + at, y - 6), (x + at, y + 6), "soft") for at in (8, 15))


def _limit(x: float, y: float) -> Iterator[str]:
    yield svg.line((x + 11, y - 8), (x + 11, y + 8), "ink", width=2.4)


def _latest(x: float, y: float) -> Iterator[str]:
    yield svg.line((x + 11, y - 7), (x + 11, y + 7), "ink", width=1.8, dash="2.5 2")


def _met(x: float, y: float) -> Iterator[str]:
    yield svg.tick(x + 11, y, "good")


def _missed(x: float, y: float) -> Iterator[str]:
    yield svg.cross(x + 11, y, "bad")


_SIGNS = (
    (_allowed, "legend.allowed"), (_used, "legend.used"), (_pause, "legend.pause"), (_threshold, "legend.threshold"),
    (_limit, "legend.limit"), (_latest, "legend.latest"), (_met, "legend.met"), (_missed, "legend.missed"),
)  # fmt: skip
