"""The clocks of reports from outside: what was promised to whoever reported, and when a report is to be erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from leakguard.alerts.subjects import WatchedSubject
from leakguard.clocks.fixed_clocks import FixedClock, standing_of
from leakguard.intake.promises import Due, Promise, Promises, dues_of, erase_by
from leakguard.intake.states import Act, ReportState
from leakguard.intake.view import Report
from leakguard.ledger.custody import HELD, RELEASED, holds_in
from leakguard.ports import IncidentStore
from leakguard.use_cases.intake.reports import reports_in

PROMISED, ERASURE = ("75%", "90%", "PT0S"), ("-PT168H", "PT0S")
"""The thresholds of a promise, and of an erasure: a week before its day, and on it."""
ERASE = "erase"
_ACTS = {
    ReportState.ACKNOWLEDGED: (Act.ACKNOWLEDGE, "acknowledge the report", "acknowledge {id} --send"),
    ReportState.TRIAGED: (Act.TRIAGE, "say whether the report is valid", "triage {id} --as valid"),
    ReportState.FIXED: (Act.FIX, "fix what the report tells", "fix {id}"),
    ReportState.VERIFIED: (Act.VERIFY, "prove from outside that it is closed", "verify {id}"),
    ReportState.DISCLOSED: (Act.DISCLOSE, "agree with the finder on what is published", "disclose {id}"),
}


def watched_reports(
    store: IncidentStore, promises: Promises, *, zone: str, now: datetime
) -> Iterator[WatchedSubject]:  # fmt: skip
    """Every report with a clock that runs: a promise that is owed, or a closed report that is not erased yet.

    A legal hold keeps a report, and its erasure has no clock meanwhile.
    """
    held = holds_in(store.of_kinds((HELD, RELEASED))).subjects
    for report in reports_in(store):
        if report.is_erased:
            continue
        clocks = tuple(_promised(report, promises, zone, now))
        end = erase_by(report, promises.retention) if report.id not in held else None
        if end is not None:
            clocks = (*clocks, _erasure(report, promises, end, zone))
        found = tuple(one for clock in clocks if (one := standing_of(clock, now)) is not None)
        if found:
            yield WatchedSubject(
                id=report.id, title="A report from outside", standings=found, zone=zone,
                actions=_actions(report.id), link=f"leakguard report show {report.id}",
            )  # fmt: skip


def _promised(report: Report, promises: Promises, zone: str, now: datetime) -> Iterator[FixedClock]:
    by_state = {ReportState(one.until): one for one in promises.promises}
    for due in dues_of(report, promises, now=now, zone=zone):
        if due.state in {"running", "overdue"}:
            yield _promise(report, due, by_state[due.until], zone)


def _promise(report: Report, due: Due, promise: Promise, zone: str) -> FixedClock:
    act, title, _ = _ACTS[due.until]
    return FixedClock(
        id=act.value, title=f"{title}, as promised", since=report.received_at, known_at=report.recorded_at, due=due.at,
        thresholds=PROMISED, from_memory=promise.confidence == "from_memory", zone=zone,
    )  # fmt: skip


def _erasure(report: Report, promises: Promises, end: datetime, zone: str) -> FixedClock:
    closed = report.reached[ReportState.CLOSED]
    return FixedClock(
        id=ERASE, title="erase the report: the time that it is kept is over", since=closed, known_at=closed, due=end,
        thresholds=ERASURE, from_memory=promises.retention.confidence == "from_memory", zone=zone,
    )  # fmt: skip


def _actions(report: str) -> dict[str, str]:
    found = {act.value: f"leakguard report {command.format(id=report)}" for act, _, command in _ACTS.values()}
    return {**found, ERASE: f'leakguard report erase {report} --reason "the time of the report is over"'}
