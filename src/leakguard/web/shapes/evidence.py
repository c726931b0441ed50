"""Evidence and the ledger."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment, Next


class Act(TypedDict):
    """An act of custody."""

    kind: str
    at: Moment
    by: str
    by_id: str | None
    by_source: str
    text: str
    is_gap: bool


class Item(TypedDict):
    """A file that was taken in."""

    id: str
    incident: str
    name: str
    sha256: str
    size: int
    by: str
    source: str
    note: str
    is_kept: bool
    collected_at: Moment
    recorded_at: Moment
    seal: str | None
    holder: str
    hold: str | None
    custody: list[Act]


class ItemsAdded(TypedDict):
    """What was just taken in."""

    items: list[Item]


class Items(ItemsAdded):
    """The items of evidence, and what is under legal hold."""

    held: list[str]


class EntryTime(TypedDict):
    """When it happened, as the manifest has it."""

    earliest: str
    latest: str


class Entry(TypedDict):
    """An entry of the ledger without its content."""

    sequence: int
    subject: str
    kind: str
    occurred_at: EntryTime
    recorded_at: Moment
    flags: list[str]
    content_sha256: str
    is_content_kept: bool
    previous: str
    hash: str


class EntryPage(TypedDict):
    """A page of the entries."""

    entries: list[Entry]
    next: Next


class Head(TypedDict):
    """Where the ledger stands."""

    size: int
    root: str
    hash: str
    recorded_at: Moment
    short: str
    signed_by: str | None
    note: str


class EndOfLedger(TypedDict):
    """The last entry."""

    sequence: int
    hash: str
    recorded_at: Moment


class RecordedEntry(Entry):
    """An entry of the ledger, and who recorded it; null where nobody was asked, and for what is privileged."""

    by: str | None
    by_id: str | None


class LatestEntries(TypedDict):
    """A page of the entries, the latest first."""

    entries: list[RecordedEntry]
    before: int | None


class TimeStamp(TypedDict):
    """Somebody outside says when the head was there."""

    at: str
    authority: str


class PlaceKept(TypedDict):
    """A second place that was given a head, and why that failed."""

    place: str
    failure: str | None


class HeadKept(TypedDict):
    """A head that was kept, and what vouches for it."""

    entry: int
    size: int
    short: str
    at: str
    signed_by: str | None
    places: list[PlaceKept]
    stamps: list[TimeStamp]


class PlaceNow(TypedDict):
    """A second place that holds a head."""

    place: str
    short: str
    signed_by: str | None


class Heads(TypedDict):
    """Where heads stand, and those that were kept, the latest first."""

    key: str | None
    places: list[PlaceNow]
    heads: list[HeadKept]


class NewHead(Head):
    """A head that was just kept, and why places failed."""

    failures: list[str]


class Redaction(TypedDict):
    """What was erased, by whom and why."""

    entry: int
    at: Moment
    subject: str
    entries: list[int]
    findings: list[str]
    by: str
    reason: str


class Redactions(TypedDict):
    """Every erasure, the latest first."""

    redactions: list[Redaction]


class Redacted(TypedDict):
    """What was just erased, and which entries say so."""

    erased: list[int]
    findings: list[str]
    said_by: list[int]
    is_scrubbed: bool


class LedgerDoubt(TypedDict):
    """What a verification found."""

    kind: str
    answer: str
    sequence: int | None
    text: str


class Verification(TypedDict):
    """Whether the ledger verifies."""

    answer: str
    entries: int
    matching: int
    head: EndOfLedger | None
    doubts: list[LedgerDoubt]
    signed_by: str | None
    unsigned: bool
    recorded_by: dict[str, int]
