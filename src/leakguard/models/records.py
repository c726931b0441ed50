"""Records: what a room asks the ledger to keep, and what the ledger gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen, field, replace
from leakguard.models.events import Interval
from leakguard.models.people import Recorder

SYSTEM_TIME_CORRECTED = "clock_mended"
"""The kind of what says that entries were recorded under a wrong clock: of the whole ledger, and in each incident."""


RUN_STARTED = "run_started"
"""The kind of what begins a run."""


class Record(Frozen):
    """Something to keep: plain JSON values in `content`, never leaked data."""

    kind: str
    occurred_at: Interval
    content: Mapping[str, Any] = field(default_factory=dict)


class KeptRecord(Frozen):
    """A record in its place in the chain."""

    sequence: int
    """From one, without gaps, over the whole store."""
    subject: str
    kind: str
    occurred_at: Interval
    recorded_at: datetime
    content: Mapping[str, Any]
    hash: str
    """Hex SHA-256 of the entry's manifest."""


def signed_records(records: Sequence[Record], recorder: Recorder | None) -> Sequence[Record]:
    """The records with who recorded them; a name that one states already is kept, and marked if it was not typed."""
    if recorder is None:
        return records
    return [_signed(record, recorder) for record in records]


def _signed(record: Record, recorder: Recorder) -> Record:
    more = recorder.signed(record.content.get("by"))
    if recorder.job and record.kind == RUN_STARTED:  # by this the server knows which run its job began
        more["job"] = recorder.job
    return replace(record, content={**record.content, **more}) if more else record
