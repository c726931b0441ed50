"""Steps: places in the ledger where a clock contradicts the clock before it, so that one of the two was wrong.

The order of the entries is certain, since each names the one before. An entry whose clock said less than that of the
entry before it proves that the earlier clock was ahead or that the later one was behind; which of the two, only a
person knows. A clock that was wrong and contradicts no other one does not show.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from leakguard.frozen import Frozen
from leakguard.ledger.clock_mends import Mends, Wrong
from leakguard.ledger.entries import Entry
from leakguard.ledger.readings import SKEW
from leakguard.models.moments import from_z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNKNOWN = -(1 << 62)
_NOW_KINDS = frozenset({"incident_opened", "alarm_acknowledged", "playbook_started", "run_started", "run_finished"})
"""Of these, releases that kept no reading took the time from the clock even where they moved other times."""

Entries = Callable[[], Iterable[Entry]]
"""Reads the ledger from its begin."""


class Step(Frozen):
    """One place where a clock went backwards by more than two machines may differ."""

    ahead: tuple[int, int]
    """First and last of the entries whose clock was ahead, if the later clock is right."""
    behind: tuple[int, int] | None
    """First and last of the entries whose clock was behind, if the earlier one is right; `None` while it is this
    machine's that contradicts the last entry."""
    least: timedelta
    """By how much the wrong clock was wrong, at least."""
    most_ahead: timedelta | None
    """At most, if it was ahead: the clock before says so. `None` where no entry lies before it."""
    most_behind: timedelta | None
    """At most, if it was behind; `None` where no right entry follows."""
    ahead_said: tuple[datetime, datetime]
    """What the clock said at the first and at the last of the entries of `ahead`."""
    behind_said: tuple[datetime, datetime] | None

    def if_ahead(self, exactly: timedelta | None = None) -> Wrong | None:
        """What was wrong if the earlier clock was ahead; `None` where nobody knows by how much at most."""
        most = exactly if exactly is not None else self.most_ahead
        if most is None:
            return None
        least = exactly if exactly is not None else self.least
        first, last = self.ahead
        began, ended = self.ahead_said
        return Wrong(first=first, last=last, least=least, most=most, began=began, ended=ended)

    def if_behind(self, exactly: timedelta | None = None) -> Wrong | None:
        """What was wrong if the later clock was behind; `None` where nobody knows by how much at most."""
        most = exactly if exactly is not None else self.most_behind
        if most is None or self.behind is None or self.behind_said is None:
            return None
        least = exactly if exactly is not None else self.least
        began, ended = self.behind_said
        return Wrong(
            first=self.behind[0], last=self.behind[1], least=-most, most=-least, began=began, ended=ended
        )  # fmt: skip


def steps_in(entries: Entries, mends: Mends, *, now: datetime | None = None) -> tuple[Step, ...]:
    """Every step of a ledger that no mend explains; with `now`, also of this machine's clock against the last entry.

    Entries whose time cannot be read are passed over. The ledger is read once where there is no step, and keeps
    nothing of it in memory; else twice, with 16 bytes an entry.
    """
    if not _has_step(entries(), mends, now):
        return ()
    numbers, said = array("q"), array("q")
    for number, at in _readings(entries(), mends):
        numbers.append(number)
        said.append(_micros(at) if at is not None else _UNKNOWN)
    if now is not None:
        numbers.append(0)
        said.append(_micros(now))
    return tuple(_steps(numbers, said))


def reading_in(entry: Entry, mends: Mends) -> datetime | None:
    """When an entry was recorded as far as it tells, or an older release let it tell; `None` where it does not."""
    try:
        at = mends.reading(entry)
        if at is None and entry.kind in _NOW_KINDS and from_z(entry.occurred_latest) < from_z(entry.recorded_at):
            return from_z(entry.occurred_latest)
    except (ValueError, AttributeError):
        return None
    return at


def _readings(entries: Iterable[Entry], mends: Mends) -> Iterator[tuple[int, datetime | None]]:
    return ((entry.sequence, reading_in(entry, mends)) for entry in entries)


def _has_step(entries: Iterable[Entry], mends: Mends, now: datetime | None) -> bool:
    before: datetime | None = None
    for _, at in _readings(entries, mends):
        if at is not None:
            if before is not None and at + SKEW < before:
                return True
            before = at
    return now is not None and before is not None and now + SKEW < before


def _steps(numbers: array[int], said: array[int]) -> Iterator[Step]:
    skew = SKEW // _MICROSECOND
    before: int | None = None
    for here in range(len(said)):
        if said[here] == _UNKNOWN:
            continue
        if before is not None and said[here] + skew < said[before]:
            yield _step(numbers, said, before, here)
        before = here


def _step(numbers: array[int], said: array[int], before: int, here: int) -> Step:
    """The step between two places, with the stretches before and behind it that contradict each other."""
    skew = SKEW // _MICROSECOND
    first, earlier = _back(said, before, said[here] + skew)
    last, later = _forth(said, here, said[before] - skew)
    is_own = numbers[here] == 0
    least = (said[before] - said[here]) * _MICROSECOND
    return Step(
        ahead=(numbers[first], numbers[before]),
        behind=None if is_own else (numbers[before + 1], numbers[last] or numbers[last - 1]),
        least=least,
        most_ahead=(said[first] - said[earlier]) * _MICROSECOND if earlier is not None else None,
        most_behind=(said[later] - said[last]) * _MICROSECOND if later is not None and not is_own else None,
        ahead_said=(_moment(said[first]), _moment(said[before])),
        behind_said=None if is_own else (_moment(said[here]), _moment(said[last])),
    )


def _back(said: array[int], place: int, limit: int) -> tuple[int, int | None]:
    """The first of the places up to this one that all say more than `limit`, and the one before that says less."""
    first = place
    for here in range(place, -1, -1):
        if said[here] == _UNKNOWN:
            continue
        if said[here] <= limit:
            return first, here
        first = here
    return first, None


def _forth(said: array[int], place: int, limit: int) -> tuple[int, int | None]:
    """The last of the places from this one on that all say less than `limit`, and the one behind that says more."""
    last = place
    for here in range(place, len(said)):
        if said[here] == _UNKNOWN:
            continue
        if said[here] >= limit:
            return last, here
        last = here
    return last, None


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
