"""Corrections of system time: entries that say for which entries a machine's clock was wrong, and by how much.

Nothing is rewritten. Records are read through `CorrectedReader`, which corrects the times that the wrong clock gave:
`recorded_at`, `occurred_at` if no person stated it, and the end of an acknowledgement.
A later correction of the same entries replaces an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.entries import SYSTEM_TIME_STEPPED_BACK, Entry, kept_record, raw_system_time, unreadable
from leakguard.models.events import Interval
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import SYSTEM_TIME_CORRECTED, KeptRecord

SUBJECT = "clock"
"""The subject of entries of corrections, which belong to no single incident; *clock* is a machine's system clock."""
_ACKNOWLEDGED = "alarm_acknowledged"  # the stored value of older releases; do not change it
STATED = "stated"
"""The key of an event's content that holds its time as a person gave it; empty or missing if a system clock gave it."""
_MICROSECOND = timedelta(microseconds=1)


class SystemTimeOffset(Frozen):
    """By how much a system clock was wrong, and the entries that were recorded by it."""

    first_entry: int
    last_entry: int
    least: timedelta
    """The clock was ahead by at least this much; negative if it was behind."""
    most: timedelta
    """The clock was ahead by at most this much; equal to `least` if the offset is known exactly."""
    began: datetime
    """The wrong system time at the first of these entries."""
    ended: datetime
    """The wrong system time at the last of them."""

    @property
    def is_ahead(self) -> bool:
        """Whether the clock was ahead, and not behind."""
        return self.most > timedelta(0)

    def correct(self, wrong: Interval) -> Interval:
        """The true time for a wrong system time, as an interval if the offset is known only roughly."""
        return replace(wrong, earliest=wrong.earliest - self.most, latest=wrong.latest - self.least)

    def covers(self, at: datetime) -> bool:
        """Whether the wrong clock showed `at` at some time from the first entry to the last, give or take `SKEW`."""
        return self.began - at <= SKEW and at - self.ended <= SKEW


class SystemTimeCorrection(Frozen):
    """One entry that corrects the times of other entries."""

    sequence: int
    by: str
    reason: str
    offsets: tuple[SystemTimeOffset, ...]
    event_times: Mapping[int, Interval]
    """By entry, when its event happened: as a person stated it, or the two times between which it must lie."""
    last_entry_seen: int
    """The number of the last entry of the ledger when the correction was made; later entries may be wrong again."""
    uncorrected_count: int
    """How many contradictions were known and not corrected."""
    second_person: str = ""
    """Who agreed, which is required if no contradiction in the ledger proves the error; else empty."""
    at: datetime | None = None
    """When it was made; `None` until it is recorded."""


class SystemTimeCorrections:
    """All corrections in a ledger; false if there are none."""

    def __init__(self, corrections: Iterable[SystemTimeCorrection] = ()) -> None:
        self.all = tuple(corrections)
        self._offsets = tuple(offset for correction in reversed(self.all) for offset in reversed(correction.offsets))
        self._event_times = {number: at for correction in self.all for number, at in correction.event_times.items()}

    def __bool__(self) -> bool:
        return bool(self.all)

    def with_unrecorded(
        self, offsets: Iterable[SystemTimeOffset], event_times: Mapping[int, Interval] = MappingProxyType({})
    ) -> SystemTimeCorrections:
        """These corrections and one more that is not recorded yet, to see what it would change."""
        new = SystemTimeCorrection(
            sequence=0,
            by="",
            reason="",
            offsets=tuple(offsets),
            event_times=event_times,
            last_entry_seen=0,
            uncorrected_count=0,
        )
        return SystemTimeCorrections((*self.all, new))

    def before(self, correction: SystemTimeCorrection) -> SystemTimeCorrections:
        """Those that were recorded before this one."""
        return SystemTimeCorrections(earlier for earlier in self.all if earlier.sequence < correction.sequence)

    def until(self, correction: SystemTimeCorrection) -> SystemTimeCorrections:
        """This one, and those that were recorded before it."""
        return SystemTimeCorrections(earlier for earlier in self.all if earlier.sequence <= correction.sequence)

    def offset_at(self, sequence: int) -> SystemTimeOffset | None:
        """The offset of the system clock that recorded an entry, by the latest correction; `None` if none says so."""
        return next((offset for offset in self._offsets if offset.first_entry <= sequence <= offset.last_entry), None)

    def event_time_of(self, sequence: int) -> Interval | None:
        """When the event of an entry happened, if a correction states it; else `None`."""
        return self._event_times.get(sequence)

    def offset_of_clock_showing(self, at: datetime) -> SystemTimeOffset | None:
        """The offset, by the latest correction, of a clock that was ahead and showed `at`; `None` if none did."""
        return next((offset for offset in self._offsets if offset.is_ahead and offset.covers(at)), None)

    def corrected_time(self, entry: Entry) -> datetime | None:
        """When an entry was recorded, by all corrections: the latest possible time if roughly known; `None` if unknown.

        Raises `ValueError` for an unreadable time.
        """
        system_time = raw_system_time(entry)
        if system_time is None:
            stated = self._event_times.get(entry.sequence)
            return stated.latest if stated is not None else None
        offset = self.offset_at(entry.sequence)
        return system_time - offset.least if offset is not None else system_time


