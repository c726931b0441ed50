"""The next command about each clock of an incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leakguard.alerts.next_actions import next_action
from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import STARTED


def next_commands(incident: str, records: Sequence[KeptRecord], statuses: Iterable[ClockStatus]) -> Mapping[str, str]:
    """By clock, a command that can be copied; see `alerts.next_actions`."""
    is_started = any(record.kind == STARTED for record in records)
    return {status.id: next_action(incident, status.rule, is_response_started=is_started) for status in statuses}
