"""Who leads a response: who did, or has, the first step of the role that leads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from leakguard.models.people import Signatory, signatory_of
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import STEP_ASSIGNED, assignments_of
from leakguard.playbooks.engine import (
    MIGRATED,
    STARTED,
    STEP_DONE,
    STEP_TAKEN_BACK,
    latest_playbook,
    latest_start,
)

LEADER = "commander"
"""The role that leads, in every playbook."""
TELLING = (STARTED, MIGRATED, STEP_DONE, STEP_TAKEN_BACK, STEP_ASSIGNED)
"""The kinds of records that tell who leads."""


def leader_of(records: Sequence[KeptRecord]) -> Signatory | None:
    """Who leads by these records of one incident; `None` where nobody took that step, and nobody was given it."""
    start, playbook = latest_start(records), latest_playbook(records)
    if start is None or playbook is None:
        return None
    steps = tuple(_steps_of_leader(playbook))
    done = _done(record for record in records if record.sequence > start.sequence)
    assigned = assignments_of(records, since=start.sequence)
    for step in steps:
        found = done.get(step) or (assigned[step].to if step in assigned else None)
        if found is not None:
            return found
    return None


def _steps_of_leader(record: KeptRecord) -> Iterator[str]:
    try:
        steps = json.loads(str(record.content.get("playbook") or "{}")).get("steps", {})
        yield from (name for name, step in steps.items() if step.get("owner") == LEADER)
    except (ValueError, AttributeError):  # words of it were erased
        return


def _done(records: Iterator[KeptRecord]) -> dict[str, Signatory]:
    found: dict[str, Signatory] = {}
    for record in records:
        step = str(record.content.get("step"))
        if record.kind == STEP_DONE and signatory_of(record.content).name:
            found[step] = signatory_of(record.content)
        elif record.kind == STEP_TAKEN_BACK:
            found.pop(step, None)
    return found
