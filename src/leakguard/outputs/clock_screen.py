"""One picture of the live view: a line a clock, and the rest of what is known as far as the screen reaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.cells import set_cell_size
from rich.text import Text

from leakguard.clocks.clock_status import ClockStatus, ignored_pauses
from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen
from leakguard.models.texts import duration_words
from leakguard.outputs.clock import forecast_words, remark_lines, state_words, time_words
from leakguard.outputs.terminal import wrap
from leakguard.outputs.words import printable
from leakguard.use_cases.alerts.watched_clocks import ClocksView, WatchedIncident

WIDE = 210
"""Columns from which on everything about a clock stands in its one line."""
NARROW = 72
"""Columns below which a clock's name has a line of its own: a countdown that names no clock helps nobody."""
_STATE, _TIME, _NEXT, _CLOCK, _MOMENT, _OWNER = 12, 23, 15, 34, 27, 14
_Columns = tuple[int, int, int]
"""How wide state, time and next change are."""


class Scene(Frozen):
    """What one picture is made of."""

    watched: WatchedIncident
    view: ClocksView
    now: datetime
    viewer: ZoneInfo
    marks: tuple[str, ...] = ()
    """`DRILL`, `SIMULATED TIME x60`."""
    stale: str = ""
    """Since when the store cannot be read, and why."""


def frame(scene: Scene, *, width: int, height: int) -> Text:
    """The picture: never wider than `width`, and no higher than `height` unless there are more clocks than lines."""
    is_wide, columns = width >= WIDE, _columns(scene, width)
    rows = [_row(status, scene, columns, is_wide=is_wide) for status in scene.view.open]
    has_room = width >= NARROW and all(row.cell_len <= width or is_wide for row in rows)
    lines = [*_head(scene), Text(), *([_titles(columns, is_wide=is_wide)] if has_room else [])]
    lines += rows if has_room else [line for status in scene.view.open for line in _narrow(status, scene)]
    if not scene.view.open:
        lines.append(Text("No clock runs.", style="dim"))
    rest = list(_rest(scene))
    if not is_wide:
        for status in scene.view.open:
            details = list(_details(status, scene))
            if len(lines) + len(rest) + len(details) + 1 > height:
                break
            lines += [Text(), *details]
    broken = [line for text in rest for line in _broken(text, width)]
    has_room = len(lines) + len(broken) <= height
    for line in (lines := [*lines, *(broken if has_room else (_first_line(text, width) for text in rest))]):
        if " " in line.plain.strip():  # the name of a clock is never cut
            line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines)


def _broken(text: Text, width: int) -> list[Text]:
    """Lines that are broken between words, in the style of the first; what stands in one line keeps all its styles."""
    if text.cell_len <= width:
        return [text]
    return [Text(line, style=text.style) for line in wrap(text.plain, width, hang="  ")]


def _first_line(text: Text, width: int) -> Text:
    """What has room in one line, in whole words, where the screen has room for no more."""
    if text.cell_len <= width:
        return text
    return Text(f"{wrap(text.plain, width - 2)[0]} …", style=text.style)


def _head(scene: Scene) -> Iterator[Text]:
    incident = scene.watched.incident
    yield Text.assemble((printable(incident.id), "bold"), f"  {printable(incident.title)}  ", incident.state.value)
    here = scene.now.astimezone(scene.viewer)
    text = Text(f"{here:%a %Y-%m-%d %H:%M:%S} {_offset(here)} {scene.viewer.key}")
    if _offset(here) != "+00:00":
        text.append(f"   {scene.now:%H:%M:%S} UTC")
    yield text
    if scene.marks:
        yield Text("   ".join(scene.marks), style="bold magenta")
    if scene.stale:
        yield Text(f"STALE since {scene.stale}", style="bold red")


def _columns(scene: Scene, width: int) -> _Columns:
    """Steady ones, so that nothing jumps; as narrow as what stands in them where a clock's name would be cut."""
    clocks = scene.view.open
    if sum((_STATE, _TIME, _NEXT)) + max((len(printable(clock.id)) for clock in clocks), default=0) <= width:
        return _STATE, _TIME, _NEXT
    states = [_state(clock, scene)[0] for clock in clocks]
    columns = (
        ["STATE", *states],
        ["TIME", *map(time_words, clocks)],
        ["NEXT", *(_next(clock, scene) for clock in clocks)],
    )
    state, time, following = (max(map(len, words)) + 2 for words in columns)
    return min(state, _STATE), min(time, _TIME), min(following, _NEXT)


def _state(status: ClockStatus, scene: Scene) -> tuple[str, str]:
    """The state in the words of a narrow column; what leaves it in doubt stands below the rows."""
    words, style = state_words(status, scene.view.late.get(status.id))
    return ("in doubt" if status.doubts else words), style


