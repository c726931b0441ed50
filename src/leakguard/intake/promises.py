"""What we promise to people who report, in days, and how long reports are kept: data with their source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from leakguard.clocks.times import end_of_day, zone_of
from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.states import ORDER, ReportState
from leakguard.intake.view import Report

FOLDER, FILE = "intake", "promises.yaml"
Confidence = Literal["read", "secondary", "from_memory", "own_choice"]


class Promise(LightShape):
    """So many days from reception until a state is reached."""

    until: Literal["acknowledged", "triaged", "fixed", "verified", "disclosed"]
    days: int
    text: str
    text_zh: str
    source: str
    source_kind: str
    checked: str
    confidence: Confidence


class Retention(LightShape):
    """How long a report is kept."""

    at_least_months: int
    """From its arrival; before that a report is not erased."""
    at_most_months: int
    """From its end; then it is to be erased."""
    text: str
    text_zh: str
    source: str
    source_kind: str
    checked: str
    confidence: Confidence


class Promises(LightShape):
    """The file."""

    promises: tuple[Promise, ...]
    retention: Retention


class Due(Frozen):
    """How one promise stands."""

    until: ReportState
    at: datetime
    state: Literal["running", "overdue", "kept", "kept_late", "not_needed"]
    reached_at: datetime | None = None
    basis: str = ""


def load_promises(texts: Mapping[str, str]) -> Promises:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], Promises, name=f"{FOLDER}/{FILE}")


def dues_of(report: Report, promises: Promises, *, now: datetime, zone: str) -> tuple[Due, ...]:
    """Each promise of one report, to the end of its last local day; none is owed to a machine, or for spam."""
    return tuple(_due(report, promise, now=now, zone=zone) for promise in promises.promises)


def _due(report: Report, promise: Promise, *, now: datetime, zone: str) -> Due:
    until, place = ReportState(promise.until), zone_of(zone)
    local = report.received_at.astimezone(place)
    at = end_of_day((local + timedelta(days=promise.days)).date(), place)
    reached = min((moment for state, moment in report.reached.items() if _counts(state, until)), default=None)
    if reached is not None:
        return Due(
            until=until, at=at, state="kept" if reached <= at else "kept_late", reached_at=reached, basis=promise.source
        )
    is_owed = not report.machine and report.state is not ReportState.CLOSED and report.needs(until)
    state: Literal["running", "overdue", "not_needed"] = "not_needed"
    if is_owed:
        state = "running" if now <= at else "overdue"
    return Due(until=until, at=at, state=state, basis=promise.source)


def _counts(state: ReportState, until: ReportState) -> bool:
    """Whether reaching a state keeps the promise: a later one does, but nobody is acknowledged by a repair."""
    if until is ReportState.ACKNOWLEDGED or state is ReportState.CLOSED:
        return state is until
    return ORDER.index(state) >= ORDER.index(until)


def kept_until(report: Report, retention: Retention) -> datetime:
    """Before this moment a report is not erased as a whole."""
    return report.received_at + relativedelta(months=retention.at_least_months)


def erase_by(report: Report, retention: Retention) -> datetime | None:
    """When a report that is closed is to be erased; nothing while it is open."""
    closed = report.reached.get(ReportState.CLOSED)
    if report.state is not ReportState.CLOSED or closed is None:
        return None
    return max(closed + relativedelta(months=retention.at_most_months), kept_until(report, retention))
