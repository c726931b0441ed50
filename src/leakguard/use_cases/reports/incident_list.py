"""The incidents in a list, the most urgent first; read again only where something was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.models.findings import Severity
from leakguard.models.incidents import IncidentState
from leakguard.models.people import Signatory, may_be_one_person
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import assignments_of
from leakguard.ports import IncidentStore, ScanStore
from leakguard.use_cases.alerts.board import BoardRow
from leakguard.use_cases.incidents.incident_brief import DECIDING, incident_in_brief
from leakguard.use_cases.responses.leading import TELLING, leader_of

_READ = (*DECIDING, *TELLING)
_INCIDENT = "IR-"
_FAR = datetime.max.replace(tzinfo=UTC)
_ORDER = {severity: place for place, severity in enumerate(Severity)}


class ListStore(IncidentStore, ScanStore, Protocol):
    """What the list is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class IncidentSummary(Frozen):
    """One incident of the list, without its clocks."""

    id: str
    title: str
    state: IncidentState
    opened_at: datetime
    opened_by: Signatory
    findings: tuple[str, ...]
    severity: Severity | None
    """Of its gravest finding; `None` without one."""
    lead: Signatory | None
    others: tuple[Signatory, ...]
    """To whom its steps are assigned."""

    def concerns(self, person: Signatory) -> bool:
        """Whether somebody opened it, leads it, or has a step of it."""
        return any(
            _same(record, person) for record in (self.opened_by, *((self.lead,) if self.lead else ()), *self.others)
        )


class IncidentWithClocks(Frozen):
    """A line, and how its clocks stand."""

    line: IncidentSummary
    next: BoardRow | None
    late: int = 0

    @property
    def urgency(self) -> tuple[bool, bool, datetime, float]:
        """What is open before what is closed, what is late first, then by the next limit, then the newest."""
        limit = (self.next.clock.work_by if self.next is not None else None) or _FAR
        return self.line.state is IncidentState.CLOSED, not self.late, limit, -self.line.opened_at.timestamp()


class IncidentQuery(Frozen):
    """Which incidents are asked for."""

    state: IncidentState | None = None
    mine: Signatory | None = None
    severity: Severity | None = None
    text: str = ""

    def fits(self, line: IncidentSummary) -> bool:
        """Whether a line is one of those."""
        words = f"{line.id} {line.title}".casefold()
        return (
            self.state in {None, line.state}
            and (self.mine is None or line.concerns(self.mine))
            and self.severity in {None, line.severity}
            and all(word in words for word in self.text.casefold().split())
        )


class IncidentList:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: dict[str, IncidentSummary] = {}
        self._severities: dict[str, Severity] = {}
        self._seen: Head | None = None

    def lines(self, store: ListStore) -> list[IncidentSummary]:
        """Every incident."""
        with self._lock:
            head, seen = store.head(), self._seen
            if head is not None and (seen is None or head.hash != seen.hash):
                # Both at the end: what a refused read did not bring, the next call reads.
                changed = self._changed(store, seen).items()
                self._lines |= {incident: self._line(store, incident, records) for incident, records in changed}
                self._seen = head
            return list(self._lines.values())

    def _changed(self, store: ListStore, seen: Head | None) -> Mapping[str, Sequence[KeptRecord]]:
        if seen is None:
            found: dict[str, list[KeptRecord]] = {}
            for record in store.of_kinds(_READ):
                if record.subject.startswith(_INCIDENT):
                    found.setdefault(record.subject, []).append(record)
            return found
        names = {record.subject for record in store.read_after(seen.sequence) if record.subject.startswith(_INCIDENT)}
        return {name: tuple(store.of_kinds(_READ, name)) for name in names}

    def _line(self, store: ListStore, incident: str, records: Sequence[KeptRecord]) -> IncidentSummary:
        found = incident_in_brief(store, incident, records)
        assigned = assignments_of(records)
        opening = found.events[0]
        return IncidentSummary(
            id=incident, title=found.title, state=found.state, opened_at=found.opened_at,
            opened_by=Signatory(name=opening.by, actor=opening.by_id), findings=found.findings,
            severity=self._gravest(store, found.findings), lead=leader_of(records),
            others=tuple(assignment.to for assignment in assigned.values()),
        )  # fmt: skip

    def _gravest(self, store: ListStore, ids: Collection[str]) -> Severity | None:
        missing = [identifier for identifier in ids if identifier not in self._severities]
        if missing:
            self._severities |= {finding.id: finding.verdict.severity for finding in store.findings(ids=missing)}
        known = [self._severities[identifier] for identifier in ids if identifier in self._severities]
        return max(known, key=_ORDER.__getitem__, default=None)


def listed(
    lines: Iterable[IncidentSummary], wanted: IncidentQuery, clocks: Mapping[str, Sequence[BoardRow]]
) -> list[IncidentWithClocks]:
    """The lines that are asked for, the most urgent first; `clocks` are those that run, by incident."""
    return sorted(_with_clocks(lines, wanted, clocks), key=lambda incident: incident.urgency)


def _with_clocks(
    lines: Iterable[IncidentSummary], wanted: IncidentQuery, clocks: Mapping[str, Sequence[BoardRow]]
) -> Iterator[IncidentWithClocks]:  # fmt: skip
    for line in lines:
        if wanted.fits(line):
            rows = clocks.get(line.id, ())
            late = sum(row.is_over for row in rows)
            yield IncidentWithClocks(line=line, next=rows[0] if rows else None, late=late)


def _same(signatory: Signatory, person: Signatory) -> bool:
    if signatory.actor and person.actor:
        return signatory.actor == person.actor
    return bool(signatory.name) and may_be_one_person(signatory, person)
