"""The facts of an incident: those of a file, with what its events and its findings already tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from leakguard.frozen import replace
from leakguard.models.events import Interval
from leakguard.models.findings import Finding, Outcome
from leakguard.models.kinds import People
from leakguard.notices.book import DutyBook, read_facts
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.ports import Journal, ScanStore
from leakguard.scanning.stores import stores_of
from leakguard.use_cases.incidents.incidents import load_incident


def read_incident_facts(
    text: str, *, name: str, book: DutyBook, now: datetime, journal: Journal, incident: str,
    known_at: datetime | None = None,
) -> Facts:  # fmt: skip
    """Read a facts file; the events of the stored incident complete its own, as known at `known_at`.

    Where the file names no zone, that of the incident counts. Raises `BadFile` with all problems, `NotFound` for an
    unknown incident.
    """
    stored = load_incident(journal, incident)
    facts = read_facts(text, name=name, book=book, now=now, zone=stored.zone)
    return replace(facts.with_events(stored.events), known_at=known_at)


def with_findings(facts: Facts, store: ScanStore, incident_id: str) -> Facts:
    """These facts with those that the incident's findings tell; what a person stated stays. Raises `NotFound`."""
    named = load_incident(store, incident_id).findings
    found = facts_of_findings(tuple(store.findings(ids=named))) if named else ()
    return replace(facts, stated={**{fact.name: fact for fact in found}, **facts.stated})


def facts_of_findings(findings: Sequence[Finding]) -> tuple[Fact, ...]:
    """Access and exfiltration are never told: a scan sees that a door is open, not who went through it.

    A server that showed only names of collections left no records in reach, so it is no exposure of data.
    """
    opened = [finding for finding in findings if finding.verdict.outcome is Outcome.EXPOSED]
    if not opened:
        return ()
    evidence = ", ".join(dict.fromkeys(finding.id for finding in opened))
    exposure = Fact(name="exposure", state=FactState.KNOWN, value=True, evidence=evidence, why="seen by our own scan")
    return (exposure, *_record_count(opened, evidence), *_of_the_data(opened, evidence))


def _record_count(opened: Sequence[Finding], evidence: str) -> Iterable[Fact]:
    """The sum over stores, each counted once however many addresses lead to it.

    Nothing when one of them did not say, for a part is no total, nor when an extortioner emptied one: what is left
    says nothing of what was there.
    """
    if any(finding.verdict.ransomed.verdict != "no" for finding in opened):
        return
    largest: dict[str, int] = {}
    is_exact = True
    for store in stores_of(opened):
        worst = store.worst
        if worst.records is None:
            return
        largest[worst.target] = max(worst.records, largest.get(worst.target, 0))
        is_exact = is_exact and worst.is_exact
    total = sum(largest.values())
    state = FactState.KNOWN if is_exact else FactState.ESTIMATED
    why = "as the servers themselves counted" if is_exact else "counted in part or estimated: there may be more"
    yield Fact(name="record_count", state=state, value=Span(low=total, high=total), evidence=evidence, why=why)


def _of_the_data(opened: Sequence[Finding], evidence: str) -> Iterable[Fact]:
    """Kinds, people and since when, as far as names, counts and dates tell: each an estimate that a person confirms."""
    data_seen = [finding.verdict.data for finding in opened if finding.verdict.data is not None]
    kinds = tuple(dict.fromkeys(category.category for data in data_seen for category in data.categories))
    if kinds:
        yield Fact(
            name="data_categories", state=FactState.ESTIMATED, value=kinds, evidence=evidence,
            why="by the names of fields and collections, or by values that were counted and dropped; not a full list",
        )  # fmt: skip
    yield from _subject_count(opened, evidence)
    yield from _breach_date(opened, evidence)


def _subject_count(opened: Sequence[Finding], evidence: str) -> Iterable[Fact]:
    """At least as many as in the store with most, at most one a record of all; nothing where one store is unknown.

    Of a store that was looked at again after it had been emptied, an earlier number may still be known, and is wrong.
    """
    if any(finding.verdict.ransomed.verdict != "no" for finding in opened):
        return
    people: dict[str, People] = {}
    for store in stores_of(opened):
        found = next((finding for finding in opened if finding.id == store.worst.id), None)
        data = found.verdict.data if found is not None else None
        if data is None or data.people is None or data.people.high is None:
            return
        people[store.worst.target] = data.people
    low = max(person.low or 0 for person in people.values())
    high = sum(person.high or 0 for person in people.values())
    why = "; ".join(dict.fromkeys(person.method for person in people.values()))
    value = Span(low=low, high=max(low, high))
    yield Fact(name="subject_count", state=FactState.ESTIMATED, value=value, evidence=evidence, why=why)


def _breach_date(opened: Sequence[Finding], evidence: str) -> Iterable[Fact]:
    """Between the day on which the oldest of the data came in and the first look that found it open."""
    since = [finding.exposed_since for finding in opened]
    begins = [each.earliest for each in since if each.earliest is not None]
    ends = [each.latest for each in since if each.latest is not None]
    if begins and ends:
        value = Interval(earliest=min(begins), latest=max(min(ends), min(begins)))
        why = "after the oldest of the data came in, before our scanner first saw it open"
        yield Fact(name="breach_date", state=FactState.ESTIMATED, value=value, evidence=evidence, why=why)
