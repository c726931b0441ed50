"""The board of clocks, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from leakguard.alerts.marks import marks_of
from leakguard.clocks.times import local_text, zone_of
from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.use_cases.accounts.holders import Responsible
from leakguard.use_cases.alerts.cases import BoardRow, Owner

WhoseIs = Callable[[Owner], Responsible]
"""Who has to do something about a clock now."""


class BoardPage(Frozen):
    """Which clocks of the board are told."""

    after: int
    limit: int


def board_json(
    rows: Sequence[BoardRow], now: datetime, page: BoardPage, whose: WhoseIs, counts: dict[str, int],
    legal: BoardRow | None,
) -> dict[str, Any]:  # fmt: skip
    """The rows of a page, and how many there are; `legal` is the next limit of a law on the whole board."""
    end = page.after + page.limit
    return {
        "now": to_z(now), "count": len(rows), "counts": counts, "next": end if len(rows) > end else None,
        "next_legal": board_row_json(legal, now) if legal is not None else None,
        "clocks": [row_json(row, now, whose(row.owner)) for row in rows[page.after : end]],
    }  # fmt: skip


def row_json(row: BoardRow, now: datetime, held: Responsible) -> dict[str, Any]:
    """One clock, and who has to do something."""
    people = [{"name": who.name, "actor": who.actor or None} for who in held.people]
    owner = {"role": row.owner.role or None, "why": held.why or None, "people": people}
    return {**board_row_json(row, now), "owner": owner}


def board_row_json(row: BoardRow, now: datetime) -> dict[str, Any]:
    """One clock that runs: what has to be done until when, and for whom."""
    status, limit = row.clock, row.clock.work_by
    runs = limit is not None and status.remaining_seconds is not None and status.state.value != "paused"
    zone = status.rule.zone or status.computed.frame.zone.key
    return {
        "incident": row.incident, "incident_title": row.title, "id": status.id, "title": status.rule.title or None,
        "law": status.rule.law or None, "soft": status.rule.soft, "state": status.state.value, "is_law": row.is_law,
        "is_late": row.is_over, "task": row.task.words, **_duty(row),
        "started_at": to_z(status.verdict.anchor_at) if status.verdict.anchor_at is not None else None,
        "work_by": to_z(limit) if limit is not None else None,
        "work_by_local": local_text(limit, zone_of(zone)) if limit is not None else None, "zone": zone,
        "remaining_seconds": int((limit - now).total_seconds()) if runs and limit is not None else None,
        "thresholds": [
            {"threshold": mark.text, "at": to_z(mark.at), "passed": mark.at <= now} for mark in marks_of(status)
        ],
        "from_memory": status.rule.from_memory, "next_change": to_z(status.next_change) if status.next_change else None,
        "next": row.next,
    }  # fmt: skip


def _duty(row: BoardRow) -> dict[str, Any]:
    task, duty = row.task, row.duty
    return {
        "whom": task.whom, "which": task.which or None, "duty": duty.id if duty is not None else None,
        "stage": row.stage or None,
        "recipient": {"type": duty.recipient.type, "name": duty.recipient.name} if duty is not None else None,
    }  # fmt: skip
