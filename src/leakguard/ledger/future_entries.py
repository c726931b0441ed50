"""Entries that older releases dated in the future.

If the system time was earlier than the last entry, those releases stored no system time and gave a new event the time
of that entry. A later system time can prove that this lay in the future. The event happened between the last known
system time before its entry and the first one after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.entries import Entry, kept_record, raw_system_time
from leakguard.ledger.system_time_corrections import STATED, SystemTimeCorrections
from leakguard.ledger.system_time_setbacks import best_known_time


class FutureEntry(Frozen):
    """One entry whose event is dated later than a system time that was recorded after it."""

    sequence: int
    subject: str
    earliest: datetime | None
    """The last known system time before it; `None` if none is known, or if it is later than `latest`."""
    latest: datetime
    """The first known system time after it."""


def entries_dated_in_future(
    entries: Iterable[Entry], corrections: SystemTimeCorrections, *, now: datetime | None = None
) -> Iterator[FutureEntry]:
    """Every such entry, in the order of the ledger; `now` counts as a system time after the last entry."""
    before: datetime | None = None
    waiting: list[tuple[Entry, datetime | None]] = []
    for entry in entries:
        system_time = best_known_time(entry, corrections)
        if system_time is None:
            waiting.append((entry, before))
            continue
        yield from _dated_in_future(waiting, system_time)
        before, waiting = system_time, []
    if now is not None:
        yield from _dated_in_future(waiting, now)


def _dated_in_future(waiting: Iterable[tuple[Entry, datetime | None]], after: datetime) -> Iterator[FutureEntry]:
    for entry, before in waiting:
        if _is_ahead(entry, after):
            earliest = before if before is None or before <= after else None
            yield FutureEntry(sequence=entry.sequence, subject=entry.subject, earliest=earliest, latest=after)


def _is_ahead(entry: Entry, after: datetime) -> bool:
    try:
        record = kept_record(entry)
        lacks_system_time = raw_system_time(entry) is None
    except (LedgerBroken, ValueError):
        return False
    is_by_person = bool(record.content.get(STATED))
    return lacks_system_time and not is_by_person and record.occurred_at.latest - after > SKEW
