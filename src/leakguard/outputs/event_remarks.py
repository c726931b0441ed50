"""What `incident event` says of an event besides what was recorded: what whoever recorded it may not have meant."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from leakguard.models.events import Event
from leakguard.models.moments import to_z
from leakguard.models.texts import duration_words
from leakguard.outputs.incident import interval_text
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_brief import Brief, EventContext
from leakguard.use_cases.incidents.incident_events import PROMPT

_LISTED = 5
"""Earlier events of a chain of corrections that are named; the last ones, where there are more."""


def event_remarks(event: Event, before: Brief, around: EventContext) -> Iterator[str]:
    """What whoever recorded an event may not have meant."""
    old = around.corrected
    if old is not None:
        yield f"{old.id}, {old.kind} of {interval_text(old.occurred_at, before.zone)}, no longer counts."
        yield from _chain_remarks(event, before, around)
    yield from _gap_remarks(event, before, around)
    missing = [name for name in ("obligation", "stage") if not event.fields.get(name)]
    if event.kind == "filed" and missing:
        yield f"It names no {' and no '.join(missing)}, so no clock of a law ends by it. Say it in a correction:"
        given = f" --at {to_z(event.occurred_at.earliest)}"
        given += "".join(f" --{name} {event.fields.get(name) or name.upper()}" for name in ("obligation", "stage"))
        yield f'  leakguard incident event {before.id} filed --corrects {event.id} --reason "completed"{given}'


def _gap_remarks(event: Event, before: Brief, around: EventContext) -> Iterator[str]:
    """Laws count from awareness: that it came later than a notice has to be justified in writing."""
    first = min((notice.occurred_at.latest for notice in around.notices), default=event.occurred_at.earliest)
    gap = event.occurred_at.earliest - first
    if event.kind != "awareness" or event.reason or gap <= PROMPT:
        return
    yield f"It lies {duration_words(gap)} after the first notice, and an authority will ask why. Write it down:"
    given = f'--at {to_z(event.occurred_at.earliest)} --source WHO --reason "why nobody was certain before"'
    yield f"  leakguard incident event {before.id} awareness --corrects {event.id} {given}"


def _chain_remarks(event: Event, before: Brief, around: EventContext) -> Iterator[str]:
    """A retraction withdraws a correction together with what it had corrected: clocks may stop that nobody meant."""
    earlier = around.retracted_with
    if not earlier:
        return
    named = [f"{old.id}, {old.kind} of {interval_text(old.occurred_at, before.zone)}" for old in earlier[:_LISTED]]
    yield f"Nor do the events that it had corrected: {'; '.join(named)}. No clock starts or ends with them any more."
    last = earlier[0]
    yield f"If only {event.corrects} was wrong, record {last.id} again, with its other fields:"
    at = to_z(last.occurred_at.earliest)
    at += "" if last.occurred_at.is_exact else f"..{to_z(last.occurred_at.latest)}"
    given = "".join(
        f" --{name} {shlex.quote(printable(str(last.fields[name])))}"
        for name in ("obligation", "stage")
        if last.fields.get(name)
    )
    yield f"  leakguard incident event {before.id} {last.kind} --corrects {event.id} --at {at}{given} --reason TEXT"
