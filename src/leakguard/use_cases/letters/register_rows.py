"""The register as a screen reads it: found by word, state, year and what was filed, a part at a time, the newest first.

A row has what the facts and the events tell. What the law says of each breach, and what is late, stands in the
exported register alone, as every duty of the world is asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import Frozen
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.notices.filings import FILED, filings_of
from leakguard.ports import IncidentStore
from leakguard.use_cases.incidents.incident_brief import with_corrections
from leakguard.use_cases.incidents.incidents import CLOSED, OPENED, REOPENED, state_of, superseded
from leakguard.use_cases.incidents.kept_facts import WRITTEN, last_facts

TOLD = (FILED, "subjects_notified", "individual_notice_sent")
"""Events by which somebody was told."""
DECIDED = ("determination", "applicable", "not_applicable")
SHOWN = ("breach_description", "data_categories", "subject_count", "risk", "measures_taken")
_TURNS = (OPENED, CLOSED, REOPENED)
_KEPT = 2_000
"""Facts that stay read: a page of the register reads the same ones again."""


class RegisterSearch(Frozen):
    """Which breaches are looked for; what is empty is left out."""

    words: str = ""
    """In the title or the id."""
    state: Literal["", "open", "closed"] = ""
    told: Literal["", "yes", "no"] = ""
    year: int = 0


class SentNotice(Frozen):
    """One notice that went out."""

    at: datetime
    kind: str
    duty: str
    stage: str
    reference: str


class RegisterRow(Frozen):
    """One breach."""

    id: str
    title: str
    state: str
    opened_at: datetime
    aware_at: datetime | None
    facts: Mapping[str, Any]
    """Those of `SHOWN` that are stated, as the facts file has them."""
    told: tuple[SentNotice, ...]
    decided: tuple[str, ...]


class RegisterPage(Frozen):
    """A part of the register."""

    rows: tuple[RegisterRow, ...]
    all: int
    next: int | None


def search_register(store: IncidentStore, asked: RegisterSearch, *, after: int, limit: int) -> RegisterPage:
    """The breaches that fit, the newest first, from the place `after` on."""
    opened = {record.subject: event_of(record) for record in store.of_kinds((OPENED,))}
    found = [subject for subject in reversed(opened) if _fits(subject, opened[subject], asked)]
    if asked.state:
        closed = _closed(store)
        found = [subject for subject in found if (subject in closed) is (asked.state == "closed")]
    if asked.told:
        notified = _notified(store)
        found = [subject for subject in found if (subject in notified) is (asked.told == "yes")]
    rows = tuple(_row(store, subject, opened[subject]) for subject in found[after : after + limit])
    return RegisterPage(rows=rows, all=len(found), next=after + limit if after + limit < len(found) else None)


def _fits(identifier: str, opening: Event, asked: RegisterSearch) -> bool:
    text = f"{identifier} {opening.fields.get('title') or ''}".casefold()
    if asked.year and opening.occurred_at.earliest.year != asked.year:
        return False
    return all(word in text for word in asked.words.casefold().split())


def _closed(store: IncidentStore) -> set[str]:
    turns = _events_of_kinds(store, (CLOSED, REOPENED))
    return {subject for subject, events in turns.items() if state_of(events, superseded(events)) == "closed"}


def _notified(store: IncidentStore) -> set[str]:
    """The incidents of which somebody was told; a notice that was withdrawn or superseded told nobody."""
    return {subject for subject, events in _events_of_kinds(store, TOLD).items() if _stands(events)}


def _events_of_kinds(store: IncidentStore, kinds: Sequence[str]) -> Mapping[str, Sequence[Event]]:
    """By incident, the events of these kinds with those of any kind that correct them."""
    found: dict[str, list[KeptRecord]] = {}
    for record in store.of_kinds(kinds):
        found.setdefault(record.subject, []).append(record)
    return {subject: _events(store, subject, records) for subject, records in found.items()}


def _events(store: IncidentStore, identifier: str, records: Sequence[KeptRecord]) -> Sequence[Event]:
    return [event_of(record) for record in with_corrections(store, identifier, records) if is_event_record(record)]


def _stands(events: Sequence[Event]) -> bool:
    gone = superseded(events)
    duties = {str(event.fields.get("obligation") or "") for event in events if event.kind == FILED}
    is_told = any(event.kind in TOLD and event.kind != FILED and event.id not in gone for event in events)
    return is_told or any(filings_of(events, duty) for duty in duties)


def _row(store: IncidentStore, identifier: str, opening: Event) -> RegisterRow:
    records = tuple(store.of_kinds((*_TURNS, *TOLD, *DECIDED, "awareness", WRITTEN), identifier))
    events = _events(store, identifier, records)
    gone = superseded(events)
    status = [event for event in events if event.id not in gone]
    aware = [event.occurred_at.earliest for event in status if event.kind == "awareness"]
    return RegisterRow(
        id=identifier, title=str(opening.fields.get("title") or ""), state=state_of(events, gone).value,
        opened_at=opening.occurred_at.earliest, aware_at=min(aware, default=None),
        facts=_facts(identifier, records),
        told=tuple(_sent_notice(event) for event in status if event.kind in TOLD),
        decided=tuple(event.reason for event in status if event.kind in DECIDED),
    )  # fmt: skip


def _sent_notice(event: Event) -> SentNotice:
    fields = event.fields
    return SentNotice(
        at=event.occurred_at.earliest, kind=event.kind, duty=str(fields.get("obligation") or ""),
        stage=str(fields.get("stage") or ""), reference=str(fields.get("reference") or ""),
    )  # fmt: skip


def _facts(identifier: str, records: Sequence[KeptRecord]) -> Mapping[str, Any]:
    written = last_facts(identifier, records)
    return {} if written is None else _stated_in(written.text)


@lru_cache(maxsize=_KEPT)
def _stated_in(text: str) -> Mapping[str, Any]:
    """What a facts file states of these, as it is written; no rule is asked, so that a page stays quick."""
    document = read_yaml(text, name="facts").value
    facts = document.get("facts") if isinstance(document, dict) else None
    return {name: facts[name] for name in SHOWN if name in facts} if isinstance(facts, dict) else {}
