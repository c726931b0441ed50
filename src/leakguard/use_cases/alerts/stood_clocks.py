"""How the clocks of an incident stood at a moment, with what is remarked on each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus, exit_code, remarked
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.remarks import Remarks
from leakguard.clocks.times import parse_instant
from leakguard.errors import ExitCode, LeakGuardError, NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.ports import DataFolders, IncidentStore
from leakguard.use_cases.incidents.incident_clocks import Readable, called_for, statuses
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, Reach, incident_rules, rule_book
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.unknown_law import UnknownLaw
from leakguard.use_cases.proofs.clock_contradictions import ContradictedStore, Contradiction
from leakguard.use_cases.proofs.clock_remarks import RemarkedStore, remarks_on

if TYPE_CHECKING:
    from leakguard.alerts.forecast import Forecast


class ClocksStore(IncidentStore, ContradictedStore, RemarkedStore, Protocol):
    """What the clocks of an incident are read from."""


class ClocksQuery(Frozen):
    """Which incident, as of when, and with which facts."""

    incident: str
    at: str | None = None
    """A moment as it was typed, as known then; now, with all that is known by now, where nobody typed one."""
    facts: tuple[str, str] | None = None
    """Name and text of a facts file: duties that it rules out are left out."""


class ClocksAsOf(Frozen):
    """How the clocks of an incident stood at the moment that was asked for."""

    incident: str
    now: datetime
    statuses: tuple[ClockStatus, ...]
    """Each with what is remarked on it."""
    remarks: Remarks
    unknown: tuple[UnknownLaw, ...] = ()
    """Duties without a clock, because nobody knows what their law said on the day."""

    @property
    def exit_code(self) -> ExitCode:
        """4 when a deadline was missed; 3 where the state of a clock is in doubt."""
        return exit_code(self.statuses)

    def only(self, clock: str) -> ClocksAsOf:
        """The same for one clock; raises `NotFound` with the nearest name."""
        found = tuple(status for status in self.statuses if status.id == clock)
        if not found:
            near = nearest_name(clock, [status.id for status in self.statuses])
            hint = f" (did you mean `{near}`?)" if near else ""
            raise NotFound(
                f"{self.incident} has no clock `{clock}`{hint}", next_step="See `leakguard clock list --incident`."
            )
        return replace(self, statuses=found)


def clocks_at(
    asked: ClocksQuery, folders: DataFolders, store: ClocksStore, *, reach: Callable[[], Reach],
    now: Callable[[], datetime], doubt: Contradiction | None, ahead_at: datetime | None,
) -> ClocksAsOf:  # fmt: skip
    """How all clocks of the incident stood; `reach` is asked where no facts decide which laws count.

    `doubt` are clocks that contradict each other in the ledger, `ahead_at` is its end where that is ahead of now.
    """
    incident = load_incident(store, asked.incident)
    moment = parse_instant(asked.at, zone=incident.zone) if asked.at else now()
    known_at = None if asked.at else EVERYTHING
    book = rule_book(folders, EVERYWHERE if asked.facts else reach())
    records = tuple(store.read(asked.incident))
    rules = book(asked.incident, records)
    if asked.facts is not None:
        rules, unknown = called_for(rules, folders, store, asked.incident, asked.facts, moment, known_at)
    else:
        unknown = book.unknown(asked.incident, records)

    def read(journal: Readable, at: datetime) -> tuple[ClockStatus, ...]:
        return statuses(journal, asked.incident, rules, Calendars(), at, known_at=known_at)

    found = read(store, moment)
    later = read(store, ahead_at) if ahead_at is not None and not asked.at else ()
    remarks = remarks_on(
        store, asked.incident, found, lambda journal: read(journal, moment), contradiction=doubt, later=later
    )
    return ClocksAsOf(
        incident=asked.incident, now=moment, statuses=remarked(found, remarks), remarks=remarks, unknown=unknown
    )


def clocks_if_known(
    folders: DataFolders, store: ClocksStore, incident: str, reach: Callable[[], Reach], now: datetime
) -> tuple[ClockStatus, ...]:
    """How the clocks stand; none where nobody can say, for a refusal that does not depend on it."""
    try:
        rules = incident_rules(folders, store, incident, reach())
        return statuses(store, incident, rules, Calendars(), now, known_at=EVERYTHING)
    except LeakGuardError:
        return ()


def forecasts(store: ClocksStore, asked: ClocksQuery, stood: ClocksAsOf) -> dict[str, Forecast]:
    """By clock, the work that no longer fits into the time that is left."""
    from leakguard.use_cases.incidents.step_estimates import forecasts_of  # noqa: PLC0415  (one command needs it)

    known_at = None if asked.at else EVERYTHING
    return dict(forecasts_of(store, asked.incident, stood.statuses, stood.now, known_at=known_at))
