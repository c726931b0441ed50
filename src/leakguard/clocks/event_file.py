"""The events-and-clocks file: what happened, and which clocks run on it. Every problem is named at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, TypeVar

from leakguard.clocks.calendars import Calendars, OwnCalendar
from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.event_rows import MAX_EVENTS, MAX_IMPORTED, EventReader
from leakguard.clocks.rules import ClockRule, ZoneName
from leakguard.clocks.times import zone_of
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.fitting import problems_of
from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import MAX_CHARACTERS, ReadText, dotted, read_yaml, reading_yaml
from leakguard.frozen import Frozen
from leakguard.models.events import Event

ShapeType = TypeVar("ShapeType", bound=LightShape)
MAX_IMPORTED_CHARACTERS = 32 * 1024 * 1024
"""The cap of an imported file in characters: about 300 for each of `MAX_IMPORTED` events."""
MAX_CLOCKS = 500
"""The cap for the clocks of one file; those of the duties are not counted."""


class _FileShape(LightShape):
    """The file's outline; events are read by hand, since each kind has its own fields."""

    zone: ZoneName | None = None
    events: tuple[Any, ...] = ()
    clocks: Annotated[tuple[ClockRule, ...], Field(max_length=MAX_CLOCKS)] = ()
    calendars: dict[str, OwnCalendar] = Field(default_factory=dict)


class EventFile(Frozen):
    """A file that was read: events with their times in UTC, and clocks with their zones filled in."""

    events: tuple[Event, ...]
    rules: tuple[ClockRule, ...]
    zone: str | None
    calendars: Calendars


def parse_event_file(
    text: str, *, name: str, zone: str | None = None, now: datetime | None = None, is_imported: bool = False,
    present: datetime | None = None,
) -> EventFile:  # fmt: skip
    """Read the text of an events-and-clocks file.

    `zone` is used where the file names none. With `now`, events of the future are refused unless they are planned; with
    `present`, which is later than a `now` of the past, so are those that were recorded after it.
    `is_imported` raises the caps to `MAX_IMPORTED`: imported events share one `recorded_at`, so clocks are not computed
    again for each.
    Raises `BadFile` with every problem, its line and the nearest known name.
    """
    longest = MAX_IMPORTED_CHARACTERS if is_imported else MAX_CHARACTERS
    with reading_yaml(text, name=name, longest=longest) as read:
        if not isinstance(read.value, dict):
            raise BadFile.whole(name, "the file must be a mapping of fields", line=1)
        problems: list[Problem] = []
        try:
            shape = _FileShape.model_validate(read.value)
            calendars = Calendars(own=shape.calendars)
        except ValueError as error:
            problems += problems_of(error, read, _FileShape)
            shape = _FileShape()
            calendars = Calendars(own=_valid_entries(read.value.get("calendars"), OwnCalendar))
        default = shape.zone or _fallback_zone(read.value.get("zone"), otherwise=zone)
        most = MAX_IMPORTED if is_imported else MAX_EVENTS
        events = read_events(read, ("events",), zone=default, now=now, problems=problems, most=most, present=present)
        problems += _name_problems(calendars, read)
        problems += _unknown_clock_problems(read, most)
        if problems:
            raise BadFile(name, tuple(dict.fromkeys(problems)))
        return EventFile(events=events, rules=in_zone(shape.clocks, default), zone=default, calendars=calendars)


def stated_zone(text: str, *, name: str) -> str | None:
    """The zone that the file names for its local times; raises `BadFile` for text that is not YAML."""
    value = read_yaml(text, name=name).value
    zone = value.get("zone") if isinstance(value, dict) else None
    return zone if isinstance(zone, str) else None


def in_zone(rules: tuple[ClockRule, ...], zone: str | None) -> tuple[ClockRule, ...]:
    """The rules, each with a zone: its own, or `zone`."""
    if zone is None:
        return rules
    return tuple(rule if rule.zone is not None else rule.model_copy(update={"zone": zone}) for rule in rules)


