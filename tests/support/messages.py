"""A message as the watchman gives it to a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leakguard.frozen import replace
from leakguard.models.alerts import AlertMessage, Severity

NOW = datetime(2026, 5, 24, 1, 0, tzinfo=UTC)
MESSAGE = AlertMessage(
    id="alarm/IR-2026-0001/remediate/1/-PT1H",
    incident="IR-2026-0001",
    clock="remediate",
    threshold="-PT1H",
    severity=Severity.URGENT,
    title="Closed, CANARY-title",
    lines=("One hour is left.", "向主管部门报告"),
    due_at=datetime(2026, 5, 24, 2, 0, tzinfo=UTC),
    link="leakguard clock list --incident IR-2026-0001",
)


def message(**changes: Any) -> AlertMessage:  # noqa: ANN401  (any field)
    """The message with other fields."""
    return replace(MESSAGE, **changes)


def no_sleep(_seconds: float) -> None:
    """Wait for nothing."""


def now() -> datetime:
    """The moment at which all tests send."""
    return NOW
