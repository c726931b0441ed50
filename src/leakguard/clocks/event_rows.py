"""Reads the events of a file, one row each, and names everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.clocks.event_kinds import COMMON_FIELDS, KINDS, meant_kinds
from leakguard.clocks.times import MICROSECOND, parse_interval, rfc3339
from leakguard.errors import Problem, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted
from leakguard.frozen import replace
from leakguard.models.events import Event, Interval

ReadRow = tuple[Event, bool]
"""An event, and whether the file says when it was recorded."""
MAX_EVENTS = 2_000
"""The cap for a file whose clocks are evaluated: each clock is computed again for every distinct `recorded_at`, so the
cost grows with the events. It is ten times the busiest incident that we know of."""
MAX_IMPORTED = 100_000
"""The cap for events with which an incident is opened: they share one `recorded_at`, so clocks are computed once."""
_TEXT_FIELDS = ("id", "kind", "source", "reason", "corrects", "zone")


class EventReader:
    """Reads rows and collects problems."""

    def __init__(
        self, read: ReadText, path: Path, *, zone: str | None, now: datetime | None, max_events: int = MAX_EVENTS
    ) -> None:
        """`zone` is for local times without one. With `now`, events after it are refused unless planned.

        A list of more than `max_events` is refused.
        """
        self.problems: list[Problem] = []
        self._read = read
        self._path = path
        self._zone = zone
        self._now = now
        self._max_events = max_events
        self._stated_ids: set[str] = set()

    def rows(self, rows: Any) -> tuple[Event, ...]:  # noqa: ANN401  (YAML holds anything)
        """All events that can be read, in the order of the file; none from a list that is too long."""
        if not isinstance(rows, list):
            self._problem(self._path, "must be a list of events")
            return ()
        if len(rows) > self._max_events:
            self._problem(self._path, f"more than {self._max_events:,} events")
            return ()
        self._stated_ids = {row["id"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)}
        read = [pair for number, row in enumerate(rows) if (pair := self._row(number, row)) is not None]
        self._check_ids(rows)
        return tuple(_with_recording_times(read, self._now))

    def _row(self, number: int, row: Any) -> ReadRow | None:  # noqa: ANN401  (YAML holds anything)
        path = (*self._path, number)
        before = len(self.problems)
        if not isinstance(row, Mapping):
            self._problem(path, "an event must be a mapping of fields")
            return None
        kind = self._kind(row, path)
        self._check_fields(row, kind, path)
        zone = row["zone"] if isinstance(row.get("zone"), str) else self._zone
        when = self._time(row, "occurred_at", path, zone)
        recorded = self._time(row, "recorded_at", path, zone) if row.get("recorded_at") is not None else None
        fields = self._event_fields(row, kind, path, zone)
        if when is None or len(self.problems) > before:
            return None
        self._check_order(kind, when, fields, path)
        event = Event(
            id=str(row.get("id") or self._free_id(number)),
            kind=kind,
            occurred_at=when,
            recorded_at=recorded.earliest if recorded is not None else when.earliest,
            source=str(row.get("source") or ""),
            reason=str(row.get("reason") or ""),
            corrects=row.get("corrects"),
            fields=fields,
        )
        return event, recorded is not None

    def _free_id(self, number: int) -> str:
        """The id of a row that states none: `event-2` for the second, and longer if another row states that id."""
        name = f"event-{number + 1}"
        while name in self._stated_ids:
            name += "x"
        return name

    def _kind(self, row: Mapping[str, Any], path: Path) -> str:
        kind = row.get("kind")
        if kind is None:
            self._problem((*path, "kind"), "this field is missing")
        elif not isinstance(kind, str) or kind not in KINDS:
            near = next(iter(meant_kinds(str(kind)[:60])), None)
            self._problem((*path, "kind"), "unknown event kind", near)
        return kind if isinstance(kind, str) else ""

    def _check_fields(self, row: Mapping[str, Any], kind: str, path: Path) -> None:
        for name in _TEXT_FIELDS:
            if row.get(name) is not None and not isinstance(row[name], str):
                self._problem((*path, name), "must be text; put it in quotes")
        if kind not in KINDS:
            return
        allowed = [*COMMON_FIELDS, *KINDS[kind].allowed]
        for name in row:
            if name not in allowed:
                self._problem((*path, name), f"unknown field of `{kind}`", nearest_name(name, allowed))

    def _event_fields(self, row: Mapping[str, Any], kind: str, path: Path, zone: str | None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in row.items():
            if name in COMMON_FIELDS or value is None:
                continue
            if name == "until":
                until = self._time(row, "until", path, zone)
                if until is not None:
                    # The bound that `adjustments` counts: a pause ends early, an extension or a legal delay late.
                    fields[name] = rfc3339(until.earliest if kind == "paused" else until.latest)
            elif isinstance(value, dict | list):
                self._problem((*path, name), "must be a single value")
            else:
                fields[name] = value
        return fields

    def _time(self, row: Mapping[str, Any], name: str, path: Path, zone: str | None) -> Interval | None:
        if row.get(name) is None:
            self._problem((*path, name), "this field is missing")
            return None
        try:
            return parse_interval(row[name], zone=zone)
        except UsageProblem as error:
            self._problem((*path, name), f"{error.message}. {error.next_step}")
            return None

    def _check_order(self, kind: str, when: Interval, fields: Mapping[str, Any], path: Path) -> None:
        if self._now is not None and kind != "planned" and when.earliest > self._now:
            self._problem((*path, "occurred_at"), "is in the future; only an event of kind `planned` may be")
        until = fields.get("until")
        if until is not None and parse_interval(until).latest < when.earliest:
            self._problem((*path, "until"), "lies before the event itself")

    def _check_ids(self, rows: list[Any]) -> None:
        ids = [row.get("id") if isinstance(row, Mapping) else None for row in rows]
        all_ids = dict.fromkeys(event_id for event_id in ids if isinstance(event_id, str))
        unnamed = {self._free_id(number): number for number, event_id in enumerate(ids) if not event_id}
        earlier_ids: set[str] = set()
        for number, event_id in enumerate(ids):
            if isinstance(event_id, str) and event_id in earlier_ids:
                self._problem((*self._path, number, "id"), f"the id `{event_id[:60]}` is used twice")
            earlier_ids |= {event_id} if isinstance(event_id, str) else set()
            corrected = rows[number].get("corrects") if isinstance(rows[number], Mapping) else None
            if isinstance(corrected, str) and unnamed.get(corrected, number) != number:
                text = f"that event states no id: write `id: {corrected}` in it"
                self._problem((*self._path, number, "corrects"), text)
            elif isinstance(corrected, str) and (corrected not in all_ids or corrected == event_id):
                others = [other for other in all_ids if other != event_id] if len(all_ids) <= MAX_EVENTS else []
                near = nearest_name(corrected[:60], others)
                self._problem((*self._path, number, "corrects"), "no other event of this file has that id", near)

    def _problem(self, path: Path, text: str, nearest: str | None = None) -> None:
        self.problems.append(Problem(where=dotted(path), text=text, line=self._read.line_of(path), nearest=nearest))


def _with_recording_times(rows: Iterable[ReadRow], now: datetime | None) -> Iterable[Event]:
    """Set `recorded_at` of corrections that state none, so that it follows the rows before them in the file.

    It is one microsecond after the latest of those rows, or when the correction itself happened if that is later, and
    at most `now`. When the latest row is determined, a row whose `recorded_at` lies in the future counts with its
    `occurred_at`. Other events stay as they are: `_row` has set a `recorded_at` that is not stated to `occurred_at`.
    """
    latest: datetime | None = None
    for event, is_stated in rows:
        at = event.recorded_at
        if not is_stated and event.corrects is not None and latest is not None:
            at = max(at, latest + MICROSECOND)
            at = at if now is None else min(at, max(now, event.recorded_at))
        counted = event.occurred_at.earliest if now is not None and at > now else at
        latest = counted if latest is None else max(latest, counted)
        yield event if at == event.recorded_at else replace(event, recorded_at=at)
