"""A report as plain values for a script: the same facts as on paper, without the words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leakguard.clocks.clock_status import to_json
from leakguard.frozen import Frozen, names_of
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.unfinished import Area
from leakguard.reports.headline import headline_of
from leakguard.reports.measures import Measure, budget_share, share_over_threshold
from leakguard.reports.values import Report

SCHEMA = "leakguard.incident-report/1"


def report_json(report: Report) -> dict[str, Any]:
    """One document; times in UTC, durations in seconds."""
    shown = ("timeline", "findings", "filings", "promises", "decisions", "evidence", "alarms")
    return {
        "schema": SCHEMA,
        "incident": report.incident,
        "title": report.title,
        "state": report.state,
        "zone": report.zone,
        "known_at": to_z(report.known_at),
        "opened_at": to_z(report.opened_at),
        "is_drill": report.is_drill,
        "version": report.version,
        **{name: [plain(item) for item in getattr(report, name)] for name in shown},
        "clocks": [
            to_json(clock, now=report.known_at)
            | {"share_of_budget": budget_share(clock), "share_over_threshold": share_over_threshold(clock)}
            for clock in report.clocks
        ],
        "waiting_clocks": list(report.waiting_clocks),
        "headline": _headline(report),
        "erased_findings": list(report.erased_findings),
        "unfinished": [plain(item) for item in report.unfinished],
        "closed_by_word": list(report.words),
        "laws": list(report.laws),
        "wrong_clocks": list(report.wrong_clocks),
        "duties": [
            {
                **plain(duty, without=("status",)),
                "law": duty.law["en"],
                "law_zh": duty.law["zh"],
                "recipient": duty.recipient["en"],
                "recipient_zh": duty.recipient["zh"],
                "clock": duty.status.id,
                "state": duty.status.state.value,
            }
            for duty in report.duties
        ],
        "playbook": plain(report.playbook) if report.playbook is not None else None,
        "measures": [measure_json(measure) for measure in report.measures],
        "ledger": {**plain(report.ledger), "head": report.ledger.short},
    }


def _headline(report: Report) -> dict[str, Any]:
    """The counts of the first sentence, and its tone: `good` only where nothing is open, late, unknown or unsent."""
    headline = headline_of(report)
    left = {area.value: headline.unfinished.get(area, 0) for area in Area}
    counts = {"missed": headline.missed, "late_steps": headline.late_steps, "open_duties": headline.open_duties}
    counts["closed_by_word"] = headline.words
    return {
        "tone": headline.tone,
        "closed": headline.is_closed,
        **counts,
        "notices_sent": headline.told,
        "unfinished": left,
    }


def measure_json(measure: Measure) -> dict[str, Any]:
    """A measure with the ids of the events that it lies between."""
    return {
        "name": measure.name,
        "cycle": measure.cycle,
        "from": measure.start.id if measure.start is not None else None,
        "to": measure.end.id if measure.end is not None else None,
        "least_seconds": measure.least_seconds,
        "most_seconds": measure.most_seconds,
        "is_open": measure.is_open,
        "is_reversed": measure.is_reversed,
    }


def plain(value: Any, *, without: tuple[str, ...] = ()) -> Any:  # noqa: ANN401  (JSON holds anything)
    """A value of this room as JSON has it."""
    if isinstance(value, datetime):
        return to_z(value)
    if isinstance(value, Interval):
        return {"earliest": to_z(value.earliest), "latest": to_z(value.latest), "stated": value.stated}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if not isinstance(value, Frozen):
        return value
    return {name: plain(getattr(value, name)) for name in names_of(type(value)) if name not in without}
