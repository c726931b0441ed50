"""The steps of a response that are still to be done, with how long each usually takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leakguard.alerts.forecast import Forecast, StepEstimate, late_forecasts
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.durations import parse_exact
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import advance
from leakguard.playbooks.states import SETTLED
from leakguard.ports import Journal
from leakguard.use_cases.incidents.playbooks import running_playbook


def step_estimates(incident: str, records: Sequence[KeptRecord]) -> Mapping[str, StepEstimate]:
    """By step, without those that are settled; empty when no playbook was started."""
    playbook = running_playbook(incident, records)
    if playbook is None:
        return {}
    steps = advance(playbook, records).steps
    return {
        name: StepEstimate(
            id=name,
            takes=parse_exact(step.step.takes) if step.step.takes is not None else None,
            next=step.step.next,
            emits=step.step.emits or "",
        )
        for name, step in steps.items()
        if step.state not in SETTLED
    }


def forecasts_of(
    journal: Journal,
    incident: str,
    statuses: Iterable[ClockStatus],
    now: datetime,
    *,
    known_at: datetime | None = None,
) -> Mapping[str, Forecast]:
    """By clock, the work that no longer fits into the time that is left, as known at `known_at`, by default `now`."""
    known = tuple(record for record in journal.read(incident) if record.recorded_at <= (known_at or now))
    return late_forecasts(statuses, step_estimates(incident, known), now)
