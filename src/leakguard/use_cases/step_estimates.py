"""The steps of a response that are still to be done, with how long each usually takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leakguard.alarms.forecast import StepEstimate
from leakguard.clocks.durations import parse_exact
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import advance
from leakguard.playbooks.states import SETTLED
from leakguard.use_cases.playbooks import running_playbook


def step_estimates(incident: str, records: Sequence[KeptRecord]) -> Mapping[str, StepEstimate]:
    """By step, without those that are settled; empty when no playbook was started."""
    playbook = running_playbook(incident, records)
    if playbook is None:
        return {}
    steps = advance(playbook, records).steps
    return {
        name: StepEstimate(
            id=name,
            takes=parse_exact(one.step.takes) if one.step.takes is not None else None,
            next=one.step.next,
            emits=one.step.emits or "",
        )
        for name, one in steps.items()
        if one.state not in SETTLED
    }
