"""Mends: entries that say from where to where the clock of a machine was wrong, and by how much.

Nothing is rewritten. Whoever reads records reads them through `MendedReader`, which moves what the wrong clock said:
when something was recorded, when it happened where no person stated that, and until when an acknowledgement holds.
A later mend of the same entries takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.ledger.entries import CLOCK_STEPPED_BACK, Entry, kept_record, reading_of
from leakguard.ledger.readings import SKEW
from leakguard.models.events import Interval
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import CLOCK_MENDED, KeptRecord

SUBJECT = "clock"
"""Mends belong to no single incident: the subject of their entries."""
_ACKNOWLEDGED = "alarm_acknowledged"
_MICROSECOND = timedelta(microseconds=1)


class Wrong(Frozen):
    """Entries that were recorded under a wrong clock."""

    first: int
    last: int
    least: timedelta
    """By how much it was ahead, at least; negative where it was behind."""
    most: timedelta
    """Equal to `least` where that is known exactly."""
    began: datetime
    """What the wrong clock said at the first of these entries."""
    ended: datetime
    """And at the last."""

    @property
    def is_ahead(self) -> bool:
        """Whether the clock was ahead, and not behind."""
        return self.most > timedelta(0)

    def right(self, said: Interval) -> Interval:
        """When it was, while the wrong clock said this."""
        return replace(said, earliest=said.earliest - self.most, latest=said.latest - self.least)

    def knows(self, at: datetime) -> bool:
        """Whether the wrong clock said this time at some moment between the first and the last entry."""
        return self.began - SKEW <= at <= self.ended + SKEW


class Mend(Frozen):
    """One entry that mends others."""

    sequence: int
    by: str
    reason: str
    wrongs: tuple[Wrong, ...]
    instants: Mapping[int, Interval]
    """By entry, when that happened which it tells of: stated by a person, or the two times between which it lies."""
    seen: int
    """The last entry that there was; what comes later may be wrong again."""
    left: int
    """How many wrong clocks were known and not mended."""
    second: str = ""
    """Who agreed, where no contradiction showed it."""
    at: datetime | None = None
    """When it was made; `None` while it is not recorded."""


class Mends:
    """All mends of a ledger."""

    def __init__(self, mends: Iterable[Mend] = ()) -> None:
        self.all = tuple(mends)
        self._wrongs = tuple(wrong for mend in reversed(self.all) for wrong in reversed(mend.wrongs))
        self._instants = {number: at for mend in self.all for number, at in mend.instants.items()}

    def __bool__(self) -> bool:
        return bool(self.all)

    def plus(self, wrongs: Iterable[Wrong], instants: Mapping[int, Interval] = MappingProxyType({})) -> Mends:
        """With one more, that is not recorded yet."""
        new = Mend(sequence=0, by="", reason="", wrongs=tuple(wrongs), instants=instants, seen=0, left=0)
        return Mends((*self.all, new))

    def before(self, mend: Mend) -> Mends:
        """Those that were recorded before this one."""
        return Mends(one for one in self.all if one.sequence < mend.sequence)

    def until(self, mend: Mend) -> Mends:
        """This one, and those that were recorded before it."""
        return Mends(one for one in self.all if one.sequence <= mend.sequence)

    def wrong_at(self, sequence: int) -> Wrong | None:
        """What the latest mend says of the clock by which an entry was recorded."""
        return next((one for one in self._wrongs if one.first <= sequence <= one.last), None)

    def instant_of(self, sequence: int) -> Interval | None:
        """When that happened which an entry tells of, where a mend states it."""
        return self._instants.get(sequence)

    def source_of(self, at: datetime) -> Wrong | None:
        """The clock that was ahead and said a time that lies in the future of the entry that tells it."""
        return next((one for one in self._wrongs if one.is_ahead and one.knows(at)), None)

    def reading(self, entry: Entry) -> datetime | None:
        """When an entry was recorded, by a right clock; `None` where that is unknown. Raises `ValueError`."""
        said = reading_of(entry)
        if said is None:
            stated = self._instants.get(entry.sequence)
            return stated.latest if stated is not None else None
        wrong = self.wrong_at(entry.sequence)
        return said - wrong.least if wrong is not None else said


class MendedReader:
    """Reads the entries of one subject, in their order, as they are to be understood."""

    def __init__(self, mends: Mends) -> None:
        self._mends = mends
        self._before: tuple[datetime, datetime] | None = None

    def read(self, entries: Iterable[Entry]) -> Iterator[KeptRecord]:
        """The records of these entries; raises `LedgerBroken` for one that is unreadable."""
        return map(self.take, entries)

    def take(self, entry: Entry) -> KeptRecord:
        """The record of the next entry."""
        record = kept_record(entry)
        raw = record.recorded_at
        if self._mends or CLOCK_STEPPED_BACK in entry.flags:
            record = self._mended(entry, record)
        recorded = self._in_order(raw, record.recorded_at)
        return record if recorded == record.recorded_at else replace(record, recorded_at=recorded)

    def _in_order(self, raw: datetime, recorded: datetime) -> datetime:
        """Never before the record before it; at the same moment where it was kept with it."""
        if self._before is not None:
            raw_before, before = self._before
            if raw == raw_before:
                recorded = before
            elif recorded < before:
                recorded = before + _MICROSECOND
        self._before = (raw, recorded)
        return recorded

    def _mended(self, entry: Entry, record: KeptRecord) -> KeptRecord:
        try:
            said, recorded = reading_of(entry), self._mends.reading(entry)
            if recorded is None and self._mends and record.occurred_at.latest + SKEW < record.recorded_at:
                recorded = record.occurred_at.latest  # it was recorded then or later, and behind the one before
        except ValueError:
            return record
        occurred, content = self._occurred(record, said, recorded), record.content
        wrong = self._mends.wrong_at(entry.sequence)
        if wrong is not None and entry.kind == _ACKNOWLEDGED and isinstance(content.get("until"), str):
            content = {**content, "until": to_z(from_z(content["until"]) - wrong.most)}
        return replace(record, occurred_at=occurred, recorded_at=recorded or record.recorded_at, content=content)

    def _occurred(self, record: KeptRecord, said: datetime | None, recorded: datetime | None) -> Interval:
        at = record.occurred_at
        stated = self._mends.instant_of(record.sequence)
        if stated is not None:
            return stated
        if recorded is None or said is None or record.content.get("stated"):
            return at
        wrong = self._mends.wrong_at(record.sequence)
        if wrong is None:
            source = self._mends.source_of(at.latest) if at.earliest > recorded + SKEW else None
            return source.right(at) if source is not None else at
        return wrong.right(at) if is_of_clock(at, said, wrong) else at


def is_of_clock(at: Interval, said: datetime, wrong: Wrong) -> bool:
    """Whether a wrong clock told when something happened that an entry tells of, and no person stated it.

    A clock that was ahead said times that no right clock had said by then. One that was behind said times that right
    clocks had said before, so there it has to be the very moment of recording.
    """
    return abs(at.latest - said) <= SKEW or (wrong.is_ahead and wrong.knows(at.latest))


def mends_in(entries: Iterable[Entry]) -> Mends:
    """All mends among entries; what cannot be read mends nothing, and `evidence verify` names it."""
    found = (_mend(kept_record(entry)) for entry in entries if entry.kind == CLOCK_MENDED)
    return Mends(mend for mend in found if mend is not None)


def mend_content(wrongs: Iterable[Wrong], instants: Mapping[int, Interval], *, seen: int, left: int) -> dict[str, Any]:
    """What an entry keeps of a mend, beside who made it and why; lengths in microseconds."""
    return {
        "ranges": [
            {
                "first": one.first, "last": one.last, "least": one.least // _MICROSECOND,
                "most": one.most // _MICROSECOND, "began": to_z(one.began), "ended": to_z(one.ended),
            }
            for one in wrongs
        ],
        "instants": {
            str(number): {"earliest": to_z(at.earliest), "latest": to_z(at.latest)} for number, at in instants.items()
        },
        "seen": seen,
        "left": left,
    }  # fmt: skip


def _mend(record: KeptRecord) -> Mend | None:
    content = record.content
    try:
        return Mend(
            sequence=record.sequence,
            by=str(content["by"]),
            reason=str(content["reason"]),
            wrongs=tuple(_wrong(one) for one in content["ranges"]),
            instants={int(number): _interval(at) for number, at in content["instants"].items()},
            seen=int(content["seen"]),
            left=int(content["left"]),
            second=str(content.get("second") or ""),
            at=record.occurred_at.latest,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _wrong(told: Mapping[str, Any]) -> Wrong:
    return Wrong(
        first=int(told["first"]), last=int(told["last"]), least=int(told["least"]) * _MICROSECOND,
        most=int(told["most"]) * _MICROSECOND, began=from_z(told["began"]), ended=from_z(told["ended"]),
    )  # fmt: skip


def _interval(told: Mapping[str, str]) -> Interval:
    return Interval(earliest=from_z(told["earliest"]), latest=from_z(told["latest"]))
