"""Tells incidents what a watch saw: each change once, in every incident that knows the place or the store.

What was proved closed and is open again reopens its incident; what is closed from everywhere counts as verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.incidents import IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Now, WatchStore
from leakguard.scanning.diff import EXPOSURES, Change, ChangeKind
from leakguard.scanning.exposure_summary import traits_of
from leakguard.scanning.sightings import Place
from leakguard.use_cases.incidents.incident_closures import (
    SEEN_AGAIN,
    VERIFIED,
    Closure,
    closed_findings,
    is_over,
    remediated,
    turns_of,
)
from leakguard.use_cases.incidents.incidents import REOPENED, TRIES, incident_of
from leakguard.use_cases.incidents.recorded_closures import closures_in
from leakguard.use_cases.scans.exposure_changes import change_id, seen_at
from leakguard.use_cases.scans.following import RunPart

SPREAD, CHANGED = "exposure_spread", "exposure_changed"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class KnownIncident(Frozen):
    """What an incident is about."""

    incident: str
    findings: Mapping[str, Place]
    """Its findings, and the check and place of each."""
    targets: frozenset[str]
    """Its places, whatever the check."""
    stores: frozenset[tuple[str, str]]
    """What its stores call themselves."""

    def at(self, change: Change) -> tuple[str, ...]:
        """Its own findings of the same check at the same place."""
        place = (change.check_id, change.target)
        return tuple(finding for finding, where in self.findings.items() if where == place)


class IncidentIndex:
    """Which of many incidents know of a change: each is found at once, as there may be thousands of both."""

    def __init__(self, incidents: Sequence[KnownIncident]) -> None:
        self._incidents = incidents
        self._at: dict[str, list[int]] = defaultdict(list)
        self._of: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, known in enumerate(incidents):
            for target in known.targets:
                self._at[target].append(number)
            for key in known.stores:
                self._of[key].append(number)

    def of(self, change: Change) -> tuple[KnownIncident, ...]:
        """Those that the change is about: their place, or their store at another one; in their order."""
        numbers = set(self._at.get(change.target, ()))
        if change.kind in EXPOSURES - {ChangeKind.NEW} and change.seen.store_key is not None:
            numbers.update(self._of.get(change.seen.store_key, ()))
        return tuple(self._incidents[number] for number in sorted(numbers))


def known_incidents(store: WatchStore) -> tuple[KnownIncident, ...]:
    """Every incident of the store, the oldest first."""
    return tuple(known_incident(store, subject) for subject in store.subjects("IR-"))


def known_incident(store: WatchStore, identifier: str) -> KnownIncident:
    """What one incident is about."""
    incident = incident_of(identifier, store.read(identifier))
    findings = list(store.findings(ids=incident.findings))
    keys = (traits_of(finding).store_key for finding in findings)
    return KnownIncident(
        incident=identifier,
        findings={finding.id: (finding.check_id, finding.place) for finding in findings},
        targets=frozenset(finding.place for finding in findings),
        stores=frozenset(key for key in keys if key is not None),
    )


def tell_incident(
    store: WatchStore, known: KnownIncident, part: RunPart, changes: Sequence[Change], *, now: Now
) -> bool:
    """Record in an incident what it was not told yet of these changes; it must know the place or store of each.

    Whoever loses a race reads the incident again, so nothing is told twice. Returns whether it was opened again.
    """
    for _ in range(TRIES):
        records = tuple(store.read(known.incident))
        new = _records(known, part, changes, records, now=now)
        if not new:
            return False
        try:
            store.append(known.incident, new, after=records[-1].sequence)
        except NotAllowed:
            continue
        return any(record.kind == REOPENED for record in new)
    raise NotAllowed(f"{known.incident} is being written by many at this very moment", next_step="Try again.")


def _records(
    known: KnownIncident, part: RunPart, changes: Sequence[Change], records: Sequence[KeptRecord], *, now: Now
) -> list[Record]:
    recorded = {str((record.content.get("fields") or record.content).get("change")) for record in records}
    update = _IncidentUpdate(known, part, records, now=now)
    for change in changes:
        if change_id(part, change) not in recorded:
            update.add(change)
    return update.new


class _IncidentUpdate:
    """Collects the records for one incident, knowing how it stands after each of them."""

    def __init__(self, known: KnownIncident, part: RunPart, records: Sequence[KeptRecord], *, now: Now) -> None:
        self._known, self._part, self._records, self._now = known, part, records, now
        incident = incident_of(known.incident, records)
        self._is_closed = incident.state is IncidentState.CLOSED
        self._is_over = is_over(incident)
        self._ended_at = max((turn.occurred_at.latest for turn in turns_of(incident)), default=_LONG_AGO)
        self._shut = closed_findings(records)
        self._closures = closures_in(records)
        looks = (record.content for record in records if record.kind == VERIFIED)
        # Of these findings and runs `scan verify` told at once; what is older must not be told after it.
        self._looked = {(look.get("finding"), look.get("run")) for look in looks}
        self._own = set(known.findings)
        self.new: list[Record] = []

    def add(self, change: Change) -> None:
        """What the incident is told about one change; nothing, if it is closed and this does not bring it back."""
        if change.kind in EXPOSURES:
            self._exposed(change)
        elif change.kind is ChangeKind.CLOSED:
            self._closed(change)
        elif not self._is_closed:
            self._event(CHANGED, change, self._own_finding(change), seen_at(self._part, change))

    def _exposed(self, change: Change) -> None:
        """Open again: the incident is opened again if it was over, so that its clocks begin anew.

        An incident that was opened about this very finding knows it already.
        """
        again = [finding for finding, entry in change.not_closed if self._is_back(finding, entry)]
        if again:
            self._again(change, again)
            return
        if change.is_known or change.seen.finding in self._own:
            return
        finding, was_over = self._own_finding(change), self._is_over
        if (finding, self._part.run) in self._looked:
            return
        when = self._when(change)
        if was_over:
            self._reopen(change, finding, when)
        is_back = was_over or change.kind is ChangeKind.RE_EXPOSED
        self._event(SEEN_AGAIN if is_back else SPREAD, change, finding, when)
        self._own.add(finding)
        self._look(change, finding, Closure.STILL_OPEN)

    def _is_back(self, finding: str, entry: int) -> bool:
        """Whether it is the incident's own, on record as closed before the look, and nobody recorded that look yet."""
        closure = self._closures.get(finding)
        is_later = closure is not None and closure.sequence < entry
        return is_later and finding in self._known.findings and (finding, self._part.run) not in self._looked

    def _again(self, change: Change, findings: Sequence[str]) -> None:
        """What it has on record as closed is open: the closure is void, whether it was proved or a person's word."""
        when = self._when(change)
        if self._is_over:
            self._reopen(change, findings[0], when)
        for finding in findings:
            self._event(SEEN_AGAIN, change, finding, when)
            self._own.add(finding)
            self._look(change, finding, Closure.STILL_OPEN)

    def _when(self, change: Change) -> datetime:
        """When it was seen; now, where the incident ended after that."""
        seen = seen_at(self._part, change)
        return seen if seen > self._ended_at else self._now()

    def _closed(self, change: Change) -> None:
        """Closed from everywhere; once that holds for all of the incident, its closure is proved."""
        own = (finding for finding in self._known.at(change) if finding not in self._shut)
        fresh = [finding for finding in own if (finding, self._part.run) not in self._looked]
        for finding in fresh:
            self._look(change, finding, Closure.CLOSED)
        if fresh and self._own <= self._shut and not self._is_over:
            at = exactly(self._part.ended_at)
            self.new.append(remediated(vantage=change.seen.vantage, run=self._part.run, at=at))
            self._is_over = True

    def _own_finding(self, change: Change) -> str:
        return next(iter(self._known.at(change)), change.seen.finding)

    def _reopen(self, change: Change, finding: str, when: datetime) -> None:
        fields = {"finding": finding, "change": change_id(self._part, change)}
        reason = f"open again: {change.target}"
        source = f"scan run {self._part.run}"
        at = exactly(when)
        self.new.append(record_of_event(kind=REOPENED, occurred_at=at, source=source, reason=reason, fields=fields))
        self._is_over = self._is_closed = False

    def _event(self, kind: str, change: Change, finding: str, when: datetime) -> None:
        fields = {
            "finding": finding, "run": self._part.run, "vantage": change.seen.vantage, "check": change.check_id,
            "target": change.target, "change": change_id(self._part, change), "what": change.kind.value,
        }  # fmt: skip
        if kind == CHANGED and change.differences:
            fields["differences"] = ", ".join(change.differences)
        source = f"scan run {self._part.run}"
        self.new.append(record_of_event(kind=kind, occurred_at=exactly(when), source=source, fields=fields))

    def _look(self, change: Change, finding: str, closure: Closure) -> None:
        """A look at one finding, as `scan verify` keeps it."""
        (self._shut.add if closure is Closure.CLOSED else self._shut.discard)(finding)
        content = {
            "finding": finding, "closure": closure.value, "run": self._part.run, "vantage": change.seen.vantage,
            "change": change_id(self._part, change),
        }  # fmt: skip
        at = exactly(seen_at(self._part, change))
        self.new.append(Record(kind=VERIFIED, occurred_at=at, content=content))
