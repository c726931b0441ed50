"""The ledger as a person browses it: the latest entries with who recorded each, heads with their proofs, erasures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.entries import CONTENT_ERASED, Entry, kept_record
from leakguard.ledger.heads import Head, print_form
from leakguard.ledger.keys import parse_public_key
from leakguard.ledger.notes import parse_tree_head, text_of
from leakguard.ledger.signed_heads import ExternalHeads
from leakguard.ledger.stamps import HEAD_KEPT, HEAD_STAMPED
from leakguard.models.comments import is_privileged
from leakguard.models.people import Signatory, is_one_person, recorded_by
from leakguard.models.records import KeptRecord

MOST_SEEN = 5_000
"""Entries that one page looks through for those of a person."""
MOST_HEADS = 50
_PIECE = 500


class ViewedStore(Protocol):
    """What is browsed."""

    def latest_entries(
        self, *, subject: str | None = None, kind: str | None = None, before: int = 2**53, limit: int = 100
    ) -> tuple[Entry, ...]:
        """The last entries in front of `before`, the latest first."""

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records of these kinds alone."""

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        """What all second places hold, with signatures."""


class LedgerQuery(Frozen):
    """Which entries."""

    subject: str | None = None
    kind: str | None = None
    person: str | None = None
    """A name, or the id of an account."""
    before: int = 2**53
    limit: int = 50


class AttributedEntry(Frozen):
    """One entry, and who recorded it."""

    entry: Entry
    by: Signatory
    """Its name is empty where nobody was asked, and where the entry is privileged."""


class LedgerPage(Frozen):
    """A page, the latest entry first."""

    entries: tuple[AttributedEntry, ...]
    before: int | None
    """Of the page behind it; `None` where there is none."""


class HeadKept(Frozen):
    """A head of the ledger that was kept, with what vouches for it."""

    number: int
    """Of the entry that tells of it."""
    at: str
    size: int
    short: str
    signed_by: str
    """The name of the key; empty without one."""
    places: tuple[tuple[str, str], ...]
    """Each second place that was told on demand, and why it failed; empty where it did not."""
    stamps: tuple[tuple[str, str], ...]
    """Time stamps over it: when, and by which authority."""


class ErasureNote(Frozen):
    """What was erased, by whom and why."""

    number: int
    at: str
    subject: str
    entries: tuple[int, ...]
    findings: tuple[str, ...]
    by: str
    reason: str


def latest(store: ViewedStore, wanted: LedgerQuery) -> LedgerPage:
    """The latest entries; for a person at most `MOST_SEEN` are looked through, and the next page goes on from there."""
    found: list[AttributedEntry] = []
    before, looked = wanted.before, 0
    while looked < MOST_SEEN:
        piece = wanted.limit + 1 if wanted.person is None else _PIECE
        entries = store.latest_entries(subject=wanted.subject, kind=wanted.kind, before=before, limit=piece)
        for entry in map(_seen, entries):
            if wanted.person is not None and not _is_by(entry.by, wanted.person):
                before, looked = entry.entry.sequence, looked + 1
                continue
            if len(found) == wanted.limit:
                return LedgerPage(entries=tuple(found), before=found[-1].entry.sequence)
            found.append(entry)
            before, looked = entry.entry.sequence, looked + 1
        if len(entries) < piece:
            return LedgerPage(entries=tuple(found), before=None)
    return LedgerPage(entries=tuple(found), before=before)


def kept_heads(store: ViewedStore) -> tuple[HeadKept, ...]:
    """The heads that were kept, the latest first, at most `MOST_HEADS`."""
    stamps: dict[object, list[tuple[str, str]]] = {}
    for record in store.of_kinds((HEAD_STAMPED,)):
        stamp = (str(record.content.get("at") or ""), str(record.content.get("authority") or ""))
        stamps.setdefault(record.content.get("size"), []).append(stamp)
    records = list(store.of_kinds((HEAD_KEPT,)))[-MOST_HEADS:]
    return tuple(head_kept for record in reversed(records) if (head_kept := _head(record, stamps)) is not None)


def erasures(store: ViewedStore) -> tuple[ErasureNote, ...]:
    """Every erasure, the latest first."""
    return tuple(map(_erased, reversed(list(store.of_kinds((CONTENT_ERASED,))))))


def placed_words(external: Sequence[ExternalHeads]) -> tuple[tuple[str, str, str], ...]:
    """Each second place: which, up to where it vouches, and whose key signed; empty for an unsigned one."""
    found = []
    for heads in external:
        signed = heads.content.signed
        signer = signed.signer.name if signed is not None and signed.signer is not None else ""
        found.append((heads.place, print_form(signed.head if signed is not None else heads.content.latest), signer))
    return tuple(found)


def _seen(entry: Entry) -> AttributedEntry:
    if entry.salt is None or is_privileged(entry.subject):
        return AttributedEntry(entry=entry, by=Signatory(name=""))
    try:
        content: Mapping[str, Any] = kept_record(entry).content
    except LedgerBroken:
        return AttributedEntry(entry=entry, by=Signatory(name=""))
    by = recorded_by(content)
    return AttributedEntry(entry=entry, by=by if by.name else Signatory(name=str(content.get("by") or "")))


def _is_by(who: Signatory, word: str) -> bool:
    return bool(who.name) and (word == who.actor or is_one_person(word, who.name))


def _head(record: KeptRecord, stamps: Mapping[object, list[tuple[str, str]]]) -> HeadKept | None:
    content = record.content
    head = parse_tree_head(text_of(str(content.get("note") or "")))
    if head is None:
        return None
    key = parse_public_key(str(content.get("key") or "")) if content.get("key") else None
    places = content.get("places")
    mappings = [place for place in places if isinstance(place, Mapping)] if isinstance(places, list) else []
    printed = Head(sequence=head.size, hash=head.hash, recorded_at=head.recorded_at)
    return HeadKept(
        number=record.sequence, at=head.recorded_at, size=head.size, short=print_form(printed),
        signed_by=key.name if key is not None else "",
        places=tuple((str(mapping.get("place") or ""), str(mapping.get("failure") or "")) for mapping in mappings),
        stamps=tuple(stamps.get(head.size, ())),
    )  # fmt: skip


def _erased(record: KeptRecord) -> ErasureNote:
    content = record.content
    numbers, findings = content.get("sequences"), content.get("findings")
    return ErasureNote(
        number=record.sequence, at=record.occurred_at.latest.isoformat().replace("+00:00", "Z"),
        subject=record.subject,
        entries=tuple(number for number in numbers if isinstance(number, int)) if isinstance(numbers, list) else (),
        findings=tuple(map(str, findings)) if isinstance(findings, list) else (),
        by=str(content.get("by") or ""), reason=str(content.get("reason") or ""),
    )  # fmt: skip
