"""`leakguard incident timeline`: the story in the order in which it happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from leakguard.cli.incident.printing import event_json, event_notes
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import NAMES_NOTE
from leakguard.clocks.times import zone_of
from leakguard.errors import ExitCode
from leakguard.models.events import Event, Interval
from leakguard.models.texts import duration_words
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.timelines import TimelineLine, timeline

_EPILOG = """\b
Examples:
  leakguard incident timeline IR-2026-0001
  leakguard incident timeline IR-2026-0001 --format json
"""
_AT_ONCE = timedelta(minutes=1)
"""A delay below this is how long typing takes."""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@store_option
@pass_context
def timeline_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """Tell the story in the order in which it happened, and how much later each thing was recorded.

    What was superseded stays in its place and says by what; steps of the playbook stand among the events.
    """
    store = context.wiring.existing_store
    zone = load_incident(store, incident).zone
    lines = timeline(store, incident)
    if output_format == "json":
        told = [_as_json(line, zone) for line in lines]
        click.echo(json.dumps({"incident": incident, "zone": zone, "lines": told, "names": NAMES_NOTE}))
    else:
        _tell(incident, zone, lines)
        context.notes.print(NAMES_NOTE, soft_wrap=True)
    return ExitCode.CLEAN


def _as_json(line: TimelineLine, zone: str) -> dict[str, object]:
    return {**event_json(line.event, zone=zone, superseded_by=line.superseded_by), "is_step": line.is_step} | (
        {"closed_by_word": line.event.word} if line.event.word else {}
    )


def _tell(incident: str, zone: str, lines: tuple[TimelineLine, ...]) -> None:
    click.echo(f"{incident}, times in {zone}{'' if zone == 'UTC' else ' and UTC'}")
    for line in lines:
        event = line.event
        click.echo(f"{_moment(event.occurred_at.earliest, zone)}  {printable(event.kind)}  ({event.id})")
        for detail in _details(event, line.superseded_by, zone):
            click.echo(f"    {detail}")


def _details(event: Event, superseded_by: str | None, zone: str) -> Iterator[str]:
    if not event.occurred_at.is_exact:
        yield f"or later, until {_moment(event.occurred_at.latest, zone)}"
    if zone != "UTC":
        yield _in_utc(event.occurred_at)
    delay = event.recorded_at - event.occurred_at.earliest
    if delay >= _AT_ONCE:
        yield f"recorded {_moment(event.recorded_at, zone)}, {duration_words(delay)} later"
    if event.word:
        yield printable(event.word, longest=600)
    notes = event_notes(event, superseded_by)
    if notes:
        yield notes


def _moment(moment: datetime, zone: str) -> str:
    return moment.astimezone(zone_of(zone)).strftime("%a %Y-%m-%d %H:%M:%S")


def _in_utc(at: Interval) -> str:
    first = f"{at.earliest:%Y-%m-%d %H:%M:%SZ}"
    return first if at.is_exact else f"{first} to {at.latest:%Y-%m-%d %H:%M:%SZ}"
