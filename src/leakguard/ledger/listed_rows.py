"""Rows beside the ledger that cannot be rebuilt from it: the ledger lists a digest of each row whenever it changes.

Such rows say which letters were sent and how far a stopped scan has come. The last listed digest of a row counts: a row
with another digest was changed, a row without a listed digest was added, and a digest without its row means that the
row was removed.
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
from leakguard.ledger.entry_checks import content_matches, hash_or_none
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.models.texts import counted

ROWS_CHANGED = "rows_kept"  # the stored value of older releases; do not change it
"""The kind of an entry that lists the rows that changed with it."""
ROW_LISTING_STARTED = "rows_covered"  # the stored value of older releases; do not change it
"""The kind of the entry with which a store that an earlier release made starts to list its rows."""
LISTS_ALL_ROWS = "covers_rows"  # the stored value of older releases; do not change it
"""The flag of the first entry of a store that lists all rows from the beginning."""
STATES = "states"
"""The field of a `findings_recorded` entry that lists, for each part of the run, the digest of its row."""
RUN_STATES, DELIVERIES = "run_states", "deliveries"
NOUNS = {RUN_STATES: "the progress of a scan", DELIVERIES: "the delivery of a letter"}
"""Each table whose rows are listed, and what one of its rows is about, for a person."""
Key = tuple[str, ...]


class StoredRow(Frozen):
    """A stored row: its table, its key and a digest of its values."""

    table: str
    key: Key
    digest: str

    @property
    def name(self) -> str:
        """For a person: the values of its key, each cut to 40 characters."""
        return ", ".join(value[:40] for value in self.key)


def listed_row(table: str, key: Sequence[object], values: Sequence[object]) -> StoredRow:
    """The row with these values; values that JSON cannot hold get an empty digest, which no entry lists."""
    try:
        digest = sha256_hex(canonical(list(values)))
    except UsageProblem:
        digest = ""
    return StoredRow(table=table, key=tuple(map(str, key)), digest=digest)


def rows_record(rows: Iterable[StoredRow], *, now: datetime) -> Record:
    """The record of rows that changed together."""
    listed = [[row.table, list(row.key), row.digest] for row in rows]
    return Record(kind=ROWS_CHANGED, occurred_at=Interval(earliest=now, latest=now), content={"rows": listed})


def row_listing_started_record(counts: Mapping[str, int], *, now: datetime) -> Record:
    """The record with which a store that an earlier release made starts to list its rows; `counts` is by table."""
    return Record(
        kind=ROW_LISTING_STARTED, occurred_at=Interval(earliest=now, latest=now), content={"rows": dict(counts)}
    )


def states_content(rows: Iterable[StoredRow]) -> dict[str, str]:
    """What an entry that records findings says about the parts of its run, by their numbers."""
    return {row.key[-1]: row.digest for row in rows}


@dataclass(slots=True)
class ListedRows:
    """The digests that the ledger lists, gathered while its entries are read."""

    rows: dict[tuple[str, Key], str] = field(default_factory=dict)
    """The last digest of each row, by its table and key."""
    begun: list[int] = field(default_factory=list)
    """The entries of kind `ROW_LISTING_STARTED`; more than one, or any if `is_from_the_start`, is a discrepancy."""
    is_from_the_start: bool = False
    """Whether the store lists all rows from its first entry on."""
    listed_by_upgrade: dict[str, int] = field(default_factory=dict)
    """By table, how many existing rows an upgrade listed. No earlier entry says what they were before."""

    @property
    def must_list_all_rows(self) -> bool:
        """Whether every row must be listed."""
        return self.is_from_the_start or bool(self.begun)

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on, and take the digests that it lists."""
        for entry in entries:
            self.take(entry)
            yield entry

    def take(self, entry: Entry) -> None:
        """Take the next entry; unreadable content lists nothing, and `verifier.verify` reports it."""
        if entry.sequence == 1 and LISTS_ALL_ROWS in str(entry.flags).split():
            self.is_from_the_start = True
        if entry.kind == ROW_LISTING_STARTED:
            self.begun.append(entry.sequence)
            self.listed_by_upgrade |= _counts_in(_content(entry).get("rows"))
        elif entry.kind == ROWS_CHANGED:
            self._take_rows(_content(entry).get("rows"))
        elif entry.kind == FINDINGS_RECORDED and isinstance(entry.content, str) and f'"{STATES}"' in entry.content:
            states = _content(entry).get(STATES)
            parts = states.items() if isinstance(states, Mapping) else ()
            self.rows |= {(RUN_STATES, (str(entry.subject), str(part))): str(digest) for part, digest in parts}

    def _take_rows(self, listed: object) -> None:
        for row in listed if isinstance(listed, list) else ():
            if isinstance(row, list) and len(row) == 3 and isinstance(row[1], list):  # noqa: PLR2004  (table, key, digest)
                self.rows[str(row[0]), tuple(map(str, row[1]))] = str(row[2])

    def discrepancies(self, kept: Iterable[StoredRow]) -> Iterator[Discrepancy]:
        """Report stored rows that were changed, added or removed, or that are older than the listing."""
        left, unlisted = dict(self.rows), dict.fromkeys(NOUNS, 0)
        for row in kept:
            listed = left.pop((row.table, row.key), None)
            if listed == row.digest:
                continue
            if listed is not None:
                yield _of_row(DiscrepancyKind.CHANGED_ROW, row.table, f"({row.name}) is not as the ledger lists it")
            elif self.must_list_all_rows:
                yield _of_row(
                    DiscrepancyKind.UNKNOWN_ROW, row.table, f"({row.name}) is listed by no entry: somebody added it"
                )
            else:
                unlisted[row.table] += 1
        for table, key in left:
            gone = StoredRow(table=table, key=key, digest="")
            yield _of_row(DiscrepancyKind.MISSING_ROW, table, f"({gone.name}) is gone, and an entry lists it")
        yield from self._coverage(unlisted)

    def _coverage(self, unlisted: Mapping[str, int]) -> Iterator[Discrepancy]:
        """Report a second start of the listing, and rows of earlier releases, which listed none."""
        for number in self.begun if self.is_from_the_start else self.begun[1:]:
            text = (
                f"entry {number} begins to list rows that were listed before: "
                "somebody made the store look as if an earlier release had made it"
            )
            yield Discrepancy(kind=DiscrepancyKind.UNKNOWN_ROW, sequence=number, text=text)
        for table, count in unlisted.items():
            if count:
                text = f"{counted(count, 'row')} of `{table}` came from an earlier release, and no entry lists them"
                yield Discrepancy(kind=DiscrepancyKind.NOT_COVERED, text=text)
        texts = [
            f"{counted(count, 'row')} of `{table}`" for table, count in sorted(self.listed_by_upgrade.items()) if count
        ]
        if self.begun and texts:
            text = f"{' and '.join(texts)} came from an earlier release: no entry before {self.begun[0]} lists them"
            yield Discrepancy(kind=DiscrepancyKind.NOT_COVERED, text=text)


def is_intact(entry: Entry) -> bool:
    """Whether the manifest matches the entry's hash and, unless erased, the content matches the manifest."""
    if hash_or_none(entry) != entry.hash:
        return False
    return entry.salt is None or content_matches(entry.salt, str(entry.content), entry.content_sha256)


def _counts_in(counts: object) -> dict[str, int]:
    """The counts by table that can be read."""
    pairs = counts.items() if isinstance(counts, Mapping) else ()
    return {table: count for table, count in pairs if type(count) is int}


def _content(entry: Entry) -> Mapping[str, Any]:
    try:
        found = from_canonical(entry.content or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _of_row(kind: DiscrepancyKind, table: str, what: str) -> Discrepancy:
    return Discrepancy(kind=kind, text=f"the row about {NOUNS.get(table, table)} {what}")