def _titles(columns: _Columns, *, is_wide: bool) -> Text:
    state, time, following = columns
    titles = f"{'STATE':<{state}}{'TIME':<{time}}{'NEXT':<{following}}"
    if is_wide:
        moments = f"{'DUE, ON SITE':<{_MOMENT}}{'DUE, YOURS':<{_MOMENT}}{'DUE, UTC':<{_MOMENT}}"
        titles += f"{'CLOCK':<{_CLOCK}}{moments}{'OWNER':<{_OWNER}}LAW > RECIPIENT"
    else:
        titles += "CLOCK"
    return Text(titles, style="bold dim")


def _row(status: ClockStatus, scene: Scene, columns: _Columns, *, is_wide: bool) -> Text:
    words, style = _state(status, scene)
    state, time, following = columns
    text = Text.assemble(
        (f"{words:<{state}}", style), f"{time_words(status):<{time}}", f"{_next(status, scene):<{following}}"
    )
    if not is_wide:
        return text.append(printable(status.id), style="bold").append(status.rule.from_memory_mark, style="dim")
    text.append(set_cell_size(printable(status.id), _CLOCK - 1) + " ", style="bold")
    for zone in (zone_of(status.rule.zone or "UTC"), scene.viewer, zone_of("UTC")):
        text.append(f"{_short(status.work_by, zone):<{_MOMENT}}")
    text.append(set_cell_size(scene.watched.owners.get(status.id, "-"), _OWNER - 1) + " ")
    return text.append(_whom(status, scene)).append(status.rule.from_memory_mark, style="dim")


def _narrow(status: ClockStatus, scene: Scene) -> list[Text]:
    words, style = _state(status, scene)
    time = Text.assemble("  ", (f"{words:<{_STATE}}", style), time_words(status))
    name = Text.assemble((printable(status.id), "bold"), (status.rule.from_memory_mark, "dim"))
    return [name, time]


def _next(status: ClockStatus, scene: Scene) -> str:
    return f"in {duration_words(status.next_change - scene.now)}" if status.next_change else "-"


def _details(status: ClockStatus, scene: Scene) -> Iterator[Text]:
    """Law and recipient, owner, and the limit on three wall clocks."""
    yield Text(printable(status.id), style="bold")
    yield Text(f"  {_whom(status, scene)}")
    yield Text(f"  owner: {scene.watched.owners.get(status.id, '-')}")
    if status.id in scene.view.late:
        yield Text(f"  {forecast_words(scene.view.late[status.id])}", style="yellow")
    if status.work_by is None:
        yield Text(f"  without undue delay: there is no fixed limit{status.rule.from_memory_mark}")
        return
    site = zone_of(status.rule.zone or "UTC")
    zones = {site: "on site", scene.viewer: "yours", zone_of("UTC"): ""}
    if site == scene.viewer:
        zones[site] = "on site and yours"
    mark = status.rule.from_memory_mark
    for zone, whose in zones.items():
        local = status.work_by.astimezone(zone)
        name = f"{zone.key}, {whose}" if whose else zone.key
        yield Text(f"  due {local:%a %Y-%m-%d %H:%M:%S} {_offset(local)}  {name}{mark}")
        mark = ""


def _rest(scene: Scene) -> Iterator[Text]:
    """What needs nobody now."""
    view = scene.view
    if view.over or view.not_begun:
        yield Text()
    if view.over:
        text = Text(f"Over ({len(view.over)}): ")
        for place, clock_status in enumerate(view.over):
            words, style = state_words(clock_status, None)
            text.append(f"{', ' if place else ''}{printable(clock_status.id)} ")
            text.append(f"{words}, in doubt" if clock_status.doubts else words, style=style)
        yield text
    for clock_status in view.statuses:
        for line in remark_lines(clock_status):
            yield Text(f"  {printable(clock_status.id)}", style="yellow")
            yield Text(f"    {line}", style="yellow")
    for line in ignored_pauses(status.computed for status in view.statuses):
        yield Text(printable(line, longest=2000), style="yellow")
    if view.not_begun:
        names = ", ".join(printable(status.id) for status in view.not_begun)
        yield Text(f"Not started ({len(view.not_begun)}): {names}", style="dim")


def _whom(status: ClockStatus, scene: Scene) -> str:
    recipient = scene.watched.recipients.get(status.id, "")
    law = status.rule.law or "our own promise"
    return printable(f"{law} > {recipient}" if recipient else law)


def _short(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return "-"
    local = moment.astimezone(zone)
    return f"{local:%a %m-%d %H:%M:%S} {_offset(local)}"


def _offset(local: datetime) -> str:
    return f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5]
