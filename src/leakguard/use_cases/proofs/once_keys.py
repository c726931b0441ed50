"""Whether an entry tells of each thing that may happen once only: a key that nobody wrote keeps an alarm silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.alerts import records
from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind
from leakguard.use_cases.scans import exposure_changes as watch_changes

KEYED = records.KEYED | watch_changes.KEYED
_LONGEST = 120


def wrong_keys(kept: Iterable[tuple[str, int]], entries: Iterable[Entry]) -> Iterator[Discrepancy]:
    """The keys of which the named entry does not tell, and those that are gone; `entries` are of the kinds `KEYED`.

    Each entry is kept with one key; an alarm's may have been spelt in either of two ways.

    What an entry told whose content was erased or changed nobody can say, and that is named elsewhere.
    """
    keys_by_entry = {entry.sequence: _keys_of(entry) for entry in entries}
    found = set[int]()
    for key, sequence in kept:
        keys = keys_by_entry.get(sequence, ())
        if keys is not None and (key not in keys or sequence in found):
            text = f"`{str(key)[:_LONGEST]}` is marked as done, so it is never told again, and no entry tells of it"
            yield Discrepancy(kind=DiscrepancyKind.UNKNOWN_IDEMPOTENCY_KEY, text=text)
        elif keys:
            found.add(sequence)
    for sequence, keys in keys_by_entry.items():
        if keys and sequence not in found:
            text = f"entry {sequence} tells of `{keys[-1][:_LONGEST]}`, which is not marked as done: it is sent again"
            yield Discrepancy(kind=DiscrepancyKind.MISSING_IDEMPOTENCY_KEY, sequence=sequence, text=text)


def _keys_of(entry: Entry) -> tuple[str, ...] | None:
    """The keys of what an entry tells; `None` where it does not tell any more."""
    if entry.salt is None:
        return None
    try:
        record = kept_record(entry)
        if entry.kind in watch_changes.KEYED:
            return watch_changes.keys_of(record.kind, record.content)
        return records.keys_of(record.kind, record.subject, record.content)
    except (LedgerBroken, KeyError, TypeError, ValueError):
        return None
