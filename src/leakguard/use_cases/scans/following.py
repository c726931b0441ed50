"""Follows the ledger: the runs of a store in the order in which they ended, each in the parts in which it came.

A run counts when it ended, finished or interrupted; one that is resumed counts again with what it added.
So everybody who reads the same ledger comes to the same history and to the same changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore

STARTED, FINISHED, INTERRUPTED = "run_started", "run_finished", "run_interrupted"
RECORDED = "findings_recorded"
FLEET_STARTED = "fleet_scan_started"
"""The opening of a scan by the fleet, which has a run for each vantage: `runs` names them."""
_OF_RUNS = (STARTED, FINISHED, INTERRUPTED, RECORDED)
LEDGER_SUBJECT = "WATCH"
"""What a watch notes that belongs to no run stands under this subject."""


class RunPart(Frozen):
    """A run, or what it added since it was interrupted."""

    run: str
    after: int
    """The entry with which the part before it ended; 0 for the first."""
    until: int
    """The entry with which it ended."""
    ended_at: datetime
    is_finished: bool


class EntryMark(Frozen):
    """An entry of the ledger, and when it was kept."""

    sequence: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class Follower:
    """Reads the ledger onwards, and gathers the parts of runs that ended; a read that fails loses nothing."""

    store: ScanStore
    last: int = 0
    """The entry up to which it has read."""
    ended: list[RunPart] = field(default_factory=list)
    """In the order in which they ended; whoever is done with one takes it out."""
    unended: dict[str, EntryMark] = field(default_factory=dict)
    """Runs that began, and the last entry of each that belongs to no part yet."""
    ends: dict[str, int] = field(default_factory=dict)
    """Runs that ended, and the last entry with which each did so far."""

    def read_on(self, note: dict[str, list[KeptRecord]] | None = None) -> None:
        """Read to the end; records of the kinds that `note` has are put there on the way.

        From the beginning, and with nothing to note, the entries of runs alone are read.
        """
        every = self.last or note is not None
        for record in self.store.read_after(self.last) if every else self.store.of_kinds(_OF_RUNS):
            self.last = record.sequence
            if note and record.kind in note:
                note[record.kind].append(record)
            self._take(record)

    def rest(self) -> tuple[RunPart, ...]:
        """The parts that never ended: their runs go on at this moment, or were killed."""
        return tuple(
            RunPart(
                run=run, after=self.ends.get(run, 0), until=mark.sequence, ended_at=mark.at, is_finished=False,
            )
            for run, mark in self.unended.items()
        )  # fmt: skip

    def _take(self, record: KeptRecord) -> None:
        if record.kind in {STARTED, RECORDED}:
            self.unended[record.subject] = EntryMark(sequence=record.sequence, at=record.recorded_at)
        if record.kind not in {FINISHED, INTERRUPTED}:
            return
        self.unended.pop(record.subject, None)
        part = RunPart(
            run=record.subject, after=self.ends.get(record.subject, 0), until=record.sequence,
            ended_at=record.recorded_at, is_finished=record.kind == FINISHED,
        )  # fmt: skip
        self.ends[record.subject] = record.sequence
        self.ended.append(part)
