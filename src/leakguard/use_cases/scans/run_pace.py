"""What limited a run, as the ledger keeps it: in whole thousandths, since its canonical form has no fractions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.models.scan_state import BindingLimit
from leakguard.ports import ScanStore

_SCALE = 1000


def pace_content(limit: BindingLimit) -> dict[str, object]:
    """The part of the record that ends a run."""
    numbers = {
        "rate": limit.rate, "allows": limit.allows, "least_seconds": limit.least_seconds, "asked": limit.asked,
    }  # fmt: skip
    return {"limit": limit.limit, **{name: _whole(value) for name, value in numbers.items()}}


def last_pace(store: ScanStore, run: str) -> BindingLimit | None:
    """What limited the run when it ended last; nothing of one that was killed, or that an earlier release made."""
    ended = [record.content.get("pace") for record in store.of_kinds(["run_finished", "run_interrupted"], run)]
    pace: Mapping[str, Any] | None = next((stated for stated in reversed(ended) if stated), None)
    if pace is None:
        return None
    asked = pace["asked"]
    return BindingLimit(
        limit=str(pace["limit"]), rate=pace["rate"] / _SCALE, allows=pace["allows"] / _SCALE,
        least_seconds=pace["least_seconds"] / _SCALE, asked=asked / _SCALE if asked is not None else None,
    )  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value * _SCALE)
