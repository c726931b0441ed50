"""Verifies the whole store with all that stands beside it, and lists its entries without their content."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from leakguard.errors import LeakGuardError, LedgerBroken
from leakguard.frozen import replace
from leakguard.ledger.custody import ADDED, item_id
from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.heads import Head, HeadFileContent
from leakguard.ledger.inventory import Inventory
from leakguard.ledger.kept_heads import Roots, kept_head_discrepancies, sizes_in
from leakguard.ledger.listed_rows import ListedRows, StoredRow
from leakguard.ledger.recorders import RecorderCounter
from leakguard.ledger.signed_heads import (
    ExternalHeads,
    SignedSince,
    Trust,
    common_signer_name,
    key_discrepancies,
    set_aside_discrepancies,
    signature_discrepancies,
)
from leakguard.ledger.stamps import HEAD_KEPT
from leakguard.ledger.stored_findings import StoredFinding
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind, Verification
from leakguard.ledger.verifier import verify
from leakguard.logs import log
from leakguard.mailing.sealing import SENT
from leakguard.models.bookmarks import NAME as BOOKMARK_NAME
from leakguard.models.bookmarks import Bookmark
from leakguard.models.deliveries import Delivery
from leakguard.use_cases.proofs.clock_doubts import clock_doubts
from leakguard.use_cases.proofs.sealed_letters import changed_deliveries

Row = TypeVar("Row")


class Standstill(Protocol):
    """One state of the store, exactly as stored."""

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of their sequence."""

    def of_kinds(self, kinds: Collection[str]) -> Iterator[Entry]:
        """The entries of some kinds."""

    def finding_items(self) -> Iterator[StoredFinding]:
        """All findings."""

    def once_keys(self) -> Iterator[tuple[str, int]]:
        """Keys of what may happen once only, and the entry that tells of each."""

    def sealed_deliveries(self) -> Iterator[Delivery]:
        """The letters that entries vouch for, entry by entry."""

    def listed_rows(self) -> Iterator[StoredRow]:
        """The rows that entries list by their digests."""

    def bookmarks(self) -> Iterator[tuple[str, Bookmark]]:
        """What spares a watch the folding of all runs, by name."""


PART = ".part-"
"""How the name of a copy begins while it is made."""


class KeptCopies(Protocol):
    """Copies of evidence beside the store."""

    def names(self) -> tuple[str, ...]:
        """What lies there, by name."""

    def has(self, sha256: str) -> bool:
        """Whether a copy lies there."""

    def is_whole(self, sha256: str) -> bool:
        """Whether it still is what its name says."""