class CorrectedReader:
    """Reads the entries of one subject, in their order, with corrected times."""

    def __init__(self, corrections: SystemTimeCorrections) -> None:
        self._corrections = corrections
        self._before: tuple[datetime, datetime] | None = None

    def read(self, entries: Iterable[Entry]) -> Iterator[KeptRecord]:
        """The records of these entries; raises `LedgerBroken` for one that is unreadable."""
        return map(self.take, entries)

    def take(self, entry: Entry) -> KeptRecord:
        """The record of the next entry."""
        try:
            return self._taken(entry)
        except OverflowError as error:  # a time or an offset that no machine ever showed
            raise unreadable(entry.sequence) from error

    def _taken(self, entry: Entry) -> KeptRecord:
        record = kept_record(entry)
        raw = record.recorded_at
        if self._corrections or SYSTEM_TIME_STEPPED_BACK in entry.flags:
            record = self._corrected(entry, record)
        recorded = self._in_order(raw, record.recorded_at)
        return record if recorded == record.recorded_at else replace(record, recorded_at=recorded)

    def _in_order(self, raw: datetime, recorded: datetime) -> datetime:
        """Keep the corrected times in the order of the entries; entries of one write keep one time."""
        if self._before is not None:
            raw_before, before = self._before
            if raw == raw_before:
                recorded = before
            elif recorded < before:
                recorded = before + _MICROSECOND
        self._before = (raw, recorded)
        return recorded

    def _corrected(self, entry: Entry, record: KeptRecord) -> KeptRecord:
        try:
            system_time, recorded = raw_system_time(entry), self._corrections.corrected_time(entry)
            if recorded is None and self._corrections and record.recorded_at - record.occurred_at.latest > SKEW:
                # Its system time is unknown. It was recorded when its event happened or later, so that time is the
                # lower bound; `_in_order` puts it after the preceding entry.
                recorded = record.occurred_at.latest
        except ValueError:
            return record
        occurred, content = self._occurred(record, system_time, recorded), record.content
        offset = self._corrections.offset_at(entry.sequence)
        if offset is not None and entry.kind == _ACKNOWLEDGED and isinstance(content.get("until"), str):
            with suppress(ValueError, OverflowError):
                content = {**content, "until": to_z(from_z(content["until"]) - offset.most)}
        return replace(record, occurred_at=occurred, recorded_at=recorded or record.recorded_at, content=content)

    def _occurred(self, record: KeptRecord, system_time: datetime | None, recorded: datetime | None) -> Interval:
        at = record.occurred_at
        stated = self._corrections.event_time_of(record.sequence)
        if stated is not None:
            return stated
        if recorded is None or system_time is None or record.content.get(STATED):
            return at
        offset = self._corrections.offset_at(record.sequence)
        if offset is None:
            # The clock of this entry was right. If the event lies in its future, a clock that was ahead gave its time.
            source = self._corrections.offset_of_clock_showing(at.latest) if at.earliest - recorded > SKEW else None
            return source.correct(at) if source is not None else at
        return offset.correct(at) if came_from_wrong_clock(at, system_time, offset) else at


def came_from_wrong_clock(at: Interval, system_time: datetime, offset: SystemTimeOffset) -> bool:
    """Whether the time of an event came from the wrong system clock of its entry, and not from a person.

    `system_time` is the uncorrected one of the entry. True if the event's time is within `SKEW` of it. Also true if the
    clock was ahead and showed that time while it recorded any of its entries: no correct clock had reached it yet.
    A clock that was behind showed times that correct clocks had shown before, so they prove nothing.
    """
    return abs(at.latest - system_time) <= SKEW or (offset.is_ahead and offset.covers(at.latest))


def corrections_in(entries: Iterable[Entry]) -> SystemTimeCorrections:
    """All corrections among entries; leaves out one whose content lacks a field or has a wrong one.

    Raises `LedgerBroken` for an unreadable entry: without its correction, times would be wrong and nobody would know.
    """
    found = (_correction(kept_record(entry)) for entry in entries if entry.kind == SYSTEM_TIME_CORRECTED)
    return SystemTimeCorrections(correction for correction in found if correction is not None)


def correction_content(
    offsets: Iterable[SystemTimeOffset],
    event_times: Mapping[int, Interval],
    *,
    last_entry_seen: int,
    uncorrected_count: int,
) -> dict[str, Any]:
    """The content of the entry of a correction, without who made it and why; lengths in microseconds."""
    return {
        "ranges": [
            {
                "first": offset.first_entry, "last": offset.last_entry, "least": offset.least // _MICROSECOND,
                "most": offset.most // _MICROSECOND, "began": to_z(offset.began), "ended": to_z(offset.ended),
            }
            for offset in offsets
        ],
        "instants": {
            str(number): {"earliest": to_z(at.earliest), "latest": to_z(at.latest)}
            for number, at in event_times.items()
        },
        "seen": last_entry_seen,
        "left": uncorrected_count,
    }  # fmt: skip


def _correction(record: KeptRecord) -> SystemTimeCorrection | None:
    content = record.content
    try:
        return SystemTimeCorrection(
            sequence=record.sequence,
            by=str(content["by"]),
            reason=str(content["reason"]),
            offsets=tuple(map(_offset, content["ranges"])),
            event_times={int(number): _interval(at) for number, at in content["instants"].items()},
            last_entry_seen=int(content["seen"]),
            uncorrected_count=int(content["left"]),
            second_person=str(content.get("second") or ""),
            at=record.occurred_at.latest,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _offset(stored: Mapping[str, Any]) -> SystemTimeOffset:
    return SystemTimeOffset(
        first_entry=int(stored["first"]), last_entry=int(stored["last"]), least=int(stored["least"]) * _MICROSECOND,
        most=int(stored["most"]) * _MICROSECOND, began=from_z(stored["began"]), ended=from_z(stored["ended"]),
    )  # fmt: skip


def _interval(stored: Mapping[str, str]) -> Interval:
    return Interval(earliest=from_z(stored["earliest"]), latest=from_z(stored["latest"]))
