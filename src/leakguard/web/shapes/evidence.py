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
    recorded_by: dict[str, int]
