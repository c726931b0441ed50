"""What a wrong clock touched: the entries whose own time it told, by subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.entries import Entry, kept_record, raw_system_time
from leakguard.ledger.future_entries import FutureEntry, entries_dated_in_future
from leakguard.ledger.system_time_corrections import SystemTimeCorrections, SystemTimeOffset, came_from_wrong_clock
from leakguard.ledger.system_time_setbacks import SystemTimeSetback, best_known_time, setbacks_in
from leakguard.models.events import Interval
from leakguard.models.records import SYSTEM_TIME_CORRECTED, Record
from leakguard.models.texts import duration_words


class ClockStore(Protocol):
    """What mending needs from the store."""

    def entries(self, subject: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        """The entries behind `after` exactly as stored."""

    def clock_corrections(self) -> SystemTimeCorrections:
        """Every entry that says that others were recorded under a wrong clock."""

    def append_all(self, records: Mapping[str, Sequence[Record]], *, after: Mapping[str, int]) -> None:
        """Keep the records of several subjects in one transaction, in their order."""


class AffectedEntries(Frozen):
    """What a wrong clock touched of one subject: an incident, a run of a scan, the watchman."""

    subject: str
    entries: tuple[int, ...]
    """Those whose own time it told: what a person stated is none of them."""


class WrongClock(Frozen):
    """One wrong clock that the ledger shows, and what hangs on it."""

    step: SystemTimeSetback
    ahead: tuple[AffectedEntries, ...]
    """What was touched if the earlier clock was ahead."""
    behind: tuple[AffectedEntries, ...]
    """What was touched if the later clock was behind."""


class WrongClocks(Frozen):
    """Everything that the ledger shows of wrong clocks and that no entry mends."""

    found: tuple[WrongClock, ...]
    moved: tuple[FutureEntry, ...]
    """Entries of older releases that took the time of the entry before for their own."""

    def __bool__(self) -> bool:
        return bool(self.found or self.moved)


def find_wrong_clocks(store: ClockStore, *, now: datetime) -> WrongClocks:
    """Every wrong clock that the ledger shows and no entry mends, `now` held against the last entry."""
    corrections = store.clock_corrections()
    steps = setbacks_in(store.entries, corrections, now=now)
    earlier = (step.if_ahead() for step in steps)
    planned = corrections.with_unrecorded(wrong for wrong in earlier if wrong is not None)
    return WrongClocks(
        found=tuple(_found(store, step, corrections) for step in steps),
        moved=tuple(entries_dated_in_future(store.entries(), planned, now=now)),
    )


def _found(store: ClockStore, step: SystemTimeSetback, corrections: SystemTimeCorrections) -> WrongClock:
    ahead = step.if_ahead(step.most_ahead or step.least)
    behind = step.if_behind(step.most_behind or step.least)
    entries = tuple(_near(store, step))
    return WrongClock(
        step=step,
        ahead=_by_subject(_touched_entries(entries, (ahead,) if ahead is not None else (), (), corrections)),
        behind=_by_subject(_touched_entries(entries, (behind,) if behind is not None else (), (), corrections)),
    )


def _near(store: ClockStore, step: SystemTimeSetback) -> Iterator[Entry]:
    last = max(step.ahead[1], *(step.behind or (0,)), 0)
    for entry in store.entries(after=step.ahead[0] - 1):
        if entry.sequence > last:
            return
        yield entry


def touched_by(
    entries: Iterable[Entry], wrongs: Sequence[SystemTimeOffset], instants: Mapping[int, Interval]
) -> tuple[AffectedEntries, ...]:
    """What these clocks touched, with the entries of which a person states the time."""
    return _by_subject(
        _touched_entries(entries, wrongs, tuple(instants), SystemTimeCorrections().with_unrecorded(wrongs, instants))
    )


def _touched_entries(
    entries: Iterable[Entry],
    wrongs: Sequence[SystemTimeOffset],
    also: Sequence[int],
    corrections: SystemTimeCorrections,
) -> Iterator[tuple[str, int]]:
    """Subject and number of the entries whose own time one of these clocks told."""
    planned, named = corrections.with_unrecorded(wrongs), set(also)
    for entry in entries:
        if entry.sequence in named or (entry.kind != SYSTEM_TIME_CORRECTED and _is_touched(entry, planned, wrongs)):
            yield entry.subject, entry.sequence


def _is_touched(entry: Entry, planned: SystemTimeCorrections, wrongs: Sequence[SystemTimeOffset]) -> bool:
    stated, record = raw_system_time(entry), kept_record(entry)
    if stated is None or record.content.get("stated"):
        return False
    own = next((wrong for wrong in wrongs if wrong.first_entry <= entry.sequence <= wrong.last_entry), None)
    at = record.occurred_at
    if own is not None:
        return came_from_wrong_clock(at, stated, own)
    recorded = best_known_time(entry, planned)
    source = planned.offset_of_clock_showing(at.latest)
    return recorded is not None and at.earliest - recorded > SKEW and source in wrongs


def _by_subject(pairs: Iterable[tuple[str, int]]) -> tuple[AffectedEntries, ...]:
    numbers: dict[str, list[int]] = {}
    for subject, number in pairs:
        numbers.setdefault(subject, []).append(number)
    return tuple(AffectedEntries(subject=subject, entries=tuple(own)) for subject, own in numbers.items())


def length_words(step: SystemTimeSetback) -> str:
    """By how much the earlier clock was ahead, as far as the ledger tells."""
    least = duration_words(step.least)
    return f"{least} or more" if step.most_ahead is None else f"{least} to {duration_words(step.most_ahead)}"
