"""Which findings were proved closed after they were made, and all that a store knows of one finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.custody import KINDS as CUSTODY
from leakguard.ledger.custody import EvidenceItem, items_of
from leakguard.models.findings import Finding, is_resource
from leakguard.models.glances import Glance, glance_of
from leakguard.models.incidents import IncidentState
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.ports import ScanStore
from leakguard.scanning.history import History
from leakguard.scanning.place_status import PlaceStanding
from leakguard.scanning.sightings import spot_of
from leakguard.use_cases.incidents.incident_closures import VERIFIED, Closure, closed_findings, incidents_about
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import OPENED, incident_of
from leakguard.use_cases.scans.exposures import history_of_places
from leakguard.use_cases.scans.following import RECORDED
from leakguard.use_cases.scans.verify_findings import findings_to_verify

_AT_ONCE = 500
"""Findings read together."""
_WORDS: Mapping[PlaceStanding, str] = {
    PlaceStanding.OPEN: Closure.STILL_OPEN,
    PlaceStanding.UNKNOWN: Closure.UNKNOWN,
    PlaceStanding.CLOSED: Closure.CLOSED,
}
_FEW = 10
"""Incidents that are read one by one."""
_PROOFS = (VERIFIED, OPENED, *ADDS_FINDING, *CLOSURE, "retracted")
"""What decides which looks at an incident's findings prove that they are closed."""


class ClosedSince(Frozen):
    """The look that proved a finding closed, from everywhere where it was seen open."""

    finding: str
    run: str
    at: datetime

    @property
    def text(self) -> str:
        """`proved closed since: 2026-05-24T10:00:00Z, run R-...`."""
        return f"proved closed since: {to_z(self.at.replace(microsecond=0))}, run {self.run}"

    def to_json(self) -> dict[str, Any]:
        """The form in JSON."""
        return {"finding": self.finding, "run": self.run, "at": to_z(self.at)}


