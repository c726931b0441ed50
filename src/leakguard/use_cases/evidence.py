"""Verifies the whole store, and lists its entries without their content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry
from leakguard.ledger.heads import Head
from leakguard.ledger.items import Inventory, KeptItem
from leakguard.ledger.verification import Doubt, DoubtKind, Verification
from leakguard.ledger.verify import verify

Row = TypeVar("Row")


class Frozen(Protocol):
    """One state of the store, exactly as stored."""

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of their sequence."""

    def finding_items(self) -> Iterator[KeptItem]:
        """All findings."""


class EvidenceStore(Protocol):
    """What a verification needs from the store."""

    def snapshot(self) -> AbstractContextManager[Frozen]:
        """One state of the store, however much others write meanwhile."""

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """The entries exactly as stored; of one subject, or of all."""

    def witnessed_head(self) -> Head | None:
        """The head that was kept in a second place."""

    def set_aside_heads(self) -> tuple[Path, ...]:
        """Heads of stores that stood in this place before."""

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file."""


def verify_store(store: EvidenceStore) -> Verification:
    """Verify every entry, every finding, the end of the ledger and the file; never raises for what it finds there."""
    doubts: list[Doubt] = []
    inventory = Inventory()
    witnessed = store.witnessed_head()
    with store.snapshot() as frozen:
        found = verify(_readable(inventory.watch(frozen.entries()), doubts), witnessed=witnessed)
        doubts += found.doubts
        doubts += _readable(inventory.compare(_readable(frozen.finding_items(), doubts)), doubts)
    doubts += [Doubt(kind=DoubtKind.DAMAGED_FILE, text=f"the file is damaged: {line}") for line in _damage(store)]
    doubts += [Doubt(kind=DoubtKind.OLDER_HEAD, text=_older(path)) for path in store.set_aside_heads()]
    return replace(found, doubts=tuple(doubts))


def verification_to_json(found: Verification) -> dict[str, Any]:
    """The form of `evidence verify --format json`."""
    head = found.head
    return {
        "answer": found.answer.value,
        "entries": found.entry_count,
        "matching": found.matching_count,
        "head": {"sequence": head.sequence, "hash": head.hash, "recorded_at": head.recorded_at} if head else None,
        "doubts": [
            {"kind": doubt.kind.value, "answer": doubt.answer.value, "sequence": doubt.sequence, "text": doubt.text}
            for doubt in found.doubts
        ],
    }


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """An entry's manifest and hash; its content stays where it is."""
    return {
        "sequence": entry.sequence,
        "subject": entry.subject,
        "kind": entry.kind,
        "occurred_at": {"earliest": entry.occurred_earliest, "latest": entry.occurred_latest},
        "recorded_at": entry.recorded_at,
        "flags": entry.flags.split(),
        "content_sha256": entry.content_sha256,
        "is_content_kept": entry.content is not None,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _readable(rows: Iterator[Row], doubts: list[Doubt]) -> Iterator[Row]:
    """The rows up to the place where the file can no longer be read; that place becomes a doubt."""
    try:
        yield from rows
    except LedgerBroken:
        doubts.append(Doubt(kind=DoubtKind.DAMAGED_FILE, text="the file cannot be read to its end"))


def _damage(store: EvidenceStore) -> tuple[str, ...]:
    try:
        return store.damage()
    except LedgerBroken:
        return ("not even the database's own check can read it",)


def _older(path: Path) -> str:
    return f"another ledger stood in this place before: its head is kept as {path.name}"