class EvidenceStore(Protocol):
    """What a verification needs from the store."""

    def snapshot(self) -> AbstractContextManager[Standstill]:
        """One state of the store, however much others write meanwhile."""

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """The entries exactly as stored; of one subject, or of all."""

    def witnessed_head(self) -> Head | None:
        """The latest head that was kept in a second place."""

    def witnessed_heads(self) -> tuple[Head, ...]:
        """The heads in all second places."""

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        """What all second places hold, with signatures."""

    @property
    def keeps_heads(self) -> bool:
        """Whether there is any second place."""

    def unreadable_heads(self) -> tuple[Path, ...]:
        """Second places that hold no head that can be read."""

    def set_aside_heads(self) -> Mapping[str, HeadFileContent | None]:
        """Heads of stores that stood in this place before, by the names of their files."""

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file."""


def verify_store(
    store: EvidenceStore, *, copies: KeptCopies | None = None, printed: Sequence[Head] = (),
    trust: Trust | None = None, now: datetime | None = None,
) -> Verification:  # fmt: skip
    """Verify every entry, every finding, heads, kept copies, the end of the ledger and the file.

    `printed` are heads from letters and mails, `trust` is the key that has to have signed; `now` holds the clock of
    this machine against the last entry. Never raises for what it finds in the store.
    """
    doubts: list[Discrepancy] = []
    inventory, rows, since, recorders = Inventory(), ListedRows(), SignedSince(), RecorderCounter()
    external = store.kept_heads()
    signed = tuple(
        external_heads.content.signed.head for external_heads in external if external_heads.content.signed is not None
    )
    latest, others = store.witnessed_head(), (*store.witnessed_heads(), *signed, *printed)
    with store.snapshot() as frozen:
        heads = _contents(frozen, HEAD_KEPT, doubts)
        roots = Roots(sizes_in(heads.values()))
        entries = _readable(since.watch(inventory.watch(rows.watch(roots.watch(frozen.entries())))), doubts)
        found = verify(recorders.watch(entries), external=latest, others=others)
        doubts += found.discrepancies
        doubts += key_discrepancies(heads, external, trust)
        doubts += signature_discrepancies(external, since, trust, keeps_heads=store.keeps_heads)
        found_items = _readable(frozen.finding_items(), doubts)
        doubts += _readable(inventory.compare(found_items, lambda: _readable(frozen.entries(), [])), doubts)
        doubts += kept_head_discrepancies(heads.values(), roots)
        doubts += _copies(_contents(frozen, ADDED, doubts), copies)
        letters = _readable(frozen.sealed_deliveries(), doubts)
        doubts += changed_deliveries(letters, _contents(frozen, SENT, doubts), erased=_erased(frozen, SENT, doubts))
        doubts += rows.discrepancies(_readable(frozen.listed_rows(), doubts))
        doubts += _changed_bookmarks(frozen, doubts)
        doubts += clock_doubts(lambda: _readable(frozen.entries(), []), now)
        doubts += _wrong_keys(frozen, doubts)
    doubts += _beside_the_entries(store, trust)
    return _logged(replace(
        found, discrepancies=tuple(dict.fromkeys(doubts)), signed_by=common_signer_name(external, trust),
        is_unsigned=all(external_heads.content.signed is None for external_heads in external),
        recorder_counts=recorders.counts(),
    ))  # fmt: skip


def _beside_the_entries(store: EvidenceStore, trust: Trust | None) -> Iterator[Discrepancy]:
    """Damage of the file, and heads in second places that were set aside or cannot be read."""
    for line in _damage(store):
        yield Discrepancy(kind=DiscrepancyKind.DAMAGED_FILE, text=f"the file is damaged: {line}")
    yield from set_aside_discrepancies(store.set_aside_heads(), trust, lambda: _readable(store.entries(), []))
    for path in store.unreadable_heads():
        yield Discrepancy(kind=DiscrepancyKind.UNREADABLE_HEAD, text=_unreadable(path))


def _logged(whole: Verification) -> Verification:
    log.info(
        "evidence_verified", answer=whole.answer.value, count=whole.entry_count, doubt_count=len(whole.discrepancies)
    )
    return whole


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
            for doubt in found.discrepancies
        ],
        "signed_by": found.signed_by or None,
        "unsigned": found.is_unsigned,
        "recorded_by": {**found.recorder_counts.counts, "accounts": found.recorder_counts.account_count},
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


def _readable(rows: Iterator[Row], doubts: list[Discrepancy]) -> Iterator[Row]:
    """The rows up to the place where the file can no longer be read; that place becomes a doubt."""
    try:
        yield from rows
    except LedgerBroken:
        doubts.append(Discrepancy(kind=DiscrepancyKind.DAMAGED_FILE, text="the file cannot be read to its end"))


def _wrong_keys(frozen: Standstill, doubts: list[Discrepancy]) -> Iterator[Discrepancy]:
    """Keys under which something is kept once only, and that are not those of what is kept."""
    from leakguard.use_cases.proofs.once_keys import KEYED, wrong_keys  # noqa: PLC0415  (heads are kept without it)

    yield from wrong_keys(_readable(frozen.once_keys(), doubts), _readable(frozen.of_kinds(KEYED), doubts))


def _changed_bookmarks(frozen: Standstill, doubts: list[Discrepancy]) -> Iterator[Discrepancy]:
    """A watch does not believe such a one, and folds all runs; but somebody changed it."""
    from leakguard.use_cases.scans.bookmarks import KEPT as BOOKMARKED  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.bookmarks import is_vouched_for  # noqa: PLC0415  (as above)

    found = _readable(frozen.bookmarks(), doubts)
    contents = _contents(frozen, BOOKMARKED, doubts)
    for name, bookmark in found:
        if name != BOOKMARK_NAME or not is_vouched_for(bookmark, contents.get(bookmark.sequence, {})):
            text = "the bookmark of the watch is not the one that an entry tells of; no watch goes by it"
            yield Discrepancy(kind=DiscrepancyKind.CHANGED_BOOKMARK, text=text)


def _damage(store: EvidenceStore) -> tuple[str, ...]:
    try:
        return store.damage()
    except LedgerBroken:
        return ("not even the database's own check can read it",)


def _unreadable(path: Path) -> str:
    return f"the second place {path} holds no head that can be read"


def _contents(frozen: Standstill, kind: str, doubts: list[Discrepancy]) -> dict[int, Mapping[str, Any]]:
    """The contents of one kind that read as such; every other is a doubt of its entry, which is named elsewhere."""
    found: dict[int, Mapping[str, Any]] = {}
    for entry in _readable(frozen.of_kinds((kind,)), doubts):
        try:
            if entry.salt is not None:
                found[entry.sequence] = kept_record(entry).content
        except LedgerBroken:
            continue
    return found


def _erased(frozen: Standstill, kind: str, doubts: list[Discrepancy]) -> frozenset[int]:
    """The entries of one kind whose content was erased."""
    return frozenset(entry.sequence for entry in _readable(frozen.of_kinds((kind,)), doubts) if entry.salt is None)


def _copies(items: Mapping[int, Mapping[str, Any]], copies: KeptCopies | None) -> Iterator[Discrepancy]:
    """What is wrong with the copies that items say were kept, and which copies no item names."""
    if copies is None:
        return
    kept = {number: str(content.get("sha256")) for number, content in items.items() if content.get("is_kept")}
    named = {number: digest for number, digest in kept.items() if re.fullmatch(r"[0-9a-f]{64}", digest)}
    for number, digest in named.items():
        yield from _copy(item_id(number), number, digest, copies)
    for name in copies.names():
        if name not in named.values():
            text = f"the copy {name[:16]} belongs to no item of evidence"
            if name.startswith(PART):
                text = f"{name[:20]} is half a copy, left by an `evidence add` that was broken off"
                text += ": leakguard evidence scrub"
            yield Discrepancy(kind=DiscrepancyKind.STRAY_EVIDENCE, text=text)


def _copy(item: str, number: int, digest: str, copies: KeptCopies) -> Iterator[Discrepancy]:
    try:
        if not copies.has(digest):
            text, kind = f"the kept copy of {item} is gone", DiscrepancyKind.MISSING_EVIDENCE
        elif copies.is_whole(digest):
            return
        else:
            text, kind = f"the kept copy of {item} was changed", DiscrepancyKind.CHANGED_EVIDENCE
    except LeakGuardError:
        text, kind = f"the kept copy of {item} cannot be read", DiscrepancyKind.MISSING_EVIDENCE
    yield Discrepancy(kind=kind, sequence=number, text=text)
