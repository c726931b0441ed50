"""Which incident is about which finding, read on from where the ledger was read last, and held by a server."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from leakguard.ledger.entries import CONTENT_ERASED
from leakguard.ledger.heads import Head
from leakguard.models.event_records import is_correction
from leakguard.models.findings import Finding
from leakguard.ports import ScanStore
from leakguard.use_cases.incidents.incident_closures import Sight, findings_by_incident, findings_of, sight_of
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import OPENED

if TYPE_CHECKING:
    from leakguard.use_cases.scans.closed_since import Pairs

_READ = frozenset({OPENED, *ADDS_FINDING})


class IndexStore(ScanStore, Protocol):
    """What it is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class IncidentIndex:
    """Read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: Head | None = None
        self._own: dict[str, set[str]] = {}
        """The findings of each incident, the oldest incident first."""
        self._sights: dict[str, Sight] = {}
        """What each of these findings saw."""

    def about(self, store: IndexStore, findings: Sequence[Finding]) -> Pairs:
        """As `incidents_about`, by the ids of the findings."""
        with self._lock:
            self._read(store)
            looks = {sight_of(finding): finding.id for finding in findings}
            same = {finding.id: finding.id for finding in findings}
            others = ((incident, sight) for incident, sight in self._sights.items() if incident not in same)
            same |= {incident: looks[sight] for incident, sight in others if sight in looks}
            about = {name: [pair for pair in same.items() if pair[0] in own] for name, own in self._own.items()}
            return {name: pairs for name, pairs in about.items() if pairs}

    def _read(self, store: IndexStore) -> None:
        """Take in what was recorded since; all again where something was erased or corrected, such as a finding."""
        head = store.head()
        if head is None or (self._seen is not None and head.hash == self._seen.hash):
            return
        records = list(store.read_after(self._seen.sequence)) if self._seen is not None else []
        if self._seen is None or any(each.kind == CONTENT_ERASED or is_correction(each) for each in records):
            self._own, self._sights = findings_by_incident(store), {}
            new = set().union(*self._own.values())
        else:
            new = set()
            for record in (each for each in records if each.kind in _READ):
                found = findings_of([record])
                self._own.setdefault(record.subject, set()).update(found)
                new |= found
        if missing := sorted(new - self._sights.keys()):
            self._sights |= {finding.id: sight_of(finding) for finding in store.findings(ids=missing)}
        self._seen = head
