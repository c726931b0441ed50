"""Gathers the metrics of many incidents, each reckoned as its own report would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leakguard.alerts.history import history_of
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord
from leakguard.ports import IncidentStore
from leakguard.reports.measures import measures_of
from leakguard.reports.metrics import IncidentFigures, Metrics, metrics_of
from leakguard.reports.quantiles import Sample
from leakguard.reports.values import StepLine
from leakguard.use_cases.incidents.incidents import incident_of, superseded
from leakguard.use_cases.reports.incident_report import acknowledged_at, alarm_lines, statuses_in
from leakguard.use_cases.reports.report_playbook import playbook_state

Rules = Callable[[str, Sequence[KeptRecord]], tuple[ClockRule, ...]]
"""Tells the clocks of an incident by its records, as `incident_rules.rule_book` does."""


def incident_metrics(
    store: IncidentStore, rules: Rules, opened: Interval, now: datetime, *, known_at: datetime | None = None
) -> Metrics:
    """The metrics of all incidents that were opened within `opened`, both ends included.

    As known at `known_at`, by default `now`; for the present that is `EVERYTHING`.
    """
    return metrics_of(tuple(_all(store, rules, opened, now, known_at or now)), now)


def metrics_today(store: IncidentStore, rules: Rules, opened: Interval, now: datetime) -> Metrics:
    """The same as everything that is known by now says it, also what was recorded for a later moment."""
    return incident_metrics(store, rules, opened, now, known_at=EVERYTHING)


def _all(
    store: IncidentStore, rules: Rules, opened: Interval, now: datetime, known_at: datetime
) -> Iterator[IncidentFigures]:
    for identifier in store.subjects("IR-"):
        records = tuple(record for record in store.read(identifier) if record.recorded_at <= known_at)
        if records:
            found = _figures(identifier, records, rules, now)
            if opened.earliest <= found.opened_at <= opened.latest:
                yield found


def _figures(identifier: str, records: Sequence[KeptRecord], rules: Rules, now: datetime) -> IncidentFigures:
    incident = incident_of(identifier, records)
    clocks = statuses_in(records, rules(identifier, records), incident, now)
    alarms = alarm_lines(history_of(identifier, records))
    return IncidentFigures(
        incident=identifier,
        opened_at=incident.opened_at,
        state=incident.state.value,
        measures=measures_of(incident.events, acknowledged_at(records), now),
        clocks=tuple(pair for clock in clocks for pair in _verdicts(clock)),
        steps=tuple(_steps(identifier, records, now)),
        delays=tuple(
            max(0.0, (event.recorded_at - event.occurred_at.earliest).total_seconds()) for event in incident.events
        ),
        acknowledgements=tuple(_until_taken(alarm.raised_at, alarm.acknowledged_at, now) for alarm in alarms),
        correction_count=len(superseded(incident.events)),
    )


def _verdicts(status: ClockStatus) -> Iterator[tuple[str, State]]:
    yield from ((status.id, cycle.state) for cycle in status.earlier_cycles)
    if status.state is not State.LATENT:
        yield status.id, status.state


def _steps(identifier: str, records: Sequence[KeptRecord], now: datetime) -> Iterator[tuple[str, StepLine]]:
    playbook = playbook_state(identifier, records, now)
    if playbook is not None:
        yield from ((playbook.name, step) for step in playbook.steps if step.ready_at is not None)


def _until_taken(raised_at: datetime, taken_at: datetime | None, now: datetime) -> Sample:
    return Sample(((taken_at or now) - raised_at).total_seconds(), is_open=taken_at is None)
