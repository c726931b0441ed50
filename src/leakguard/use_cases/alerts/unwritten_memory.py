"""What a look could not record, as a text: the next process, which cron starts, sends none of it again.

The text is no part of the ledger and proves nothing. It only keeps a person from getting the same alert every minute.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from leakguard.alerts.records import KeyedAlertRecord
from leakguard.models.events import exactly
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import KeyedRecord

SCHEMA = "leakguard.unwritten/1"
Unwritten = tuple[KeyedRecord, KeptRecord]


def unwritten_text(kept: Sequence[Unwritten]) -> str:
    """One line of JSON."""
    return json.dumps({"schema": SCHEMA, "records": [_row(keyed, one) for keyed, one in kept]}) + "\n"


def parse_unwritten(text: str | None) -> tuple[Unwritten, ...]:
    """What was kept; nothing from a text that cannot be read: an alert that comes twice is better than none."""
    try:
        fields = json.loads(text or "")
        return tuple(map(_parsed, fields["records"])) if fields["schema"] == SCHEMA else ()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return ()


def _row(keyed: KeyedRecord, kept: KeptRecord) -> dict[str, Any]:
    return {
        "keys": list(keyed.keys), "sequence": kept.sequence, "subject": kept.subject, "kind": kept.kind,
        "at": to_z(kept.occurred_at.earliest), "recorded_at": to_z(kept.recorded_at), "content": dict(kept.content),
    }  # fmt: skip


def _parsed(row: dict[str, Any]) -> Unwritten:
    at, content = exactly(from_z(row["at"])), dict(row["content"])
    kept = KeptRecord(
        sequence=int(row["sequence"]), subject=str(row["subject"]), kind=str(row["kind"]), occurred_at=at,
        recorded_at=from_z(row["recorded_at"]), content=content, hash="",
    )  # fmt: skip
    record = Record(kind=kept.kind, occurred_at=at, content=content)
    return KeyedAlertRecord(keys=tuple(map(str, row["keys"])), record=record), kept
