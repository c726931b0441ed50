"""Entries of releases that kept no reading of a clock that lay behind the ledger, and moved also what happened `now`.

Such an event is told to have happened when the entry before it was recorded, which a later entry shows to lie in the
future. When it happened is known only roughly: after the clock that was read last before it, before the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.clock_mends import Mends
from leakguard.ledger.clock_steps import reading_in
from leakguard.ledger.entries import Entry, kept_record, reading_of
from leakguard.ledger.readings import SKEW


class FutureEntry(Frozen):
    """One entry that tells a time of which a later clock shows that it was still to come."""

    sequence: int
    subject: str
    earliest: datetime | None
    """The last time before it that a clock said; `None` where none is known."""
    latest: datetime
    """The first time behind it that a clock said."""


def moved_in(entries: Iterable[Entry], mends: Mends, *, now: datetime | None = None) -> Iterator[FutureEntry]:
    """Every such entry of a ledger, in its order; `mends` say which clocks are right, `now` is the last one."""
    before: datetime | None = None
    waiting: list[tuple[Entry, datetime | None]] = []
    for entry in entries:
        said = reading_in(entry, mends)
        if said is None:
            waiting.append((entry, before))
            continue
        yield from _shown(waiting, said)
        before, waiting = said, []
    if now is not None:
        yield from _shown(waiting, now)


def _shown(waiting: Iterable[tuple[Entry, datetime | None]], after: datetime) -> Iterator[FutureEntry]:
    for entry, before in waiting:
        if _is_ahead(entry, after):
            earliest = before if before is None or before <= after else None
            yield FutureEntry(sequence=entry.sequence, subject=entry.subject, earliest=earliest, latest=after)


def _is_ahead(entry: Entry, after: datetime) -> bool:
    try:
        record = kept_record(entry)
        is_unread = reading_of(entry) is None and not record.content.get("stated")
    except (LedgerBroken, ValueError):
        return False
    return is_unread and record.occurred_at.latest > after + SKEW
