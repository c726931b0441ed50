"""How the clocks of an incident stood at a moment, with what is remarked on each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus, exit_code, remarked
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.remarks import Remarks
from leakguard.clocks.rules import ClockRule
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
from leakguard.use_cases.proofs.clock_doubts import DoubtStore, clock_doubt
from leakguard.use_cases.proofs.clock_remarks import RemarkedStore, remarks_on

if TYPE_CHECKING:
    from leakguard.alerts.forecast import Forecast


class ClocksStore(IncidentStore, ContradictedStore, RemarkedStore, DoubtStore, Protocol):
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

    found, remarks = found_with_remarks(
        store, asked.incident, rules, moment, is_present=not asked.at, doubt=doubt, ahead_at=ahead_at
    )
    return ClocksAsOf(
        incident=asked.incident, now=moment, statuses=remarked(found, remarks), remarks=remarks, unknown=unknown
    )


def found_with_remarks(
    store: ClocksStore, incident: str, rules: Sequence[ClockRule], moment: datetime, *, is_present: bool,
    doubt: Contradiction | None, ahead_at: datetime | None,
) -> tuple[tuple[ClockStatus, ...], Remarks]:  # fmt: skip
    """How the clocks of these rules stand at a moment, and what is remarked on them; `doubt` and `ahead_at` as above.

    For the present all that was recorded counts, for another moment what was recorded by then.
    """

    def read(journal: Readable, at: datetime) -> tuple[ClockStatus, ...]:
        return statuses(journal, incident, rules, Calendars(), at, known_at=EVERYTHING if is_present else None)

    found = read(store, moment)
    later = read(store, ahead_at) if ahead_at is not None and is_present else ()
    remarks = remarks_on(
        store, incident, found, lambda journal: read(journal, moment), contradiction=doubt, later=later,
        known_at=None if is_present else moment,
    )  # fmt: skip
    return found, remarks


class RemarksNow:
    """What is remarked on clocks by what the store has at the time of each question."""

    def __init__(
        self, store: ClocksStore, now: Callable[[], datetime], *, is_present: bool,
        doubt_about: Callable[[str], Contradiction | None],
    ) -> None:  # fmt: skip
        """`doubt_about` names the clocks of the ledger that contradict each other and touch an incident."""
        self._store, self._now, self._is_present, self._doubt_about = store, now, is_present, doubt_about

    def __call__(self, incident: str, rules: Sequence[ClockRule], moment: datetime) -> Remarks:
        """The remarks on the clocks that these rules give, as they stand at a moment."""
        ahead = clock_doubt(self._store, self._now())
        return found_with_remarks(
            self._store, incident, rules, moment, is_present=self._is_present, doubt=self._doubt_about(incident),
            ahead_at=ahead.recorded_at if ahead is not None else None,
        )[1]  # fmt: skip


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
