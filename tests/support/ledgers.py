"""A clock, a token maker, records and a journal in memory, for everything that is tested on top of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from leakguard.errors import NotAllowed
from leakguard.frozen import names_of
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.stored_findings import StoredFinding
from leakguard.models.events import Interval
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record, signed_records

Kept = TypeVar("Kept", Entry, StoredFinding)
START = datetime(2026, 5, 24, 1, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Tokens:
    """Hex that never repeats and is the same in every run of the test."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, length: int = 8) -> str:
        return f"{next(self._numbers):0{length}x}"[-length:]


def exactly(moment: datetime) -> Interval:
    return Interval(earliest=moment, latest=moment)


def make_record(kind: str = "note", content: Mapping[str, Any] | None = None, *, at: datetime = START) -> Record:
    return Record(kind=kind, occurred_at=exactly(at), content=content or {})


def make_chain(*contents: Mapping[str, Any], kind: str = "note", subject: str = "IR-2026-0001") -> list[Entry]:
    """A ledger with one entry a content."""
    records = [make_record(kind, content) for content in contents]
    return list(chain(subject, records, last=None, now=START, random_hex=Tokens()))


def changed(kept: Kept, **changes: object) -> Kept:
    """`kept` after somebody has tampered with it: any field may hold anything."""
    values = {name: getattr(kept, name) for name in names_of(type(kept))}
    return type(kept)(**values | changes)


class MemoryJournal:
    """The ledger's rules without a database; implements `ports.IncidentStore`."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.recorder: Recorder | None = None
        self.kept: list[Entry] = []
        self._tokens = Tokens()

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        own = [entry.sequence for entry in self.kept if entry.subject == subject]
        if after is not None and own and own[-1] > after:
            raise NotAllowed(f"{subject} has changed in the meantime")
        last = self.kept[-1] if self.kept else None
        signed = signed_records(records, self.recorder)
        entries = chain(subject, signed, last=last, now=self.clock(), random_hex=self._tokens)
        self.kept.extend(entries)
        return tuple(kept_record(entry) for entry in entries)

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        return (kept_record(entry) for entry in list(self.kept) if subject in {None, entry.subject})

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        return (record for record in self.read(subject) if record.kind in kinds)

    @property
    def keeps_heads(self) -> bool:
        return True

    def tell_places(self) -> tuple[str, ...]:
        return ()

    def last(self, subject: str) -> KeptRecord | None:
        return next(reversed(list(self.read(subject))), None)

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        return next((one for one in self.read(subject) if one.sequence == sequence), None)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        return (one for one in self.read(subject) if one.sequence > after and one.content.get("corrects"))

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        names = dict.fromkeys(entry.subject for entry in self.kept)
        return tuple(name for name in names if name.startswith(prefix))
