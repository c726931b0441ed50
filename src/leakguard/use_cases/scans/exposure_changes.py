"""Changes as records: each is kept once, under the run that showed it, however many watches look at a store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.events import exactly
from leakguard.models.records import Record
from leakguard.ports import AlertStore, Now, WatchStore
from leakguard.scanning.diff import Change
from leakguard.scanning.exposure_summary import ExposureSummary
from leakguard.use_cases.scans.following import LEDGER_SUBJECT, RunPart

CHANGED, NOTED, BEGAN = "exposure_changed", "changes_noted", "watch_began"
KEYED = frozenset({CHANGED, NOTED, BEGAN})
"""What is kept once only."""
AT_ONCE = 500
"""Records kept in one transaction: others may write in between."""


class ExposureRecord(Frozen):
    """Implements `ports.KeyedRecord`."""

    keys: tuple[str, ...]
    record: Record


def begin(store: WatchStore, *, now: Now) -> int:
    """Note that this store is watched from now on: what was known before is no news. The first watch does this.

    Returns the entry that says so.
    """
    record = Record(kind=BEGAN, occurred_at=exactly(now()))
    store.append_once(LEDGER_SUBJECT, [_keyed(record)])
    return next(begun.sequence for begun in store.of_kinds({BEGAN}, LEDGER_SUBJECT))


def record_changes(store: AlertStore, part: RunPart, changes: Sequence[Change]) -> None:
    """Keep each change that nobody kept before."""
    records = [
        _keyed(
            Record(
                kind=CHANGED, occurred_at=exactly(seen_at(part, change)),
                content={"id": change_id(part, change), **change_fields(change)},
            )
        )
        for change in changes
    ]  # fmt: skip
    for chunk in _chunks(records):
        store.append_once(part.run, chunk)


def record_noted(store: AlertStore, part: RunPart, count: int) -> None:
    """Keep that all changes of the part were recorded, told to the incidents and shown."""
    content = {"part": part.until, "changes": count}
    record = Record(kind=NOTED, occurred_at=exactly(part.ended_at), content=content)
    store.append_once(part.run, [_keyed(record)])


def keys_of(kind: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys under which a watch keeps such a record; raises `KeyError` for a content that is none of its."""
    if kind == BEGAN:
        return ("watch/began",)
    if kind == CHANGED:
        return (f"change/{content['id']}",)
    return (f"changes/{content['part']}",) if kind == NOTED else ()


def _keyed(record: Record) -> ExposureRecord:
    return ExposureRecord(keys=keys_of(record.kind, record.content), record=record)


def is_noted(store: WatchStore, part: RunPart) -> bool:
    """Whether all changes of the part were settled already, by whichever watch."""
    return any(record.content["part"] == part.until for record in store.of_kinds({NOTED}, part.run))


def seen_at(part: RunPart, change: Change) -> datetime:
    """When the change was seen: by the look that found it open, or by the end of the run that did not."""
    return change.after.observed_at if change.after is not None else part.ended_at


def change_id(part: RunPart, change: Change) -> str:
    """`C-1a2b3c4d5e6f7a8b`: the same for everybody who reads the same ledger."""
    words = (str(part.until), part.run, change.kind.value, change.check_id, change.target)
    return f"C-{hashlib.sha256(chr(0).join(words).encode()).hexdigest()[:16]}"


def change_fields(change: Change) -> dict[str, object]:
    """The change as plain JSON values: what changed, from what, to what; never what a store holds."""
    return {
        "change": change.kind.value,
        "check_id": change.check_id,
        "target": change.target,
        "datastore": change.seen.datastore,
        "fields": list(change.fields),
        "records_grown": change.records_grown,
        "bytes_grown": change.bytes_grown,
        "before": change.before.finding if change.before else None,
        "after": change.after.finding if change.after else None,
        "was": _look(change.before),
        "now": _look(change.after),
        "elsewhere": list(change.elsewhere),
        "reason": change.reason,
    }


def _look(seen: ExposureSummary | None) -> Mapping[str, object] | None:
    if seen is None:
        return None
    return {
        "finding": seen.finding, "run": seen.run, "vantage": seen.vantage, "endpoint": seen.endpoint,
        "outcome": seen.outcome.value, "access": seen.access.value, "severity": seen.severity.value,
        "ransomed": seen.ransomed, "product": seen.product, "version": seen.version, "cluster_id": seen.cluster_id,
        "records": seen.records, "bytes": seen.bytes,
    }  # fmt: skip


def _chunks(records: Sequence[ExposureRecord]) -> Iterator[Sequence[ExposureRecord]]:
    for start in range(0, len(records), AT_ONCE):
        yield records[start : start + AT_ONCE]
