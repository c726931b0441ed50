"""What a machine is told to do for a step, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.playbooks.machine_runs import RunOutcome


class StepOrder(Frozen):
    """What a machine is to do."""

    key: str
    """The same for a repetition after a crash, so that whoever is told can drop it."""
    incident: str
    step: str
    action: str
    parameters: Mapping[str, str]
    findings: tuple[str, ...]
    """Those of the incident."""


class StepReport(Frozen):
    """How it went. Holds counts, ids and digests, never leaked data."""

    outcome: RunOutcome
    text: str
    result: Mapping[str, Any] = field(default_factory=dict)


Act = Callable[[StepOrder], StepReport]
"""Does what is ordered; a `LeakGuardError` out of it means that nobody knows how far it came."""
