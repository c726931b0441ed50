"""Settles what a run changed: recorded once, told to the incidents, shown, and noted as done.

It is shown before it is noted, so a kill in between shows it twice, not never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.incidents import Incident
from leakguard.models.texts import counted
from leakguard.ports import Now, WatchStore
from leakguard.scanning.diff import EXPOSURES, ORDER, Change, ChangeKind
from leakguard.scanning.place_status import PlaceStanding, worst
from leakguard.scanning.sightings import Place, Sightings
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.recorded_closures import RecordedClosure, closures_seen_open
from leakguard.use_cases.scans.exposure_changes import (
    CHANGED,
    change_id,
    is_noted,
    record_changes,
    record_noted,
    seen_at,
)
from leakguard.use_cases.scans.following import RunPart
from leakguard.use_cases.watches.watch_incidents import (
    IncidentIndex,
    KnownIncident,
    known_incident,
    known_incidents,
    tell_incident,
)

MOST_NAMED = 3
"""Incidents that are named in one line."""


def with_not_closed(
    store: WatchStore, part: RunPart, changes: Sequence[Change], looks: Sightings
) -> tuple[Change, ...]:
    """The changes, and a re-exposure for each place that incidents have on record as closed.

    One that was recorded before a watch was killed stays a change, although its incidents may know of it by now.
    """
    entries = {
        (*place, spot[0]): looks.entry_of(place, spot, seen)
        for place, spots in looks.opened.items()
        for spot, seen in spots.items()
    }
    by_place: dict[Place, list[RecordedClosure]] = defaultdict(list)
    for closure in closures_seen_open(store, entries):
        by_place[closure.sight[0], closure.sight[1]].append(closure)
    recorded = {str(record.content.get("id")) for record in store.of_kinds({CHANGED}, part.run)}
    found = {(one.check_id, one.target): one for one in changes}
    for place in looks.opened if recorded else tuple(by_place):
        closures = by_place.get(place, ())
        change = _change(place, found.get(place), closures, looks, entries)
        if closures or (change.is_known and change_id(part, change) in recorded):
            found[place] = change
    return tuple(sorted(found.values(), key=lambda change: (ORDER.index(change.kind), change.target, change.check_id)))


def _change(
    place: Place, change: Change | None, closures: Sequence[RecordedClosure], looks: Sightings,
    entries: dict[tuple[str, str, str], int],
) -> Change:  # fmt: skip
    not_closed = tuple((closure.finding, entries[closure.sight]) for closure in closures)
    if change is not None and change.kind in EXPOSURES:
        return replace(change, not_closed=not_closed)
    if change is None:
        seen = worst((PlaceStanding.OPEN, seen) for seen in looks.opened[place].values())
        change = Change(kind=ChangeKind.RE_EXPOSED, check_id=place[0], target=place[1], after=seen)
    reason = _reason(closures)
    return replace(change, kind=ChangeKind.RE_EXPOSED, not_closed=not_closed, is_known=True, reason=reason)


def _reason(closures: Sequence[RecordedClosure]) -> str:
    """`on record as closed in IR-2026-0001`; empty where nothing is on record any more."""
    names = list(dict.fromkeys(closure.incident for closure in closures))
    if not names:
        return ""
    rest = f" and {counted(len(names) - MOST_NAMED, 'other incident')}" if len(names) > MOST_NAMED else ""
    return f"on record as closed in {', '.join(names[:MOST_NAMED])}{rest}"


LEASE = "watch-incidents"
HELD_FOR = timedelta(minutes=2)
"""A watch that dies while it opens incidents is waited for so long; each opening takes well under a second."""


def groups_of(changes: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
    """Changes that are about one store together: the same place, or the same id at several places."""
    groups: list[list[Change]] = []
    by_key: dict[object, list[Change]] = {}
    for change in changes:
        keys = [key for key in (change.target, change.seen.store_key) if key is not None]
        group = next((by_key[key] for key in keys if key in by_key), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(change)
        by_key.update(dict.fromkeys(keys, group))
    return tuple(tuple(group) for group in groups)


def open_for(
    store: WatchStore, part: RunPart, changes: Sequence[Change], *, now: Now, zone: str,
    refuse: Callable[[], None] | None = None,
) -> Incident:  # fmt: skip
    """Open one incident about these changes, detected when the first of them was seen; `refuse` as `open_incident`."""
    findings = list(store.findings(ids=[change.seen.finding for change in changes]))
    first = min(changes, key=lambda change: seen_at(part, change))
    detected = record_of_event(
        kind="detected", occurred_at=exactly(seen_at(part, first)), source=f"scan run {part.run}",
        fields={"finding": first.seen.finding, "vantage": first.seen.vantage},
    )  # fmt: skip
    since = {change.seen.finding: seen_at(part, change) for change in changes}
    return open_incident(store, findings, now=now(), zone=zone, then=(detected,), open_since=since, refuse=refuse)


class SettledChange(Frozen):
    """One change, and who knows of it."""

    part: RunPart
    change: Change
    incidents: tuple[str, ...] = ()
    is_opened: bool = False
    """Whether its incident was opened for it just now."""
    reopened: tuple[str, ...] = ()
    """Those of its incidents that were over, and were opened again just now."""


class SettlingOptions(Frozen):
    """How changes are to be settled."""

    show: Callable[[Sequence[SettledChange]], None]
    """Shows a person or a script the changes of one run."""
    holder: str
    """Tells this process from every other one."""
    zone: str = "UTC"
    opens_incidents: bool = False


class Settler(Frozen):
    """Settles the changes of one part of a run after the other."""

    store: WatchStore
    now: Now
    settings: SettlingOptions

    def settle(self, part: RunPart, changes: tuple[Change, ...], looks: Sightings) -> bool:
        """Record the changes, tell the incidents, show them, and note that all this is done.

        What the looks saw open although an incident has it on record as closed is a change as well.
        False when another watch opens incidents at this moment: then it is to be tried again.
        """
        changes = with_not_closed(self.store, part, changes, looks)
        if not changes:
            return True
        record_changes(self.store, part, changes)
        held_from = self._take_lease() if self.settings.opens_incidents else None
        if self.settings.opens_incidents and held_from is None:
            return False
        try:
            if not is_noted(self.store, part):  # by another watch, since this one read the ledger
                self.settings.show(self._settle_changes(part, changes, held_from))
        except _LeaseLost:
            return False
        finally:
            if held_from is not None:
                self.store.release_lease(LEASE, self.settings.holder)
        record_noted(self.store, part, len(changes))
        return True

    def _take_lease(self) -> datetime | None:
        """From when on this watch opens incidents: two must not open one each about one store."""
        now = self.now()
        is_ours = self.store.take_lease(LEASE, self.settings.holder, now=now, until=now + HELD_FOR)
        return now if is_ours else None

    def _settle_changes(
        self, part: RunPart, changes: Sequence[Change], held_from: datetime | None
    ) -> list[SettledChange]:
        incidents = list(known_incidents(self.store))
        opened = IncidentIndex(self._open(part, changes, incidents, held_from) if held_from is not None else ())
        who = IncidentIndex(incidents)
        own: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            for known in who.of(change):
                own[known.incident].append(change)
        concerned = [known for known in incidents if known.incident in own]
        reopened = {
            known.incident
            for known in concerned
            if tell_incident(self.store, known, part, own[known.incident], now=self.now)
        }
        return [_settled(part, change, who, opened, reopened) for change in changes]

    def _open(
        self, part: RunPart, changes: Sequence[Change], incidents: list[KnownIncident], held_from: datetime
    ) -> tuple[KnownIncident, ...]:
        """One incident a group; thousands take longer than the lease lasts, which is renewed on the way.

        What a person opened about a group meanwhile takes its place, and is added to `incidents`.
        """
        who = IncidentIndex(incidents)
        news = [change for change in changes if change.kind in EXPOSURES and not who.of(change)]
        names, opened = {known.incident for known in incidents}, []
        for group in groups_of(news):
            held_from = self._renewed(held_from)
            refuse = partial(self._refuse_known, group, names, incidents)
            with suppress(_OpenedByOthers):
                incident = open_for(self.store, part, group, now=self.now, zone=self.settings.zone, refuse=refuse)
                names.add(incident.id)
                opened.append(known_incident(self.store, incident.id))
        return tuple(opened)

    def _refuse_known(self, group: Sequence[Change], names: set[str], incidents: list[KnownIncident]) -> None:
        """Raise `_OpenedByOthers` where an incident that was opened since the ledger was read is about the group."""
        others = [known_incident(self.store, name) for name in self.store.subjects("IR-") if name not in names]
        names.update(known.incident for known in others)
        incidents += others
        if any(map(IncidentIndex(others).of, group)):
            raise _OpenedByOthers

    def _renewed(self, held_from: datetime) -> datetime:
        """Hold on to the lease; raises `_LeaseLost` where another watch may have opened incidents meanwhile."""
        held = self.now() - held_from
        if timedelta() <= held < HELD_FOR / 4:
            return held_from
        renewed = self._take_lease() if held < HELD_FOR else None
        if renewed is None:
            raise _LeaseLost
        return renewed


class _OpenedByOthers(Exception):
    """A person has opened an incident about the same store at this very moment."""


class _LeaseLost(Exception):
    """This watch stood still for so long that another one may open incidents."""


def _settled(
    part: RunPart, change: Change, who: IncidentIndex, opened: IncidentIndex, reopened: Collection[str]
) -> SettledChange:
    new = tuple(known.incident for known in opened.of(change) if known.at(change))
    incidents = (*(known.incident for known in who.of(change)), *new)
    again = tuple(incident for incident in incidents if incident in reopened)
    return SettledChange(part=part, change=change, incidents=incidents, is_opened=bool(new), reopened=again)
