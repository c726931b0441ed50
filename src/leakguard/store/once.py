"""Things that may happen once only: their keys beside the ledger entry that tells of them, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.ledger.entries import Entry
from leakguard.ports import KeyedRecord
from leakguard.store.connection import Connection, marks
from leakguard.store.finding_rows import IDS_AT_ONCE
from leakguard.store.tables import ONCE


def fresh(connection: Connection, keyed: Sequence[KeyedRecord]) -> tuple[KeyedRecord, ...]:
    """Those of which no key is kept yet, neither in the store nor by one before it."""
    taken = _known(connection, [key for record in keyed for key in record.keys])
    found = []
    for record in keyed:
        if not taken.intersection(record.keys):
            taken.update(record.keys)
            found.append(record)
    return tuple(found)


def keep_keys(connection: Connection, keyed: Sequence[KeyedRecord], entries: Sequence[Entry]) -> None:
    """Keep the keys of records that were just written as `entries`, in the same order."""
    rows = [
        (key, entry.sequence)
        for record, entry in zip(keyed, entries, strict=True)
        for key in dict.fromkeys(record.keys)
    ]
    connection.insert("once", ONCE, rows)


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), IDS_AT_ONCE):
        chunk = keys[start : start + IDS_AT_ONCE]
        rows = connection.rows(f"SELECT key FROM once WHERE key IN ({marks(len(chunk))})", *chunk)  # noqa: S608  (only marks)
        known.update(row[0] for row in rows)
    return known
