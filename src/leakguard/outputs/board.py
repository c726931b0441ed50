"""The board of clocks, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.times import local_text, zone_of
from leakguard.models.moments import to_z
from leakguard.use_cases.alerts.board import BoardRow


def board_json(rows: Sequence[BoardRow], now: datetime, *, limit: int) -> dict[str, Any]:
    """The first rows, and how many there are."""
    return {"now": to_z(now), "count": len(rows), "clocks": [board_row_json(one, now) for one in rows[:limit]]}


def board_row_json(row: BoardRow, now: datetime) -> dict[str, Any]:
    """One clock that runs."""
    one, limit = row.clock, row.clock.work_by
    runs = limit is not None and one.remaining_seconds is not None and one.state.value != "paused"
    return {
        "incident": row.incident, "incident_title": row.title, "id": one.id, "title": one.rule.title or None,
        "law": one.rule.law or None, "soft": one.rule.soft, "state": one.state.value,
        "work_by": to_z(limit) if limit is not None else None,
        "work_by_local": local_text(limit, zone_of(one.rule.zone or "UTC")) if limit is not None else None,
        "remaining_seconds": int((limit - now).total_seconds()) if runs and limit is not None else None,
        "from_memory": one.rule.from_memory, "next_change": to_z(one.next_change) if one.next_change else None,
    }  # fmt: skip
