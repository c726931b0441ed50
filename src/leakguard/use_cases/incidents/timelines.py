"""Tells an incident's story in the order in which it happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.drills.deeds import is_script
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.ports import Journal
from leakguard.use_cases.incidents.closure_words import marked, words_in
from leakguard.use_cases.incidents.incidents import incident_of, superseded

_SHOWN = 120
"""Texts in records that are no events, such as a playbook's, are longer than this when they are not for a line."""


class TimelineLine(Frozen):
    """One line of the story."""

    event: Event
    superseded_by: str | None
    is_step: bool
    """Not an event but another record of the incident: a step of its playbook, a second look at a finding."""


def timeline(store: Journal, identifier: str) -> tuple[TimelineLine, ...]:
    """Everything recorded about an incident in the order in which it happened; raises `NotFound`.

    The marks of a drill's script are left out: what they mark stands beside them.
    """
    records = tuple(store.read(identifier))
    incident = incident_of(identifier, records)
    gone = superseded(incident.events)
    words = words_in(records)
    lines = [_line(record, gone, record.sequence in words) for record in records if not is_script(record)]
    return tuple(sorted(lines, key=lambda line: line.event.occurred_at.earliest))


def _line(record: KeptRecord, gone: Mapping[str, str], is_word: bool) -> TimelineLine:  # noqa: FBT001  (as in `marked`)
    event = marked(event_of(record), is_word)
    if not is_event_record(record):
        event = replace(event, fields=_plain_parts(record.content))
    return TimelineLine(event=event, superseded_by=gone.get(event.id), is_step=not is_event_record(record))


def _plain_parts(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in content.items()
        if key != "by_source"
        if isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= _SHOWN)
    }
