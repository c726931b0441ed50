"""The after-action review of one incident: what happened against what was promised, what is left, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial

from leakguard.alerts.history import history_of
from leakguard.alerts.marks import REVIEWED, is_review
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import FAILED, State
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.models.review_actions import Action, actions_in
from leakguard.models.unfinished import Area, UnfinishedItem
from leakguard.notices.assess import Assessment
from leakguard.reports.measures import Measure, measures_of
from leakguard.reports.values import AlertLine, StepLine
from leakguard.use_cases.incidents.incidents import incident_of, superseded
from leakguard.use_cases.reports.incident_report import acknowledged_at, alarm_lines, statuses_in
from leakguard.use_cases.reports.report_playbook import playbook_state
from leakguard.use_cases.reports.unfinished import Case, UnfinishedStore, is_reviewed, unfinished
from leakguard.use_cases.responses.review_actions import today_in

_ENDED = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})
"""States of a clock that is over, one way or the other."""


class AfterAction(Frozen):
    """Everything that a review is held over."""

    incident: Incident
    now: datetime
    today: date
    """In the zone of the incident."""
    is_reviewed: bool
    review_due: datetime | None
    measures: tuple[Measure, ...]
    """Of every cycle, those that have begun."""
    kept: tuple[ClockStatus, ...]
    missed: tuple[ClockStatus, ...]
    """Met late, over without an end, or overdue."""
    running: tuple[ClockStatus, ...]
    steps: tuple[StepLine, ...]
    """Steps that are late, or were done late."""
    step_count: int
    alarms: tuple[AlertLine, ...]
    left: tuple[UnfinishedItem, ...]
    lessons: tuple[Event, ...]
    actions: tuple[Action, ...]


def after_action(
    store: UnfinishedStore, rules: Sequence[ClockRule], incident: str, now: datetime,
    *, assessed: Mapping[str, Assessment] | None = None, unsettled: Sequence[UnfinishedItem] = (),
) -> AfterAction:  # fmt: skip
    """The review of an incident as it stands; `rules` are its clocks. Raises `NotFound`."""
    records: Sequence[KeptRecord] = tuple(store.read(incident))
    found = incident_of(incident, records)
    clocks = statuses_in(records, rules, found, now)
    playbook = playbook_state(incident, records, now)
    steps = playbook.steps if playbook is not None else ()
    gone = superseded(found.events)
    left = unfinished(
        Case(
            incident=incident, records=records, statuses=clocks, now=now, assessed=assessed or {},
            unsettled=unsettled, counts_of=partial(store.delivery_counts, incident),
        )
    )  # fmt: skip
    return AfterAction(
        incident=found, now=now, today=today_in(found, now), is_reviewed=is_reviewed(found.events),
        review_due=next((clock.work_by for clock in clocks if is_review(clock)), None),
        measures=tuple(
            measure for measure in measures_of(found.events, acknowledged_at(records), now) if measure.start is not None
        ),
        kept=tuple(clock for clock in clocks if clock.state is State.MET_ON_TIME and not clock.has_failed),
        missed=tuple(clock for clock in clocks if clock.state in FAILED or clock.has_failed),
        running=tuple(clock for clock in clocks if _runs(clock)),
        steps=tuple(step for step in steps if step.is_late(now)), step_count=len(steps),
        alarms=alarm_lines(history_of(incident, records)),
        left=tuple(item for item in left if item.area is not Area.REVIEW),
        lessons=tuple(event for event in found.events if event.kind == REVIEWED and event.id not in gone),
        actions=actions_in(records),
    )  # fmt: skip


def _runs(status: ClockStatus) -> bool:
    return status.state not in {State.LATENT, State.NOT_APPLICABLE, *_ENDED, *FAILED} and not status.has_failed
