"""Things that may happen once only: their keys beside the ledger entry that tells of them, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from leakguard.ledger.entries import Entry
from leakguard.ports import KeyedRecord
from leakguard.store.finding_rows import IDS_AT_ONCE
from leakguard.store.tables import ONCE


def fresh(connection: Connection, keyed: Sequence[KeyedRecord]) -> tuple[KeyedRecord, ...]:
    """Those of which no key is kept yet, neither in the store nor by one before it."""
    taken = _known(connection, [key for one in keyed for key in one.keys])
    found = []
    for one in keyed:
        if not taken.intersection(one.keys):
            taken.update(one.keys)
            found.append(one)
    return tuple(found)


def keep_keys(connection: Connection, keyed: Sequence[KeyedRecord], entries: Sequence[Entry]) -> None:
    """Keep the keys of records that were just written as `entries`, in the same order."""
    rows = [
        {"key": key, "sequence": entry.sequence}
        for one, entry in zip(keyed, entries, strict=True)
        for key in dict.fromkeys(one.keys)
    ]
    if rows:
        connection.execute(insert(ONCE), rows)


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), IDS_AT_ONCE):
        chunk = keys[start : start + IDS_AT_ONCE]
        known.update(connection.execute(select(ONCE.c.key).where(ONCE.c.key.in_(chunk))).scalars())
    return known
