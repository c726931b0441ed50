"""What is open now by all that a store knows: folded on from where it was read last, and held by a server."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.models.event_records import is_correction
from leakguard.models.findings import Finding, Severity
from leakguard.models.glances import Glance, glance_of
from leakguard.models.incidents import Incident
from leakguard.ports import IncidentStore, ScanStore
from leakguard.scanning.exposure_summary import ExposureSummary
from leakguard.scanning.history import History
from leakguard.scanning.place_status import PlaceStanding, worst
from leakguard.scanning.sightings import Place
from leakguard.use_cases.incidents.incident_closures import findings_by_incident, findings_of
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import OPENED, incident_of
from leakguard.use_cases.scans.bookmarks import KnownExposures, read_bookmark
from leakguard.use_cases.scans.exposures import AT_ONCE, looks_of
from leakguard.use_cases.scans.following import Follower

_WORST_FIRST = tuple(reversed(Severity))


class ExposureStore(IncidentStore, ScanStore, Protocol):
    """What it is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class ExposureDetails(Frozen):
    """What is shown of a finding beside its numbers."""

    glance: Glance
    host: str | None
    product: str
    access: str
    categories: tuple[str, ...]
    decoy: str
    reason: str


class Exposure(Frozen):
    """One check at one place that is open, or was when it was last answered for."""

    standing: PlaceStanding
    """`open`, or `unknown` where the last look got no clear answer; never `closed`."""
    seen: ExposureSummary
    """The worst look of those that were not seen closed since."""
    traits: ExposureDetails
    since: datetime
    """When it was first seen open, ever or since it was last proved closed."""
    vantages: tuple[str, ...]
    incidents: tuple[str, ...]
    """Those that are about it, the oldest first."""

    @property
    def urgency(self) -> tuple[int, int, int, datetime, str]:
        """The worst first, then the largest, then what is open for longest."""
        size = (self.seen.records or 0, self.seen.bytes or 0)
        return _WORST_FIRST.index(self.seen.severity), -size[0], -size[1], self.since, self.traits.glance.place


class Exposures:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: KnownExposures | None = None
        self._head: Head | None = None
        self._rows: tuple[Exposure, ...] = ()
        self._traits: dict[str, ExposureDetails] = {}
        self._about: dict[Place, list[str]] = {}
        self._cases: dict[str, Incident] = {}
        self._read = 0
        """The entry up to which incidents were read."""

    def rows(self, store: ExposureStore) -> tuple[Exposure, ...]:
        """Everything that is open, or not known to be closed, the worst first."""
        with self._lock:
            head = store.head()
            if head is None:
                return ()
            if self._head is None or self._head.hash != head.hash:
                self._read_incidents(store)
                history = self._history(store)
                self._rows = tuple(sorted(self._open(store, history), key=lambda exposure: exposure.urgency))
                self._head = head
            return self._rows

    def cases(self, store: IncidentStore, names: Iterable[str]) -> Mapping[str, Incident]:
        """These incidents, each read once until something is recorded in it."""
        with self._lock:
            wanted = tuple(dict.fromkeys(names))
            for name in wanted:
                if name not in self._cases:
                    self._cases[name] = incident_of(name, store.read(name))
            return {name: self._cases[name] for name in wanted}

    def _history(self, store: ScanStore) -> History:
        """All parts that ended are folded for good; runs that go on, or were killed, into a copy."""
        known = self._known or read_bookmark(store) or KnownExposures(follower=Follower(store=store))
        known.follower.store = store
        known.read_on()
        self._known = known
        while ended := known.follower.ended:
            looks = looks_of(store, known.history, ended[0])
            known.history.take(looks)
            del ended[0]  # at once: where the next read is refused, this part is not taken in twice
        rest = known.follower.rest()
        history = copy.deepcopy(known.history) if rest else known.history
        for part in rest:
            history.take(looks_of(store, history, part))
        return history

    def _read_incidents(self, store: ExposureStore) -> None:
        """Which incident is about which place, as far as that was not read before; all again after a correction."""
        own: dict[str, set[str]] = {}
        head, is_anew = store.head(), not self._read
        for record in store.read_after(self._read) if not is_anew else ():
            self._cases.pop(record.subject, None)
            is_anew = is_anew or is_correction(record)
            if record.kind in {OPENED, *ADDS_FINDING}:
                own.setdefault(record.subject, set()).update(findings_of([record]))
        if is_anew:
            own = findings_by_incident(store)
            self._about, self._cases, self._read = {}, {}, 0
        wanted = sorted(set().union(*own.values()))
        places = {finding.id: (finding.check_id, finding.place) for finding in _findings(store, wanted)}
        for incident, ids in own.items():
            for place in {places[identifier] for identifier in ids if identifier in places}:
                found = self._about.setdefault(place, [])
                if incident not in found:
                    found.append(incident)
        # At the end, and as it stood before: what a refused read did not bring, and what came meanwhile, is read next.
        self._read = head.sequence if head is not None else 0

    def _open(self, store: ScanStore, history: History) -> Iterator[Exposure]:
        opened = {
            place: worst(spots.values()) for place, spots in history.parts.places.items() if history.open_spots(place)
        }
        traits = self._traits_of(store, [seen.finding for seen in opened.values()])
        standings = history.standings()
        for place, seen in opened.items():
            if seen.finding in traits:
                yield Exposure(
                    standing=standings[place], seen=seen, traits=traits[seen.finding],
                    since=history.open_since(place) or seen.observed_at,
                    vantages=tuple(sorted({open_spot.vantage for open_spot in history.open_spots(place).values()})),
                    incidents=tuple(self._about.get(place, ())),
                )  # fmt: skip

    def _traits_of(self, store: ScanStore, ids: Collection[str]) -> Mapping[str, ExposureDetails]:
        """Those of earlier findings are forgotten."""
        missing = [identifier for identifier in ids if identifier not in self._traits]
        kept = {identifier: self._traits[identifier] for identifier in ids if identifier in self._traits}
        self._traits = kept | {finding.id: _traits(finding) for finding in _findings(store, missing)}
        return self._traits


def _findings(store: ScanStore, ids: Iterable[str]) -> Iterator[Finding]:
    left = iter(ids)
    while chunk := tuple(islice(left, AT_ONCE)):
        yield from store.findings(ids=chunk)


def _traits(finding: Finding) -> ExposureDetails:
    verdict = finding.verdict
    names = verdict.data.categories if verdict.data is not None else ()
    return ExposureDetails(
        glance=glance_of(finding), host=finding.host, product=verdict.product or finding.datastore,
        access=verdict.access.value, categories=tuple(dict.fromkeys(name.category for name in names)),
        decoy=verdict.decoy.verdict.value, reason=verdict.reason,
    )  # fmt: skip
