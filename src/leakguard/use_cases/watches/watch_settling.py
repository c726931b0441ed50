"""Settles what a run changed: recorded once, told to the incidents, shown, and noted as done.

It is shown before it is noted, so a kill in between shows it twice, not never.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leakguard.frozen import Frozen, replace
from leakguard.ports import Now, WatchStore
from leakguard.scanning.diff import EXPOSURES, Change
from leakguard.use_cases.watches.exposures import Part
from leakguard.use_cases.watches.watch_changes import is_noted, record_changes, record_noted
from leakguard.use_cases.watches.watch_incidents import Known, known_incident, known_incidents, tell_incident
from leakguard.use_cases.watches.watch_openings import HELD_FOR, LEASE, groups_of, open_for


class Told(Frozen):
    """One change, and who knows of it."""

    part: Part
    change: Change
    incidents: tuple[str, ...] = ()
    is_opened: bool = False
    """Whether its incident was opened for it just now."""
    reopened: tuple[str, ...] = ()
    """Those of its incidents that were over, and were opened again just now."""


class Settling(Frozen):
    """How changes are to be settled."""

    show: Callable[[Sequence[Told]], None]
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

    def settle(self, part: Part, changes: tuple[Change, ...]) -> bool:
        """Record the changes, tell the incidents, show them, and note that all this is done.

        False when another watch opens incidents at this moment: then it is to be tried again.
        """
        record_changes(self.store, part, changes)
        if self.settings.opens_incidents and not self._take_lease():
            return False
        try:
            if not is_noted(self.store, part):  # by another watch, since this one read the ledger
                self.settings.show(self._tell(part, changes))
        finally:
            if self.settings.opens_incidents:
                self.store.release_lease(LEASE, self.settings.holder)
        record_noted(self.store, part, len(changes))
        return True

    def _take_lease(self) -> bool:
        """Two watches must not open an incident each about one store."""
        now = self.now()
        return self.store.take_lease(LEASE, self.settings.holder, now=now, until=now + HELD_FOR)

    def _tell(self, part: Part, changes: Sequence[Change]) -> list[Told]:
        incidents = known_incidents(self.store)
        opened = self._open(part, changes, incidents)
        reopened = [known.incident for known in incidents if self._tell_one(known, part, changes)]
        told = (_told(part, change, incidents, opened) for change in changes)
        return [replace(one, reopened=tuple(each for each in reopened if each in one.incidents)) for one in told]

    def _tell_one(self, known: Known, part: Part, changes: Sequence[Change]) -> bool:
        """Tell one incident what is its own; whether that opened it again."""
        own = [change for change in changes if known.knows(change)]
        return bool(own) and tell_incident(self.store, known, part, own, now=self.now)

    def _open(self, part: Part, changes: Sequence[Change], incidents: Sequence[Known]) -> tuple[Known, ...]:
        if not self.settings.opens_incidents:
            return ()
        news = [one for one in changes if one.kind in EXPOSURES and not any(known.knows(one) for known in incidents)]
        store, now, zone = self.store, self.now, self.settings.zone
        new = (open_for(store, part, group, now=now, zone=zone) for group in groups_of(news))
        return tuple(known_incident(store, incident.id) for incident in new)


def _told(part: Part, change: Change, incidents: Sequence[Known], opened: Sequence[Known]) -> Told:
    new = tuple(known.incident for known in opened if known.at(change))
    known = tuple(known.incident for known in incidents if known.knows(change))
    return Told(part=part, change=change, incidents=(*known, *new), is_opened=bool(new))
