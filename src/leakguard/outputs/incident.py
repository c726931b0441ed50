"""Incidents and their events, for a person in UTC and the incident's zone, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.text import Text

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.times import local_text, zone_of
from leakguard.models.events import Event, Interval
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.moments import to_z
from leakguard.models.people import who_text
from leakguard.models.texts import counted, duration_words
from leakguard.models.unfinished import UnfinishedItem
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_events import PROMPT
from leakguard.use_cases.incidents.incidents import superseded
from leakguard.use_cases.incidents.timelines import TimelineLine

if TYPE_CHECKING:
    from leakguard.models.events import Event
    from leakguard.use_cases.incidents.recorded_closures import Contradiction


def incident_json(incident: Incident) -> dict[str, Any]:
    """The incident with all its events, each with the event that superseded it."""
    gone = superseded(incident.events)
    events = [event_json(event, zone=incident.zone, superseded_by=gone.get(event.id)) for event in incident.events]
    return {**incident_line_json(incident), "events": events}


def incident_line_json(incident: Incident) -> dict[str, Any]:
    """The incident without its events."""
    return {
        "id": incident.id,
        "title": incident.title,
        "state": incident.state.value,
        "opened_at": to_z(incident.opened_at),
        "opened_at_local": local_text(incident.opened_at, zone_of(incident.zone)),
        "zone": incident.zone,
        "findings": list(incident.findings),
        "event_count": len(incident.events),
    }


def event_json(event: Event, *, zone: str, superseded_by: str | None = None) -> dict[str, Any]:
    """One event; the local times are those of the incident's zone."""
    at, place = event.occurred_at, zone_of(zone)
    return {
        "id": event.id,
        "kind": event.kind,
        "occurred_at": {
            "earliest": to_z(at.earliest),
            "latest": to_z(at.latest),
            "earliest_local": local_text(at.earliest, place),
            "latest_local": local_text(at.latest, place),
            "stated": at.stated,
            "zone": at.zone,
        },
        "recorded_at": to_z(event.recorded_at),
        "source": event.source,
        "reason": event.reason,
        "corrects": event.corrects,
        "superseded_by": superseded_by,
        "fields": dict(event.fields),
        "by": event.by or None,
        "by_source": event.by_source or None,
        "by_id": event.by_id or None,
    }


def moment_text(moment: datetime, zone: str) -> str:
    """`2026-05-24 01:10:00Z (09:10:00 Asia/Shanghai)`, with the local day where it is another one."""
    utc = moment.strftime("%Y-%m-%d %H:%M:%SZ")
    if zone == "UTC":
        return utc
    local = moment.astimezone(zone_of(zone))
    day = "" if local.date() == moment.date() else local.strftime("%Y-%m-%d ")
    return f"{utc} ({day}{local.strftime('%H:%M:%S')} {zone})"


def interval_text(at: Interval, zone: str) -> str:
    """One moment, or the two between which it lies."""
    if at.is_exact:
        return moment_text(at.earliest, zone)
    return f"{moment_text(at.earliest, zone)} to {moment_text(at.latest, zone)}"


def event_notes(event: Event, superseded_by: str | None = None) -> str:
    """Everything that was said about the event, in one safe line."""
    parts = [f"superseded by {superseded_by}"] if superseded_by else []
    parts += [f"corrects {event.corrects}"] if event.corrects else []
    parts += [event.source] if event.source else []
    parts += [f"reason: {event.reason}"] if event.reason else []
    fields = {name: value for name, value in event.fields.items() if name != "by" or value != event.by}
    parts += [_field_text(fields)] if fields else []
    parts += [f"recorded by {who_text(event.by, event.by_source)}"] if event.by else []
    return printable("; ".join(parts), longest=600)


def _field_text(fields: Mapping[str, Any]) -> str:
    shown = {name: _value_text(value) for name, value in fields.items()}
    return ", ".join(f"{name}={text}" for name, text in shown.items() if text)


def _value_text(value: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return "" if value is None else str(value)


def running_lines(running: Sequence[ClockStatus], incident: str, zone: str) -> Iterator[str]:
    """What a person who closes an incident has to know about the clocks of laws, and the review, that run on."""
    if not running:
        return
    is_one = len(running) == 1
    watched = "is watched until something ends it" if is_one else "are watched until something ends them"
    yield f"{counted(len(running), 'clock runs', 'clocks run')} on after closing, and {watched}:"
    for status in running:
        yield f"  {printable(status.id)}{_title(status)}  {_due(status, zone)}"
    if any(status.rule.law for status in running):
        yield "End each clock of a law by what is true: `filed`, `not_applicable` or `cancelled`, such as"
        yield f"  leakguard incident event {incident} filed --obligation DUTY --stage STAGE"
    if any(not status.rule.law for status in running):
        yield "The review is reminded of until it is held; then record it:"
        yield f"  leakguard incident event {incident} lessons_recorded"


def missing_json(missing: Sequence[UnfinishedItem]) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {
            "area": item.area.value, "name": item.name, "text": item.text, "owner": item.owner or None,
            "due_at": _stamp(item.due_at), "late": item.is_late, "title": item.title or None, "law": item.law or None,
            "facts": list(item.facts),
        }
        for item in missing
    ]  # fmt: skip


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None


def _title(status: ClockStatus) -> str:
    return f"  {printable(status.rule.title)}" if status.rule.title else ""


