"""Rows beside the ledger that no entry can be made from: the ledger lists a digest of each, whenever one changes.

Such rows say which letters were sent and how far a stopped scan has come. The last digest that an entry lists for a
row decides: a row with another digest was changed, one without was added, and a digest without its row was removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.entries import Entry
from leakguard.ledger.items import FINDINGS_RECORDED
from leakguard.ledger.proofs import content_matches, hash_or_nothing
from leakguard.ledger.verification import Doubt, DoubtKind
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.models.texts import counted

ROWS_KEPT = "rows_kept"
"""The kind of an entry that lists rows which changed with it."""
ROWS_COVERED = "rows_covered"
"""The kind of the entry with which a store of an earlier release begins to list its rows."""
COVERS_ROWS = "covers_rows"
"""The flag of a first entry: every row of this store was listed from the beginning."""
STATES = "states"
"""In an entry that records findings: how far each part of the run has come, as digests of the rows."""
RUN_STATES, DELIVERIES = "run_states", "deliveries"
NOUNS = {RUN_STATES: "how far a scan has come", DELIVERIES: "how a letter was sent"}
"""Each table whose rows are listed, and what one of its rows tells."""
Key = tuple[str, ...]


class KeptRow(Frozen):
    """A row as it is stored, without what it holds."""

    table: str
    key: Key
    digest: str

    @property
    def name(self) -> str:
        """For a person: the values that name it, none longer than a Message-ID's beginning."""
        return ", ".join(value[:40] for value in self.key)


def kept_row(table: str, key: Sequence[object], values: Sequence[object]) -> KeptRow:
    """The row with these values; one that no text can hold has a digest that no entry lists."""
    try:
        digest = sha256_hex(canonical(list(values)))
    except UsageProblem:
        digest = ""
    return KeptRow(table=table, key=tuple(map(str, key)), digest=digest)


def rows_record(rows: Iterable[KeptRow], *, now: datetime) -> Record:
    """The record of rows that changed together."""
    listed = [[row.table, list(row.key), row.digest] for row in rows]
    return Record(kind=ROWS_KEPT, occurred_at=Interval(earliest=now, latest=now), content={"rows": listed})


def covered_record(counts: Mapping[str, int], *, now: datetime) -> Record:
    """The record with which a store of an earlier release begins to list rows, and how many it found."""
    return Record(kind=ROWS_COVERED, occurred_at=Interval(earliest=now, latest=now), content={"rows": dict(counts)})


def states_content(rows: Iterable[KeptRow]) -> dict[str, str]:
    """What an entry that records findings says about the parts of its run, by their numbers."""
    return {row.key[-1]: row.digest for row in rows}


@dataclass(slots=True)
class ListedRows:
    """What the ledger lists, gathered while its entries go by."""

    rows: dict[tuple[str, Key], str] = field(default_factory=dict)
    """The last digest of each row, by its table and key."""
    begun: list[int] = field(default_factory=list)
    """The entries with which listing began anew."""
    is_from_the_start: bool = False
    older: dict[str, Any] = field(default_factory=dict)
    """How many rows of each table an upgrade found and listed."""

    @property
    def is_covered(self) -> bool:
        """Whether each row has to be listed."""
        return self.is_from_the_start or bool(self.begun)

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on, and take what it lists."""
        for entry in entries:
            self.take(entry)
            yield entry

    def take(self, entry: Entry) -> None:
        """Take the next entry; one that was changed, which is named elsewhere, lists nothing that can be read."""
        if entry.sequence == 1 and COVERS_ROWS in str(entry.flags).split():
            self.is_from_the_start = True
        if entry.kind == ROWS_COVERED:
            self.begun.append(entry.sequence)
            self.older |= _content(entry).get("rows") or {}
        elif entry.kind == ROWS_KEPT:
            self._take_rows(_content(entry).get("rows"))
        elif entry.kind == FINDINGS_RECORDED and entry.content is not None and f'"{STATES}"' in entry.content:
            states = _content(entry).get(STATES)
            parts = states.items() if isinstance(states, Mapping) else ()
            self.rows |= {(RUN_STATES, (entry.subject, str(part))): str(digest) for part, digest in parts}

    def _take_rows(self, listed: object) -> None:
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, list) and len(one) == 3 and isinstance(one[1], list):  # noqa: PLR2004  (table, key, digest)
                self.rows[str(one[0]), tuple(map(str, one[1]))] = str(one[2])

    def doubts(self, kept: Iterable[KeptRow]) -> Iterator[Doubt]:
        """What is wrong with the rows as stored: changed, added, removed, or older than the listing."""
        left, older = dict(self.rows), dict.fromkeys(NOUNS, 0)
        for row in kept:
            listed = left.pop((row.table, row.key), None)
            if listed == row.digest:
                continue
            if listed is not None:
                yield _doubt(DoubtKind.CHANGED_ROW, row.table, f"({row.name}) is not as the ledger lists it")
            elif self.is_covered:
                yield _doubt(DoubtKind.UNKNOWN_ROW, row.table, f"({row.name}) is listed by no entry: somebody added it")
            else:
                older[row.table] += 1
        for table, key in left:
            gone = KeptRow(table=table, key=key, digest="")
            yield _doubt(DoubtKind.MISSING_ROW, table, f"({gone.name}) is gone, and an entry lists it")
        yield from self._coverage(older)

    def _coverage(self, unlisted: Mapping[str, int]) -> Iterator[Doubt]:
        """An earlier release listed no rows; a store that lists them from its first entry on cannot begin again."""
        for number in self.begun if self.is_from_the_start else self.begun[1:]:
            text = f"entry {number} begins to list rows that were listed before: the store passed for an older one"
            yield Doubt(kind=DoubtKind.UNKNOWN_ROW, sequence=number, text=text)
        for table, count in unlisted.items():
            if count:
                text = f"{counted(count, 'row')} of `{table}` came from an earlier release, and no entry lists them"
                yield Doubt(kind=DoubtKind.NOT_COVERED, text=text)
        older = [f"{counted(count, 'row')} of `{table}`" for table, count in sorted(self.older.items()) if count]
        if self.begun and older:
            text = f"{' and '.join(older)} came from an earlier release: not covered before entry {self.begun[0]}"
            yield Doubt(kind=DoubtKind.NOT_COVERED, text=text)


def is_whole(entry: Entry) -> bool:
    """Whether an entry fits its own hash, and its content the entry; what was erased on purpose has none to fit."""
    if hash_or_nothing(entry) != entry.hash:
        return False
    return entry.salt is None or content_matches(entry.salt, str(entry.content), entry.content_sha256)


def _content(entry: Entry) -> Mapping[str, Any]:
    try:
        found = from_canonical(entry.content or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _doubt(kind: DoubtKind, table: str, what: str) -> Doubt:
    return Doubt(kind=kind, text=f"{NOUNS.get(table, table)} {what}")
