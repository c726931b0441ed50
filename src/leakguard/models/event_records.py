"""Events as records of the ledger, and back.

An event's kind and its two times stand in the record itself.
Its content has `fields`, `source`, `reason`, `corrects`, `stated` and `zone`, so that a person's words can be erased
one day while the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.models.events import Event, Interval
from leakguard.models.people import by_source, signatory_of
from leakguard.models.records import KeptRecord, Record

_EVENT_KEYS = frozenset({"fields", "source", "reason", "corrects", "stated", "zone"})
_MOST_DIGITS = 18
"""Of a place in the ledger: more do not fit the 64 bits of a database."""


def event_id(sequence: int) -> str:
    """`E-12`: an event is named after its place in the ledger."""
    return f"E-{sequence}"


def sequence_of(name: str) -> int | None:
    """The place in the ledger that an event's id names; `None` for what is no such id."""
    digits = name.removeprefix("E-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
    return int(digits) if is_number and name == event_id(int(digits)) else None


def record_of_event(
    *,
    kind: str,
    occurred_at: Interval,
    source: str = "",
    reason: str = "",
    corrects: str | int | None = None,
    fields: Mapping[str, Any] | None = None,
    recorded_elsewhere_at: str | None = None,
) -> Record:
    """The record to append for an event.

    `corrects` is the id of a kept event.
    Where both are appended together no id is known yet: it is then the distance, 1 for the record just before.
    `recorded_elsewhere_at` keeps the time that an imported file claims to have written the event down at;
    the ledger vouches only for its own `recorded_at`.
    """
    content: dict[str, Any] = {
        "fields": dict(fields or {}),
        "source": source,
        "reason": reason,
        "corrects": corrects,
        "stated": occurred_at.stated,
        "zone": occurred_at.zone,
    }
    if recorded_elsewhere_at is not None:
        content["recorded_elsewhere_at"] = recorded_elsewhere_at
    return Record(kind=kind, occurred_at=occurred_at, content=content)


def is_event_record(record: KeptRecord) -> bool:
    """Whether a kept record is an event; steps of playbooks and parts of scans are not."""
    return record.content.keys() >= _EVENT_KEYS


def is_correction(record: KeptRecord) -> bool:
    """Whether a kept record is an event that supersedes another one."""
    return is_event_record(record) and _corrects(record) is not None


def event_of(record: KeptRecord) -> Event:
    """The event in a kept record; what an erased content no longer tells stays empty."""
    content = record.content
    occurred_at = Interval(
        earliest=record.occurred_at.earliest,
        latest=record.occurred_at.latest,
        stated=str(content.get("stated") or ""),
        zone=str(content.get("zone") or ""),
    )
    return Event(
        id=event_id(record.sequence),
        kind=record.kind,
        occurred_at=occurred_at,
        recorded_at=record.recorded_at,
        source=str(content.get("source") or ""),
        reason=str(content.get("reason") or ""),
        corrects=_corrects(record),
        fields=dict(content.get("fields") or {}),
        by=str(content.get("by") or ""),
        by_source=by_source(content),
        by_id=signatory_of(content).actor,
    )


def _corrects(record: KeptRecord) -> str | None:
    stated = record.content.get("corrects")
    if isinstance(stated, int):
        return event_id(record.sequence - stated)
    return stated or None
