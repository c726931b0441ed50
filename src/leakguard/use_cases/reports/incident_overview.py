"""The incident in ten seconds: what leaked, how much, whom it concerns, since when, who leads, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.frozen import Frozen
from leakguard.models.comments import COMMENTED
from leakguard.models.findings import Finding, Severity
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.notices.facts import Fact, Facts
from leakguard.playbooks.engine import latest_start
from leakguard.playbooks.states import SETTLED
from leakguard.ports import ScanStore
from leakguard.use_cases.incidents.incident_facts import facts_of_findings
from leakguard.use_cases.incidents.incidents import incident_of, superseded
from leakguard.use_cases.incidents.kept_facts import last_facts
from leakguard.use_cases.incidents.playbooks import Response, response_of
from leakguard.use_cases.responses.leading import LEADER, leader_of

if TYPE_CHECKING:
    from leakguard.use_cases.accounts.rosters import KnownRoster

LEARNT = ("data_categories", "record_count", "subject_count", "breach_date")
"""The facts of which the head of an incident tells."""
_GRAVEST_FIRST = tuple(reversed(Severity))
_COUNTED = {"evidence": "evidence_added", "comments": COMMENTED, "filed": "filed"}
"""By what is counted, the kind of its record; privileged comments belong to a subject of their own."""


class OverviewStore(ScanStore, Protocol):
    """What an overview is read from."""

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""


class Lead(Frozen):
    """Who leads the response."""

    name: str
    why: str
    """`step`: did the step of who leads, or it is assigned to them; `on_call`: holds the role now."""


class Overview(Frozen):
    """Everything of the head of an incident, but for its clocks."""

    incident: Incident
    opened_by: str
    findings: Sequence[Finding]
    facts: Mapping[str, Fact]
    """Those of `LEARNT` that a person stated, or that the findings tell."""
    has_facts: bool
    """Whether a person wrote the facts."""
    first_seen: datetime | None
    """When our scanner first saw it open."""
    lead: Lead | None
    response: Response | None
    counts: Mapping[str, int]

    @property
    def severity(self) -> Severity | None:
        """That of the gravest finding; `None` without one."""
        found = {finding.verdict.severity for finding in self.findings}
        return next((severity for severity in _GRAVEST_FIRST if severity in found), None)

    @property
    def bytes(self) -> int | None:
        """How much its findings stated together; `None` where one of them stated nothing, or was erased."""
        stated = [finding.verdict.size.bytes if finding.verdict.size is not None else None for finding in self.findings]
        known = [size for size in stated if size is not None]
        return sum(known) if known and len(known) == len(self.incident.findings) else None


def overview_of(
    store: OverviewStore, identifier: str, *, now: datetime, read: Callable[[str], Facts | None],
    roster: Callable[[], KnownRoster | None],
) -> Overview:  # fmt: skip
    """The overview. Raises `NotFound`.

    `read` reads the text of a facts file, and gives `None` for one that cannot be read; `roster` says who is on call.
    """
    records = tuple(store.read(identifier))
    incident = incident_of(identifier, records)
    findings = tuple(store.findings(ids=incident.findings)) if incident.findings else ()
    kept = last_facts(identifier, records)
    kept_facts = read(kept.text) if kept is not None else None
    stated = kept_facts.stated if kept_facts is not None else {}
    facts = {fact.name: fact for fact in facts_of_findings(findings)} | dict(stated)
    response = response_of(identifier, records, now=now) if latest_start(records) is not None else None
    return Overview(
        incident=incident, opened_by=incident.events[0].by, findings=findings, has_facts=kept is not None,
        facts={name: facts[name] for name in LEARNT if name in facts}, first_seen=_first_seen(incident),
        lead=_lead(records, roster(), now), response=response, counts=_counts(incident, records, response),
    )  # fmt: skip


def _first_seen(incident: Incident) -> datetime | None:
    gone = superseded(incident.events)
    seen = [event for event in incident.events if event.kind == "exposure_first_seen" and event.id not in gone]
    return min((event.occurred_at.earliest for event in seen), default=None)


def _lead(records: Sequence[KeptRecord], roster: KnownRoster | None, now: datetime) -> Lead | None:
    found = leader_of(records)
    if found is not None:
        return Lead(name=found.name, why="step")
    held = roster.holders(LEADER, now) if roster is not None else ()
    return Lead(name=held[0].name, why="on_call") if held else None


def _counts(incident: Incident, records: Sequence[KeptRecord], response: Response | None) -> dict[str, int]:
    steps = response.progress.steps.values() if response is not None else ()
    kinds = [record.kind for record in records]
    found = {name: kinds.count(kind) for name, kind in _COUNTED.items()}
    return found | {
        "records": len(records), "events": len(incident.events), "corrected": len(superseded(incident.events)),
        "steps": len(steps), "steps_done": sum(step.state in SETTLED for step in steps),
        "findings": len(incident.findings),
    }  # fmt: skip
