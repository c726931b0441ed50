"""Settles what a run changed: recorded once, told to the incidents, shown, and noted as done.

It is shown before it is noted, so a kill in between shows it twice, not never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from leakguard.frozen import Frozen
from leakguard.ports import Now, WatchStore
from leakguard.scanning.diff import EXPOSURES, Change
from leakguard.scanning.sightings import Sightings
from leakguard.use_cases.scans.exposure_changes import is_noted, record_changes, record_noted
from leakguard.use_cases.scans.following import RunPart
from leakguard.use_cases.watches.not_closed import with_not_closed
from leakguard.use_cases.watches.watch_incidents import (
    IncidentIndex,
    KnownIncident,
    known_incident,
    known_incidents,
    tell_incident,
)
from leakguard.use_cases.watches.watch_openings import HELD_FOR, LEASE, groups_of, open_for


class SettledChange(Frozen):
    """One change, and who knows of it."""

    part: RunPart
    change: Change
    incidents: tuple[str, ...] = ()
    is_opened: bool = False
    """Whether its incident was opened for it just now."""
    reopened: tuple[str, ...] = ()
    """Those of its incidents that were over, and were opened again just now."""


class Settling(Frozen):
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
    settings: Settling

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
                self.settings.show(self._tell(part, changes, held_from))
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

    def _tell(self, part: RunPart, changes: Sequence[Change], held_from: datetime | None) -> list[SettledChange]:
        incidents = known_incidents(self.store)
        who = IncidentIndex(incidents)
        opened = IncidentIndex(self._open(part, changes, who, held_from) if held_from is not None else ())
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
        return [_told(part, change, who, opened, reopened) for change in changes]

    def _open(
        self, part: RunPart, changes: Sequence[Change], who: IncidentIndex, held_from: datetime
    ) -> tuple[KnownIncident, ...]:
        """One incident a group; thousands take longer than the lease lasts, which is renewed on the way."""
        news = [one for one in changes if one.kind in EXPOSURES and not who.of(one)]
        opened = []
        for group in groups_of(news):
            held_from = self._renewed(held_from)
            incident = open_for(self.store, part, group, now=self.now, zone=self.settings.zone)
            opened.append(known_incident(self.store, incident.id))
        return tuple(opened)

    def _renewed(self, held_from: datetime) -> datetime:
        """Hold on to the lease; raises `_LeaseLost` where another watch may have opened incidents meanwhile."""
        held = self.now() - held_from
        if timedelta() <= held < HELD_FOR / 4:
            return held_from
        renewed = self._take_lease() if held < HELD_FOR else None
        if renewed is None:
            raise _LeaseLost
        return renewed


class _LeaseLost(Exception):
    """This watch stood still for so long that another one may open incidents."""


def _told(
    part: RunPart, change: Change, who: IncidentIndex, opened: IncidentIndex, reopened: Collection[str]
) -> SettledChange:
    new = tuple(known.incident for known in opened.of(change) if known.at(change))
    incidents = (*(known.incident for known in who.of(change)), *new)
    again = tuple(one for one in incidents if one in reopened)
    return SettledChange(part=part, change=change, incidents=incidents, is_opened=bool(new), reopened=again)
