"""What the findings of an incident already tell: the exposure, and how many records could be reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from leakguard.models.findings import Finding, Outcome
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.ports import ScanStore
from leakguard.scanning.stores import stores_of
from leakguard.use_cases.incidents import load_incident


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
    return (exposure, *_record_count(opened, evidence))


def _record_count(opened: Sequence[Finding], evidence: str) -> Iterable[Fact]:
    """The sum over stores, each counted once however many addresses lead to it.

    Nothing when one of them did not say, for a part is no total.
    """
    largest: dict[str, int] = {}
    is_exact = True
    for store in stores_of(opened):
        one = store.worst
        if one.records is None:
            return
        largest[one.target] = max(one.records, largest.get(one.target, 0))
        is_exact = is_exact and one.is_exact
    total = sum(largest.values())
    state = FactState.KNOWN if is_exact else FactState.ESTIMATED
    why = "as the servers themselves counted"
    yield Fact(name="record_count", state=state, value=Span(low=total, high=total), evidence=evidence, why=why)
