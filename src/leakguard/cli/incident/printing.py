"""How incidents and events are printed: for a person in UTC and the incident's zone, for a script as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from leakguard.cli.options import Context
from leakguard.clocks.times import local_text, zone_of
from leakguard.models.events import Event, Interval
from leakguard.models.incidents import Incident
from leakguard.models.moments import to_z
from leakguard.models.people import who_text
from leakguard.models.texts import duration_words
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_brief import Around, Brief
from leakguard.use_cases.incidents.incident_events import PROMPT
from leakguard.use_cases.incidents.incidents import superseded
from leakguard.use_cases.incidents.odd_times import odd_time

_NAMED = ("obligation", "stage")


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


def event_remarks(event: Event, before: Brief, around: Around) -> Iterator[str]:
    """What whoever recorded an event may not have meant."""
    old = around.corrected
    if old is not None:
        yield f"{old.id}, {old.kind} of {interval_text(old.occurred_at, before.zone)}, no longer counts."
    yield from _gap_remarks(event, before, around)
    missing = [name for name in ("obligation", "stage") if not event.fields.get(name)]
    if event.kind == "filed" and missing:
        yield f"It names no {' and no '.join(missing)}, so no clock of a law ends by it. Say it in a correction:"
        given = f" --at {to_z(event.occurred_at.earliest)}"
        given += "".join(f" --{name} {event.fields.get(name) or name.upper()}" for name in ("obligation", "stage"))
        yield f'  leakguard incident event {before.id} filed --corrects {event.id} --reason "completed"{given}'


def warn_of_odd_time(context: Context, identifier: str, event: Event) -> str | None:
    """Warn, also with `--quiet`, of a time that nobody can have meant; returns what is odd."""
    odd = odd_time(context.wiring.existing_store, identifier, event)
    if odd is not None:
        mend = f"leakguard incident event {identifier} {event.kind} --corrects {event.id} --at TIME --reason TEXT"
        given = "".join(f" --{name} {printable(str(event.fields[name]))}" for name in _NAMED if event.fields.get(name))
        click.echo(context.repeating(f"WARNING: {odd}\n  If not, correct it: {mend}{given}"), err=True)
    return odd


def _gap_remarks(event: Event, before: Brief, around: Around) -> Iterator[str]:
    """Laws count from awareness: that it came later than a notice has to be justified in writing."""
    first = min((one.occurred_at.latest for one in around.notices), default=event.occurred_at.earliest)
    gap = event.occurred_at.earliest - first
    if event.kind != "awareness" or event.reason or gap <= PROMPT:
        return
    yield f"It lies {duration_words(gap)} after the first notice, and an authority will ask why. Write it down:"
    given = f'--at {to_z(event.occurred_at.earliest)} --source WHO --reason "why nobody was certain before"'
    yield f"  leakguard incident event {before.id} awareness --corrects {event.id} {given}"


def _field_text(fields: Mapping[str, Any]) -> str:
    shown = {name: _value_text(value) for name, value in fields.items()}
    return ", ".join(f"{name}={text}" for name, text in shown.items() if text)


def _value_text(value: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return "" if value is None else str(value)
