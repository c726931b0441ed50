"""The register of breaches: every incident of the store, and what facts files tell of these or of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.clocks.event_file import stated_zone
from leakguard.errors import BadFile, NotFound, UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.models.sheets import Sheet
from leakguard.notices.book import DutyBook, assess_facts, read_facts
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Facts, Organisation
from leakguard.notices.register import Case, register_sheet
from leakguard.ports import Journal
from leakguard.use_cases.incidents.incidents import OPENED, incident_of, load_incident
from leakguard.use_cases.incidents.kept_facts import last_facts

MOST_IN_CELL = 3
"""Problems of one facts file that a row names."""


def breach_register(
    book: DutyBook, files: Sequence[Facts], journal: Journal | None, *, obligated_as: Sequence[str], now: datetime
) -> Sheet:
    """The register: the incidents of the ledger in the order of their opening, then the breaches of files alone.

    A file belongs to the incident that it names in `incident`; without one, the facts that the ledger keeps count. An
    incident without any is judged by `obligated_as` and its events, and so is one whose kept facts cannot be read: its
    row says so, and `remarks`. Raises `UsageProblem` when two files name one incident, and when there is nothing to
    register.
    """
    stated = _by_incident(files)
    if journal is None and not stated:
        raise UsageProblem(
            "there is neither a store nor a facts file to register",
            next_step="Name a store with --store, or facts files: leakguard notice register facts.yaml",
        )
    stored = tuple(_stored(book, journal, stated, obligated_as, now)) if journal is not None else ()
    known = {case.facts.incident for case in stored}
    alone = (
        Case(facts=facts, assessments=assess_facts(book, facts, now))
        for name, facts in stated.items()
        if name not in known
    )
    return register_sheet((*stored, *alone), book.vocabulary)


def zone_for(text: str, *, name: str, journal: Journal | None) -> str | None:
    """The zone of the local times of a facts file: its own, else that of the stored incident that it names.

    Raises `BadFile` for text that is not YAML.
    """
    zone = stated_zone(text, name=name)
    value = read_yaml(text, name=name).value
    incident = value.get("incident") if isinstance(value, Mapping) else None
    if zone is not None or journal is None or not isinstance(incident, str):
        return zone
    try:
        return load_incident(journal, incident).zone
    except NotFound:
        return None


def _by_incident(files: Sequence[Facts]) -> Mapping[str, Facts]:
    found = {facts.incident: facts.for_audience("authority") for facts in files}
    if len(found) < len(files):
        names = [facts.incident for facts in files]
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageProblem(f"two facts files tell of {twice[:60]}", next_step="Name one file for each incident.")
    return found


def _stored(
    book: DutyBook, journal: Journal, stated: Mapping[str, Facts], obligated_as: Sequence[str], now: datetime
) -> Iterator[Case]:
    """One pass over the ledger, so that all rows tell of the same moment."""
    records: dict[str, list[KeptRecord]] = {}
    head = ""
    for record in journal.read():
        records.setdefault(record.subject, []).append(record)
        head = _entry(record)
    for subject, kept in records.items():
        if not any(record.kind == OPENED for record in kept):
            continue
        incident, unread = incident_of(subject, kept), ""
        facts = stated.get(subject)
        if facts is None:
            try:
                facts = _written(book, incident, kept, now)
            except BadFile as bad:
                unread = _problems_of(bad)
        facts = facts or Facts(
            incident=subject, organisation=Organisation(name=LocalisedText(texts={})), obligated_as=tuple(obligated_as),
            stated={}, zone=incident.zone,
        )  # fmt: skip
        dated = facts.with_events(incident.events)
        yield Case(
            facts=dated,
            assessments=assess_facts(book, dated, now),
            title=incident.title,
            state=incident.state.value,
            entry=_entry(kept[-1]),
            head=head,
            unread=unread,
        )


def _written(book: DutyBook, incident: Incident, records: Sequence[KeptRecord], now: datetime) -> Facts | None:
    """The facts that the ledger keeps of the incident, whatever incident their text names; raises `BadFile`."""
    written = last_facts(incident.id, records)
    if written is None:
        return None
    facts = read_facts(written.text, name=incident.id, book=book, now=now, zone=incident.zone)
    return replace(facts, incident=incident.id).for_audience("authority")


def _problems_of(bad: BadFile) -> str:
    """The first few: they stand in a cell."""
    left = len(bad.problems) - MOST_IN_CELL
    return "; ".join(map(str, bad.problems[:MOST_IN_CELL])) + (f"; and {left:,} more" if left > 0 else "")


def _entry(record: KeptRecord) -> str:
    return f"{record.sequence} {record.hash}"
