"""What a live view of an incident's clocks shows: read once, reckoned anew for every moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from leakguard.alerts.forecast import Forecast, StepEstimate, late_forecasts
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus, remarked
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.remarks import Remarks
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import FINAL_STATES, State
from leakguard.frozen import Frozen, field
from leakguard.models.events import Event
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.notices.book import load_duties
from leakguard.playbooks.shapes import Playbook
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, Reach, rule_book
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.playbooks import DEFAULT, find_playbook, running_playbook
from leakguard.use_cases.incidents.step_estimates import step_estimates

_NOT_BEGUN = frozenset({State.LATENT})
_OVER = FINAL_STATES | {State.NOT_APPLICABLE}
_FAR = datetime.max.replace(tzinfo=UTC)


RemarksAt = Callable[[str, Sequence[ClockRule], datetime], Remarks]
"""What is remarked, at a moment, on the clocks of an incident that these rules give."""


class WatchedIncident(Frozen):
    """An incident as it was read at one moment."""

    incident: Incident
    events: tuple[Event, ...]
    rules: tuple[ClockRule, ...]
    recipients: Mapping[str, str]
    """Clock to whoever is to be told; a promise of our own has none."""
    owners: Mapping[str, str]
    """Clock to the role whose step of the playbook ends it."""
    steps: Mapping[str, StepEstimate] = field(default_factory=dict)
    """The steps of the response that remain, with their estimates."""
    remarks: Remarks | None = None
    """What leaves clocks in doubt, and which mends changed them."""


class ClocksView(Frozen):
    """How everything stands at one moment."""

    open: tuple[ClockStatus, ...]
    """The most urgent first: what is over its limit, then by the time to the next threshold."""
    not_begun: tuple[ClockStatus, ...]
    over: tuple[ClockStatus, ...]
    next_change: datetime | None
    late: Mapping[str, Forecast] = field(default_factory=dict)
    """Clock to the work that no longer fits into the time that is left."""

    @property
    def statuses(self) -> tuple[ClockStatus, ...]:
        """All of them."""
        return (*self.open, *self.not_begun, *self.over)


class ClockReader:
    """Reads an incident again and again; playbooks and duties only once."""

    def __init__(
        self, folders: DataFolders, journal: Journal, reach: Reach = EVERYWHERE, remarks: RemarksAt | None = None
    ) -> None:
        """`remarks` is asked at each reading. Raises `BadFile` for data files that cannot be used."""
        self._remarks = remarks
        self._journal = journal
        self._rules = rule_book(folders, reach)
        self._usual = find_playbook(folders, DEFAULT)
        duties = load_duties(folders).duties
        self._recipients = {phase.clock.id: duty.recipient.name for duty in duties for phase in duty.phases}

    def read(self, incident_id: str, now: datetime) -> WatchedIncident:
        """The incident as the store has it, with what is remarked at `now`; raises `NotFound`, `StoreUnusable`."""
        records: Sequence[KeptRecord] = tuple(self._journal.read(incident_id))
        incident = incident_of(incident_id, records)
        playbook = running_playbook(incident_id, records) or self._usual
        rules = in_zone(self._rules(incident_id, records), incident.zone)
        return WatchedIncident(
            incident=incident,
            events=clock_events(records),
            rules=rules,
            recipients=self._recipients,
            owners={rule.id: owner for rule in rules if (owner := _owner(rule, playbook))},
            steps=step_estimates(incident_id, records),
            remarks=self._remarks(incident_id, rules, now) if self._remarks is not None else None,
        )


def view_at(
    watched: WatchedIncident, calendars: Calendars, now: datetime, *, known_at: datetime | None = None
) -> ClocksView:
    """How all clocks stand at `now`, in the order in which they need somebody.

    As known then, or at `known_at`, which for the present is `EVERYTHING`.
    """
    statuses = evaluate(watched.events, watched.rules, calendars, now, known_at=known_at)
    if watched.remarks is not None:
        statuses = remarked(statuses, watched.remarks)
    shown = [status for status in statuses if status.state not in _NOT_BEGUN | _OVER]
    return ClocksView(
        open=tuple(sorted(shown, key=_urgency)),
        not_begun=tuple(status for status in statuses if status.state in _NOT_BEGUN),
        over=tuple(status for status in statuses if status.state in _OVER),
        next_change=min((status.next_change for status in shown if status.next_change is not None), default=None),
        late=late_forecasts(shown, watched.steps, now),
    )


def _urgency(status: ClockStatus) -> tuple[bool, datetime, datetime, str]:
    is_late = status.state is State.OVERDUE
    return (not is_late, (None if is_late else status.next_change) or _FAR, status.work_by or _FAR, status.id)


def _owner(rule: ClockRule, playbook: Playbook) -> str:
    """Whose step records the event that ends the clock."""
    kinds = rule.ending.kinds if rule.ending is not None else frozenset()
    owners = (step.owner for step in playbook.steps.values() if step.emits in kinds and step.owner)
    return next(owners, "")
