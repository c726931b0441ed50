"""Metrics across incidents: how long things took, how clocks ended, how steps kept their boxes.

Nothing that is open is dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, as_dict
from leakguard.models.moments import to_z
from leakguard.models.sheets import Cell, Sheet
from leakguard.reports.measures import DEFINITIONS, Measure
from leakguard.reports.quantiles import Sample, Spread, spread
from leakguard.reports.report_json import measure_json
from leakguard.reports.values import StepLine

SCHEMA = "leakguard.incident-metrics/1"
METHOD = (
    "Kaplan-Meier estimate; an open duration counts as longer than it is now, at equal durations the ended ones come "
    "first. Without open ones this is the nearest-rank percentile. A rough time counts with its longest reading."
)
RUNNING = (State.RUNNING, State.AT_RISK, State.DUE_NOW, State.PAUSED)


class IncidentFigures(Frozen):
    """What one incident brings to the metrics."""

    incident: str
    opened_at: datetime
    state: str
    measures: tuple[Measure, ...]
    clocks: tuple[tuple[str, State], ...]
    """Each verdict of a clock that began, by its id; an earlier cycle has one of its own."""
    steps: tuple[tuple[str, StepLine], ...]
    """Each step that had its turn, with the name of its playbook."""
    delays: tuple[float, ...]
    """Seconds between each event and its record."""
    acknowledgements: tuple[Sample, ...]
    """Seconds from each alarm until somebody took it over."""
    correction_count: int


class ClockCounts(Frozen):
    """How often one clock ended how."""

    clock: str
    met_on_time: int
    met_late: int
    missed: int
    overdue: int
    running: int
    not_applicable: int


class StepFigures(Frozen):
    """How one step of one playbook went: from its turn to its end."""

    step: str
    late: int
    took: Spread


class Metrics(Frozen):
    """What many incidents were like."""

    known_at: datetime
    incidents: tuple[IncidentFigures, ...]
    durations: Mapping[str, Spread]
    """By the name of the measure; `recording_delay` and `alarm_to_acknowledgement` among them."""
    clocks: tuple[ClockCounts, ...]
    steps: tuple[StepFigures, ...]

    @property
    def correction_count(self) -> int:
        """How many records were corrected later."""
        return sum(incident.correction_count for incident in self.incidents)

    @property
    def open_count(self) -> int:
        """How many incidents are open."""
        return sum(incident.state == "open" for incident in self.incidents)


def metrics_of(incidents: Sequence[IncidentFigures], now: datetime) -> Metrics:
    """Add up incidents as they stand at `now`."""
    return Metrics(
        known_at=now,
        incidents=tuple(incidents),
        durations=_durations(incidents),
        clocks=tuple(_clocks(incidents)),
        steps=tuple(_steps(incidents, now)),
    )


def _durations(incidents: Sequence[IncidentFigures]) -> Mapping[str, Spread]:
    samples: dict[str, list[Sample]] = {name: [] for name in DEFINITIONS}
    for measure in (measure for incident in incidents for measure in incident.measures):
        if measure.sample is not None:
            samples[measure.name].append(measure.sample)
    samples["alarm_to_acknowledgement"] = [sample for incident in incidents for sample in incident.acknowledgements]
    samples["recording_delay"] = [Sample(seconds) for incident in incidents for seconds in incident.delays]
    return {name: spread(known) for name, known in samples.items()}


def _clocks(incidents: Sequence[IncidentFigures]) -> Iterable[ClockCounts]:
    counts: dict[str, Counter[State]] = {}
    for clock, state in (pair for incident in incidents for pair in incident.clocks):
        counts.setdefault(clock, Counter())[state] += 1
    for clock, states in sorted(counts.items()):
        yield ClockCounts(
            clock=clock, met_on_time=states[State.MET_ON_TIME], met_late=states[State.MET_LATE],
            missed=states[State.MISSED], overdue=states[State.OVERDUE], running=sum(states[state] for state in RUNNING),
            not_applicable=states[State.NOT_APPLICABLE],
        )  # fmt: skip


def _steps(incidents: Sequence[IncidentFigures], now: datetime) -> Iterable[StepFigures]:
    lines: dict[str, list[StepLine]] = {}
    for playbook, step in (pair for incident in incidents for pair in incident.steps):
        lines.setdefault(f"{playbook}/{step.id}", []).append(step)
    for name, steps in sorted(lines.items()):
        samples = [sample for step in steps if (sample := _took(step, now)) is not None]
        yield StepFigures(step=name, late=sum(step.is_late(now) for step in steps), took=spread(samples))


def _took(step: StepLine, now: datetime) -> Sample | None:
    """Open from its turn on; a step that was skipped took no time of anybody."""
    if step.took_seconds is not None:
        return Sample(step.took_seconds)
    if step.ready_at is None or step.is_settled:
        return None
    return Sample(max(0.0, (now - step.ready_at).total_seconds()), is_open=True)


def metrics_json(metrics: Metrics) -> dict[str, Any]:
    """One document: what was added up, and the figures of each incident, so that anybody can add them up again."""
    return {
        "schema": SCHEMA,
        "known_at": to_z(metrics.known_at),
        "method": METHOD,
        "incident_count": len(metrics.incidents),
        "open_count": metrics.open_count,
        "correction_count": metrics.correction_count,
        "durations": [{"name": name, **_spread_json(spread)} for name, spread in metrics.durations.items()],
        "clocks": [as_dict(clock) for clock in metrics.clocks],
        "steps": [{"step": step.step, "late": step.late, **_spread_json(step.took)} for step in metrics.steps],
        "incidents": [
            {
                "id": incident.incident,
                "opened_at": to_z(incident.opened_at),
                "state": incident.state,
                "corrections": incident.correction_count,
                "measures": [measure_json(measure) for measure in incident.measures],
            }
            for incident in metrics.incidents
        ],
    }


def _spread_json(spread: Spread) -> dict[str, Any]:
    return {
        "count": spread.count,
        "open": spread.open_count,
        "median_seconds": spread.median,
        "p75_seconds": spread.three_quarters,
        "p90_seconds": spread.nine_tenths,
        "shortest_seconds": spread.shortest,
        "longest_seconds": spread.longest,
    }


_COLUMNS = (
    *("what", "name", "count", "open", "median_seconds", "p75_seconds", "p90_seconds", "shortest_seconds"),
    *("longest_seconds", "late", "met_on_time", "met_late", "missed", "overdue", "running", "not_applicable"),
)


def metrics_sheet(metrics: Metrics) -> Sheet:
    """One row a duration, a step and a clock; what a row does not have is empty."""
    entries: list[dict[str, Any]] = [
        {"what": "duration", "name": name, **_spread_json(spread)} for name, spread in metrics.durations.items()
    ]
    entries += [
        {"what": "step", "name": step.step, "late": step.late, **_spread_json(step.took)} for step in metrics.steps
    ]
    entries += [{"what": "clock", "name": clock.clock, **as_dict(clock)} for clock in metrics.clocks]
    rows = tuple(tuple(_cell(row.get(column)) for column in _COLUMNS) for row in entries)
    return Sheet(title="Metrics across incidents", columns=_COLUMNS, rows=rows)


def _cell(value: Any) -> Cell:  # noqa: ANN401  (numbers, texts and nothing)
    """A sheet knows whole numbers; fractions of a second tell nobody anything."""
    return round(value) if isinstance(value, float) else value
