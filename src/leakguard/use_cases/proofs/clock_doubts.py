"""What the ledger tells of wrong clocks: for `evidence verify`, and for every command that opens a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.entries import Entry
from leakguard.ledger.future_entries import FutureEntry, entries_dated_in_future
from leakguard.ledger.heads import Head
from leakguard.ledger.system_time_corrections import (
    SystemTimeCorrection,
    SystemTimeCorrections,
    SystemTimeOffset,
    corrections_in,
)
from leakguard.ledger.system_time_setbacks import ReadEntries, SystemTimeSetback, best_known_time, setbacks_in
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import SYSTEM_TIME_CORRECTED
from leakguard.models.texts import duration_words

COMMAND = "leakguard evidence clock"


class DoubtStore(Protocol):
    """What the question needs from the store."""

    def head(self) -> Head | None:
        """Where the ledger stands."""

    def clock_corrections(self) -> SystemTimeCorrections:
        """Every entry that says that others were recorded under a wrong clock."""

    def entries(self, subject: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        """The entries behind `after` exactly as stored."""


class ClockDoubt(Frozen):
    """The last entry is ahead of the clock of this machine, so that one of the two clocks is wrong."""

    entry: int
    recorded_at: datetime
    now: datetime

    @property
    def ahead(self) -> timedelta:
        """How far the ledger is ahead."""
        return self.recorded_at - self.now


def clock_doubt(store: DoubtStore, now: datetime) -> ClockDoubt | None:
    """Whether the clock of this machine contradicts the ledger by more than two machines may differ; else `None`.

    What a mend explains is no doubt: of a ledger that was mended only what came later is read.
    """
    head = store.head()
    at = _moment(head.recorded_at) if head is not None else None
    if head is None or at is None or at <= now + SKEW:
        return None
    corrections = store.clock_corrections()
    latest = corrections.all[-1] if corrections else None
    if latest is not None and latest.uncorrected_count == 0:
        readings = (best_known_time(entry, corrections) for entry in store.entries(after=latest.last_entry_seen))
        if all(reading is not None and reading <= now + SKEW for reading in readings):
            return None
    return ClockDoubt(entry=head.sequence, recorded_at=at, now=now)


def doubt_to_json(doubt: ClockDoubt) -> dict[str, Any]:
    """The form of `clock_doubt` in the JSON of commands."""
    return {
        "now": to_z(doubt.now),
        "entry": doubt.entry,
        "recorded_at": to_z(doubt.recorded_at),
        "ahead_seconds": int(doubt.ahead.total_seconds()),
        "next_step": COMMAND,
    }


def doubt_text(doubt: ClockDoubt) -> str:
    """The warning for a person: which clock says what, what follows, and what to do in either case."""
    now, then = (to_z(moment.replace(microsecond=0)) for moment in (doubt.now, doubt.recorded_at))
    return (
        f"WARNING: this machine's clock says {now}, but entry {doubt.entry} of the ledger says {then}, "
        f"{duration_words(doubt.ahead)} later. One of the two clocks is wrong.\n"
        "  Limits, states and what happens `now` go by this machine's clock. Look at another clock:\n"
        f"  If this machine is right, see what the other clock touched, and mend it: {COMMAND}\n"
        "  If this machine is wrong, set its clock first; what cannot wait is recorded with its time: --at TIME"
    )


def clock_doubts(entries: ReadEntries, now: datetime | None) -> Iterator[Discrepancy]:
    """Every wrong clock that the ledger shows, and every one that it says was mended."""
    try:
        corrections = corrections_in(
            entry for entry in entries() if entry.kind == SYSTEM_TIME_CORRECTED and entry.subject == "clock"
        )
    except LedgerBroken as error:
        text = f"{error.message}; without it no system times were compared"
        yield Discrepancy(kind=DiscrepancyKind.DAMAGED_FILE, text=text)
        return
    for each in corrections.all:
        for wrong in each.offsets:
            text = f"{wrong_words(wrong)}; entry {each.sequence} corrects that, by {_sayers(each)}: {each.reason}"
            yield Discrepancy(kind=DiscrepancyKind.CORRECTED_SYSTEM_TIME, sequence=wrong.first_entry, text=text)
        if each.event_times:
            numbers = ", ".join(str(number) for number in sorted(each.event_times))
            text = f"when it was that entries {numbers} tell of is stated by entry {each.sequence}, by {_sayers(each)}"
            yield Discrepancy(
                kind=DiscrepancyKind.CORRECTED_SYSTEM_TIME,
                sequence=min(each.event_times),
                text=f"{text}: {each.reason}",
            )
    steps = setbacks_in(entries, corrections, now=now)
    earlier = (step.if_ahead() for step in steps)
    for future_entry in entries_dated_in_future(
        entries(), corrections.with_unrecorded(wrong for wrong in earlier if wrong is not None), now=now
    ):
        yield Discrepancy(
            kind=DiscrepancyKind.WRONG_SYSTEM_TIME,
            sequence=future_entry.sequence,
            text=f"{moved_words(future_entry)}: see {COMMAND}",
        )
    for step in steps:
        text = f"{step_words(step)}: see {COMMAND}"
        yield Discrepancy(kind=DiscrepancyKind.WRONG_SYSTEM_TIME, sequence=step.ahead[1], text=text)


def step_words(step: SystemTimeSetback) -> str:
    """What a step shows, in words."""
    length = duration_words(step.least)
    ahead = f"the clock was ahead by {length} or more when {_entries(*step.ahead)} recorded"
    if step.behind is None:
        return f"{ahead}, or the clock of this machine is behind now"
    return f"{ahead}, or behind when {_entries(*step.behind)} recorded"


def moved_words(entry: FutureEntry) -> str:
    """What is known of an entry that took the time of the entry before."""
    until = to_z(entry.latest)
    when = f"before {until}" if entry.earliest is None else f"between {to_z(entry.earliest)} and {until}"
    return f"entry {entry.sequence} of {entry.subject} tells the time of the entry before it; it happened {when}"


def wrong_words(wrong: SystemTimeOffset) -> str:
    """What a mend says, in words."""
    least, most = sorted((abs(wrong.least), abs(wrong.most)))
    length = duration_words(least) if least == most else f"{duration_words(least)} to {duration_words(most)}"
    where = "ahead" if wrong.is_ahead else "behind"
    return f"the clock was {length} {where} when {_entries(wrong.first_entry, wrong.last_entry)} recorded"


def _sayers(correction: SystemTimeCorrection) -> str:
    return f"{correction.by} and {correction.second_person}" if correction.second_person else correction.by


def _entries(first: int, last: int) -> str:
    return f"entry {first} was" if first == last else f"entries {first} to {last} were"


def _moment(text: str) -> datetime | None:
    try:
        return from_z(text)
    except ValueError:
        return None
