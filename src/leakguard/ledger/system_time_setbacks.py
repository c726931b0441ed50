"""Setbacks: where the system time goes backwards in the ledger, so that one of two system clocks was wrong.

The order of the entries is certain, since each contains the hash of the one before. If the system time of an entry is
earlier than that of the entry before it, then the clock of the earlier entry was ahead, or that of the later entry was
behind. Only a person knows which. A wrong clock that contradicts no other one cannot be found.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from leakguard.frozen import Frozen
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.entries import Entry
from leakguard.ledger.system_time_corrections import SystemTimeCorrections, SystemTimeOffset
from leakguard.models.moments import from_z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNKNOWN = -(1 << 62)
"""Stands in an array for an entry whose system time is unknown; no `datetime` has that many microseconds."""
THIS_MACHINE = 0
"""Stands in the place of an entry's number for this machine's clock at `now`; entries are numbered from 1."""
_NOW_KINDS = frozenset({"incident_opened", "alarm_acknowledged", "playbook_started", "run_started", "run_finished"})
"""For these kinds, `occurred_at` is the system time even in entries by older releases."""

ReadEntries = Callable[[], Iterable[Entry]]
"""Reads the ledger from its start, anew with each call."""


class SystemTimeSetback(Frozen):
    """One place where the system time went backwards by more than `SKEW`.

    The flag `SYSTEM_TIME_STEPPED_BACK` marks any step backwards, also a smaller one, as the writer saw it.
    """

    ahead: tuple[int, int]
    """The first and last entry whose clock was ahead, if the clock of the entries after them is right."""
    behind: tuple[int, int] | None
    """The first and last entry whose clock was behind, if the clock of the entries before them is right; `None` if this
    machine's clock contradicts the last entry, so that there is no later entry yet."""
    least: timedelta
    """The least offset of the wrong clock, whichever it was."""
    most_ahead: timedelta | None
    """If the clock of `ahead` was wrong: its greatest offset, by the entry before; `None` without one."""
    most_behind: timedelta | None
    """If the clock of `behind` was wrong: its greatest offset, by the entry after; `None` without one."""
    ahead_times: tuple[datetime, datetime]
    """The system times of the first and last entry of `ahead`."""
    behind_times: tuple[datetime, datetime] | None
    """The first and the last known system time of the entries in `behind`; the last may be this machine's at `now`."""

    def if_ahead(self, exactly: timedelta | None = None) -> SystemTimeOffset | None:
        """The offset if the clock of `ahead` was wrong, `exactly` if given; `None` if the greatest one is unknown."""
        most = exactly if exactly is not None else self.most_ahead
        if most is None:
            return None
        least = exactly if exactly is not None else self.least
        first, last = self.ahead
        began, ended = self.ahead_times
        return SystemTimeOffset(first_entry=first, last_entry=last, least=least, most=most, began=began, ended=ended)

    def if_behind(self, exactly: timedelta | None = None) -> SystemTimeOffset | None:
        """The offset if the clock of `behind` was wrong, `exactly` if given; `None` if the greatest one is unknown."""
        most = exactly if exactly is not None else self.most_behind
        if most is None or self.behind is None or self.behind_times is None:
            return None
        least = exactly if exactly is not None else self.least
        began, ended = self.behind_times
        return SystemTimeOffset(
            first_entry=self.behind[0], last_entry=self.behind[1], least=-most, most=-least, began=began, ended=ended
        )  # fmt: skip


def setbacks_in(
    entries: ReadEntries, corrections: SystemTimeCorrections, *, now: datetime | None = None
) -> tuple[SystemTimeSetback, ...]:
    """Every setback of a ledger that no correction explains; with `now`, also one by this machine's clock.

    Skips entries whose system time is unknown. Reads the ledger once, in constant memory, if there is no setback; else
    twice, with 16 bytes of memory for each entry.
    """
    if not _has_setback(entries(), corrections, now):
        return ()
    numbers, times = array("q"), array("q")
    for number, at in _best_known_times(entries(), corrections):
        numbers.append(number)
        times.append(_micros(at) if at is not None else _UNKNOWN)
    if now is not None:
        numbers.append(THIS_MACHINE)
        times.append(_micros(now))
    return tuple(_setbacks(numbers, times))