def _due(status: ClockStatus, zone: str) -> str:
    if status.work_by is None:
        return f"without undue delay{status.rule.from_memory_mark}"
    is_over = status.verdict.late_by_seconds is not None
    return f"{'OVERDUE since' if is_over else 'due'} {moment_text(status.work_by, zone)}{status.rule.from_memory_mark}"


_AT_ONCE = timedelta(minutes=1)
"""A delay below this is how long typing takes."""


def timeline_json(line: TimelineLine, zone: str) -> dict[str, object]:
    """One moment of the story as plain values."""
    gap = line.event.recorded_at - line.event.occurred_at.latest
    document = event_json(line.event, zone=zone, superseded_by=line.superseded_by) | {"is_step": line.is_step}
    document |= {"late_seconds": int(gap.total_seconds()) if gap > PROMPT else None}
    return document | ({"closed_by_word": line.event.word} if line.event.word else {})


def timeline_lines(incident: str, zone: str, lines: Sequence[TimelineLine]) -> Iterator[str]:
    """The story in the order in which it happened."""
    yield f"{incident}, times in {zone}{'' if zone == 'UTC' else ' and UTC'}"
    for line in lines:
        event = line.event
        yield f"{_wall_clock(event.occurred_at.earliest, zone)}  {printable(event.kind)}  ({event.id})"
        for detail in _details(event, line.superseded_by, zone):
            yield f"    {detail}"


def _details(event: Event, superseded_by: str | None, zone: str) -> Iterator[str]:
    if not event.occurred_at.is_exact:
        yield f"or later, until {_wall_clock(event.occurred_at.latest, zone)}"
    if zone != "UTC":
        yield _in_utc(event.occurred_at)
    delay = event.recorded_at - event.occurred_at.earliest
    if delay >= _AT_ONCE:
        yield f"recorded {_wall_clock(event.recorded_at, zone)}, {duration_words(delay)} later"
    if event.word:
        yield printable(event.word, longest=600)
    notes = event_notes(event, superseded_by)
    if notes:
        yield notes


def _wall_clock(moment: datetime, zone: str) -> str:
    return moment.astimezone(zone_of(zone)).strftime("%a %Y-%m-%d %H:%M:%S")


def _in_utc(at: Interval) -> str:
    first = f"{at.earliest:%Y-%m-%d %H:%M:%SZ}"
    return first if at.is_exact else f"{first} to {at.latest:%Y-%m-%d %H:%M:%SZ}"


def contradictions_json(looks: Sequence[Contradiction]) -> list[dict[str, Any]]:
    """The same for a script."""
    return [{"finding": look.finding, "run": look.run, "vantage": look.vantage, "at": to_z(look.at)} for look in looks]


def contradiction_lines(kind: str, looks: Sequence[Contradiction]) -> Iterator[str]:
    """What a person's word contradicts; the word stands until somebody looks again."""
    for look in looks:
        seen = f"finding {look.finding} still open at {to_z(look.at)}, in run {look.run} from {printable(look.vantage)}"
        yield f"WARNING: `{kind}` contradicts the last probe, which found {seen}."
    if looks:
        yield "It is recorded as a person's word; the next probe that finds it open voids it."
        yield f"Next: leakguard scan verify {' '.join(look.finding for look in looks)}"


_COLUMNS = (
    Column(heading="INCIDENT", is_whole=True), Column(heading="STATE"), Column(heading="TITLE", gives_way=2),
    Column(heading="OPENED", gives_way=1),
)  # fmt: skip


def incidents_table(found: Sequence[Incident]) -> Table:
    """Every incident, those that are open first and in colour; within a state the oldest first."""
    order = sorted(found, key=lambda incident: incident.state is IncidentState.CLOSED)
    rows = [
        (
            incident.id, Text(incident.state.value, style="" if incident.state is IncidentState.CLOSED else "bold red"),
            printable(incident.title, longest=80), moment_text(incident.opened_at, incident.zone),
        )
        for incident in order
    ]  # fmt: skip
    return Table(columns=_COLUMNS, rows=tuple(rows))


def incident_lines(found: Incident) -> Iterator[str]:
    """One incident as it stands, with its events as recorded."""
    gone = superseded(found.events)
    yield f"{found.id}  {found.state.value}  {printable(found.title)}"
    yield f"opened    {moment_text(found.opened_at, found.zone)}"
    yield f"findings  {', '.join(printable(finding) for finding in found.findings) or '-'}"
    yield f"events    {len(found.events)}, of which {len(gone)} superseded"
    for event in found.events:
        yield f"  {event.id}  {event.kind}  {interval_text(event.occurred_at, found.zone)}"
        notes = event_notes(event, gone.get(event.id))
        if notes:
            yield f"      {notes}"


MOST_LINES = 200
"""Events that are listed; a file may have a hundred thousand."""


def opened_lines(opened: Incident) -> Iterator[str]:
    """An incident that was just opened, with its first events."""
    yield f"{opened.id} opened: {printable(opened.title)}"
    for event in opened.events[1 : MOST_LINES + 1]:
        yield f"  {event.id}  {event.kind}  {moment_text(event.occurred_at.earliest, opened.zone)}"
    if len(opened.events) > MOST_LINES + 1:
        yield f"  and {len(opened.events) - MOST_LINES - 1:,} more: leakguard incident show {opened.id}"