def read_events(
    read: ReadText, path: tuple[str | int, ...], *, zone: str | None, now: datetime | None, problems: list[Problem],
    most: int = MAX_EVENTS, present: datetime | None = None,
) -> tuple[Event, ...]:  # fmt: skip
    """Read the list of events that lies at `path`; what is wrong goes into `problems`.

    Facts files keep events in the same form.
    """
    rows: Any = read.value
    for part in path:
        rows = rows.get(part) if isinstance(rows, dict) else None
    if rows is None:
        return ()
    reader = EventReader(read, path, zone=zone, now=now, max_events=most, present=present)
    events = reader.rows(rows)
    problems += reader.problems
    return events


def _valid_entries(raw: Any, shape: type[ShapeType]) -> dict[Any, ShapeType]:  # noqa: ANN401  (a file holds anything)
    """The entries that are valid by themselves, by name, so that the other problems of the file are found too."""
    found = {}
    for key, value in islice(raw.items() if isinstance(raw, dict) else (), MAX_CLOCKS):
        with suppress(ValueError):
            found[key] = shape.model_validate(value)
    return found


def _rows(read: ReadText, name: str, most: int = MAX_EVENTS) -> Iterator[tuple[int, dict[Any, Any]]]:
    """The mappings among the first `most` items of the list `name` in the file with their indexes, valid or not."""
    rows = read.value.get(name)
    for number, row in enumerate(islice(rows if isinstance(rows, list) else (), most)):
        if isinstance(row, dict):
            yield number, row


def _fallback_zone(stated: Any, *, otherwise: str | None) -> str | None:  # noqa: ANN401  (as above)
    """The zone to use if the validated shape has none: the one that the raw file states, or else `otherwise`.

    The shape of an invalid file is empty; the raw zone serves to find the other problems too. An unknown zone gives
    UTC: it is a problem of its own already, and would be repeated for every event.
    """
    try:
        return zone_of(stated).key if isinstance(stated, str) else otherwise
    except UsageProblem:
        return "UTC"


def _name_problems(calendars: Calendars, read: ReadText) -> list[Problem]:
    """Ids that are used twice, and unknown calendars."""
    found: list[Problem] = []
    earlier_ids: set[str] = set()
    for number, row in _rows(read, "clocks"):
        id_path = ("clocks", number, "id")
        if (name := _text(row.get("id"))) in earlier_ids:
            found.append(
                Problem(where=dotted(id_path), text=f"the id `{name}` is used twice", line=read.line_of(id_path))
            )
        earlier_ids |= {name} if name else set()
        lenient = row.get("statutory")
        for holder, where in ((row, ()), (lenient if isinstance(lenient, dict) else {}, ("statutory",))):
            path = ("clocks", number, *where, "calendar")
            found += _calendar_problem(_text(holder.get("calendar")), calendars, read, path, law=_text(row.get("law")))
    for name, own in calendars.own.items():
        found += _calendar_problem(own.base or "", Calendars(), read, ("calendars", name, "base"), law="")
    return found


def _text(value: Any) -> str:  # noqa: ANN401  (a file holds anything)
    return value if isinstance(value, str) else ""


def _calendar_problem(
    name: str, calendars: Calendars, read: ReadText, path: tuple[str | int, ...], *, law: str
) -> Iterator[Problem]:
    stated = read.value.get("calendars")
    if not name or (isinstance(stated, dict) and name in stated and name not in calendars.own):
        return  # no calendar is named, or the file defines it invalidly, which is reported by itself
    text = ""
    try:
        if calendars.get(name).is_internal and law:
            text = f"`{name}` is an organisation's own calendar, which the law does not know"
    except UsageProblem as error:
        text = error.message
    if text:
        yield Problem(where=dotted(path), text=text, line=read.line_of(path))


def _unknown_clock_problems(read: ReadText, most: int) -> Iterator[Problem]:
    """Report events, up to the `most` that the file may hold, that name a clock which the file does not define."""
    clock_ids = [name for _, row in _rows(read, "clocks") if (name := _text(row.get("id")))]
    for number, row in _rows(read, "events", most) if clock_ids else ():
        clock, kind = row.get("clock"), KINDS.get(_text(row.get("kind")))
        if clock is None or clock in clock_ids or kind is None or "clock" not in kind.allowed:
            continue
        path = ("events", number, "clock")
        text = "no clock of this file has that id"
        near = nearest_name(str(clock), clock_ids)
        yield Problem(where=dotted(path), text=text, line=read.line_of(path), nearest=near)