def best_known_time(entry: Entry, corrections: SystemTimeCorrections) -> datetime | None:
    """The corrected system time of an entry, as far as it can be known; `None` if it cannot.

    Entries by older releases after a setback contain none, but for some kinds `occurred_at` is the system time.
    """
    try:
        at = corrections.corrected_time(entry)
        if at is None and entry.kind in _NOW_KINDS and from_z(entry.occurred_latest) < from_z(entry.recorded_at):
            return from_z(entry.occurred_latest)
    except (ValueError, OverflowError):
        return None
    return at


def _best_known_times(
    entries: Iterable[Entry], corrections: SystemTimeCorrections
) -> Iterator[tuple[int, datetime | None]]:
    return ((entry.sequence, best_known_time(entry, corrections)) for entry in entries)


def _has_setback(entries: Iterable[Entry], corrections: SystemTimeCorrections, now: datetime | None) -> bool:
    before: datetime | None = None
    for _, at in _best_known_times(entries, corrections):
        if at is not None:
            if before is not None and before - at > SKEW:
                return True
            before = at
    return now is not None and before is not None and before - now > SKEW


def _setbacks(numbers: array[int], times: array[int]) -> Iterator[SystemTimeSetback]:
    skew = SKEW // _MICROSECOND
    before: int | None = None
    for here in range(len(times)):
        if times[here] == _UNKNOWN:
            continue
        if before is not None and times[here] + skew < times[before]:
            yield _setback(numbers, times, before, here)
        before = here


def _setback(numbers: array[int], times: array[int], before: int, here: int) -> SystemTimeSetback:
    """The setback between the indices `before` and `here`, with all entries that contradict each other."""
    skew = SKEW // _MICROSECOND
    first, earlier = _stretch_start(times, before, times[here] + skew)
    last, later = _stretch_end(times, here, times[before] - skew)
    is_own = numbers[here] == THIS_MACHINE
    last_number = numbers[last] if numbers[last] != THIS_MACHINE else numbers[last - 1]
    least = (times[before] - times[here]) * _MICROSECOND
    return SystemTimeSetback(
        ahead=(numbers[first], numbers[before]),
        behind=None if is_own else (numbers[before + 1], last_number),
        least=least,
        most_ahead=(times[first] - times[earlier]) * _MICROSECOND if earlier is not None else None,
        most_behind=(times[later] - times[last]) * _MICROSECOND if later is not None and not is_own else None,
        ahead_times=(_moment(times[first]), _moment(times[before])),
        behind_times=None if is_own else (_moment(times[here]), _moment(times[last])),
    )


def _stretch_start(times: array[int], index: int, limit: int) -> tuple[int, int | None]:
    """Search backwards from index `index` while times are later than `limit` (microseconds), skipping unknown ones.

    Returns the last index reached, and the next earlier index with a time, `None` at the start of the ledger.
    """
    first = index
    for here in range(index, -1, -1):
        if times[here] == _UNKNOWN:
            continue
        if times[here] <= limit:
            return first, here
        first = here
    return first, None


def _stretch_end(times: array[int], index: int, limit: int) -> tuple[int, int | None]:
    """Search forwards from index `index` while times are earlier than `limit` (microseconds), skipping unknown ones.

    Returns the last index reached, and the next later index with a time, `None` at the end of the ledger.
    """
    last = index
    for here in range(index, len(times)):
        if times[here] == _UNKNOWN:
            continue
        if times[here] >= limit:
            return last, here
        last = here
    return last, None


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