class NamedIncident(Protocol):
    """What is said of an incident beside a finding: an incident, or a line of a list."""

    @property
    def id(self) -> str:
        """Such as `IR-2026-0001`."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def state(self) -> IncidentState:
        """Whether it is over."""


class KnownFinding(Frozen):
    """One finding, and what the store knows of it."""

    finding: Finding
    incidents: tuple[NamedIncident, ...]
    items: tuple[EvidenceItem, ...]
    """The evidence of these incidents."""
    closed: ClosedSince | None
    """`None` while it is not proved closed."""
    last_look: str
    """`still_open`, `unknown` or `closed` by the last look that an incident has on record, or else by a later run.

    Empty where nobody has looked again.
    """


Pairs = Mapping[str, Sequence[tuple[str, str]]]
"""By incident: the ids of its own findings, each with the one of some findings that looked at the same."""
Named = Callable[[Collection[str]], Sequence[NamedIncident]]
"""The incidents with these ids, in their order."""
About = Callable[[Sequence[Finding]], Pairs]


def _about(store: ScanStore, findings: Sequence[Finding]) -> Pairs:
    """As the ledger has it; a server remembers it, see `IncidentIndex`."""
    found = incidents_about(store, findings)
    return {name: [(own.id, seen.id) for own, seen in pairs] for name, pairs in found.items()}


def closed_since(
    store: ScanStore, glances: Iterable[Glance], *, about: About | None = None
) -> Mapping[str, ClosedSince]:  # fmt: skip
    """By finding: the look that proved it closed, for those that were open and are proved closed by now.

    A silence proves nothing, and a place that was seen open from several vantages is closed once all saw it closed.
    """
    opened = [glance for glance in glances if _is_followed(glance)]
    if not opened:
        return {}
    history = history_of_places(store, {(glance.check_id, glance.place) for glance in opened})
    return _closed_by(store, history, opened, about or partial(_about, store))


def _is_followed(glance: Glance) -> bool:
    """Whether later looks can tell whether it is closed."""
    return glance.is_open and not is_resource(glance.target)


def _closed_by(
    store: ScanStore, history: History, opened: Iterable[Glance], about: About
) -> dict[str, ClosedSince]:  # fmt: skip
    ids = iter([glance.id for glance in opened if not history.open_spots((glance.check_id, glance.place))])
    found: dict[str, ClosedSince] = {}
    while chunk := tuple(islice(ids, _AT_ONCE)):
        findings = tuple(store.findings(ids=chunk))
        doubted = _not_proved(store, findings, about)
        for finding in findings:
            closed = _closed(store, history, finding) if finding.id not in doubted else None
            if closed is not None:
                found[finding.id] = closed
    return found


def known_finding(
    store: ScanStore, identifier: str, *, about: About | None = None, named: Named | None = None
) -> KnownFinding:  # fmt: skip
    """All that is known of one finding; raises `NotFound`. `named` is what a server remembers of incidents."""
    (finding,) = findings_to_verify(store, [identifier])
    items: list[EvidenceItem] = []
    look = ""
    about, named = about or partial(_about, store), named or partial(_named, store)
    pairs_of = about([finding])
    incidents = named(tuple(pairs_of))
    custody = _records(store, pairs_of, (*CUSTODY, VERIFIED))
    for name, pairs in pairs_of.items():
        records = custody.get(name, ())
        items += items_of(records)
        own = {incident for incident, _ in pairs}
        looks = [
            str(record.content["closure"])
            for record in records
            if record.kind == VERIFIED and _is_about(record.content, own)
        ]
        look = looks[-1] if looks else look
    closed, glance = None, glance_of(finding)
    if _is_followed(glance):
        history = history_of_places(store, {(finding.check_id, finding.place)})
        closed = _closed_by(store, history, [glance], about).get(finding.id)
        look = look or _look_of_later_runs(store, history, finding)
    return KnownFinding(finding=finding, incidents=tuple(incidents), items=tuple(items), closed=closed, last_look=look)


def _look_of_later_runs(store: ScanStore, history: History, finding: Finding) -> str:
    """What the last look of another run said of the place, behind the entry that kept the finding; empty without one.

    A run that should have met it again and did not leaves no look, and makes it unknown as well.
    """
    place = finding.check_id, finding.place
    own = max(
        (each.sequence for each in store.of_kinds({RECORDED}, finding.run) if _lists(each, finding.id)), default=0
    )
    spots = history.parts.places.get(place, {})
    for entry, standing in sorted(((history.last_look(place, spot), spots[spot][0]) for spot in spots), reverse=True):
        if entry > own and next(store.read_after(entry - 1)).subject != finding.run:
            return _WORDS[standing]
    is_unknown = any(standing is PlaceStanding.UNKNOWN for standing, _ in spots.values())
    return _WORDS[PlaceStanding.UNKNOWN] if is_unknown else ""


def _lists(record: KeptRecord, finding: str) -> bool:
    return any(item.get("id") == finding for item in record.content.get("findings", ()))


def _named(store: ScanStore, names: Collection[str]) -> Sequence[NamedIncident]:
    return [incident_of(name, tuple(store.read(name))) for name in names]


def _records(store: ScanStore, names: Collection[str], kinds: Sequence[str]) -> Mapping[str, Sequence[KeptRecord]]:
    """By incident: its records of these kinds; those of many incidents are read at once."""
    if len(names) <= _FEW:
        return {name: tuple(store.of_kinds(kinds, name)) for name in names}
    found: dict[str, list[KeptRecord]] = {}
    for record in store.of_kinds(kinds):
        found.setdefault(record.subject, []).append(record)
    return found


def _is_about(content: Mapping[str, Any], own: set[str]) -> bool:
    return content.get("finding") in own and "closure" in content


def _not_proved(store: ScanStore, findings: Sequence[Finding], about: About) -> set[str]:
    """The findings of which an incident has a last look that proves no closure, as one witness does not."""
    found = set()
    pairs_of = about(findings)
    verifications = _records(store, pairs_of, _PROOFS)
    for name, pairs in pairs_of.items():
        records = verifications.get(name, ())
        looked = {str(record.content.get("finding")) for record in records if record.kind == VERIFIED}
        found |= {seen for own, seen in pairs if own in looked - closed_findings(records)}
    return found


def _closed(store: ScanStore, history: History, finding: Finding) -> ClosedSince | None:
    place, spot = (finding.check_id, finding.place), spot_of(finding)
    entry = history.last_look(place, spot)
    if not entry or not history.knows_spot(place, spot):
        return None
    record = next(store.read_after(entry - 1))
    return ClosedSince(finding=finding.id, run=record.subject, at=record.occurred_at.latest)
