"""Evidence: the items that were taken in, their chain of custody, seals and legal holds.

All of it is read from records. The id of an item contains the number of its entry: `EV-12`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen, replace
from leakguard.ledger.erasure import ERASED
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.people import Signatory, by_source, may_be_one_person, signatory_of
from leakguard.models.records import KeptRecord, Record

ADDED, SEALED, UNSEALED, HANDED = "evidence_added", "evidence_sealed", "evidence_unsealed", "evidence_handed_over"
PUT_ON_HOLD, HOLD_RELEASED = "evidence_held", "evidence_released"
"""Acts of a legal hold; who *holds* an item is its `holder`."""
EXPORTED = "evidence_exported"
_MAY_BE_ABOUT_ALL = frozenset({PUT_ON_HOLD, HOLD_RELEASED, EXPORTED})
"""Without items, an act of these kinds is about the whole subject."""
KINDS = (ADDED, SEALED, UNSEALED, HANDED, PUT_ON_HOLD, HOLD_RELEASED, EXPORTED)
_ITEM_ID = re.compile(r"EV-([1-9][0-9]{0,17})")


class NewEvidence(Frozen):
    """A file that becomes evidence."""

    name: str
    sha256: str
    size: int
    by: str
    source: str = ""
    """Where it comes from, in words."""
    note: str = ""
    has_copy: bool = False
    """Whether a copy is kept beside the store, named by its hash."""


class CustodyEvent(Frozen):
    """One act in the chain of custody of an item."""

    kind: str
    at: datetime
    by: str
    by_source: str = ""
    """How the name in `by` was established, see `people.BySource`."""
    by_id: str = ""
    """The account id of the person who recorded it under this name."""
    text: str = ""
    """By `kind`: where the item came from (`ADDED`), the number of the seal (`SEALED`), the new holder (`HANDED`), the
    recipient (`EXPORTED`), or else the reason."""
    holder: str = ""
    """Who held it until then, by the records."""
    holder_signatory: Signatory | None = None
    """The account and name of `holder`; `None` after a hand-over, which records only the name."""

    @property
    def is_gap(self) -> bool:
        """Whether the giver of a hand-over is not the holder, so an earlier hand-over was not recorded.

        An erased name may be anybody's; then only the accounts of both can tell, if both are known.
        """
        giver = Signatory(name=self.by, actor=self.by_id, how=self.by_source)
        holder = self.holder_signatory or Signatory(name=self.holder)
        may_be_anybody = self._is_erased and not (giver.is_authenticated and holder.is_authenticated)
        return self.kind == HANDED and not may_be_anybody and not may_be_one_person(giver, holder)

    @property
    def differs_in_name(self) -> bool:
        """Whether giver and holder count as one person although their names differ by more than case and spaces.

        That is so if the names differ only in what `people.is_one_person` ignores, such as accents or the order of
        words, or if both have the same account.
        """
        is_other = not self._is_erased and _folded(self.by) != _folded(self.holder)
        return self.kind == HANDED and not self.is_gap and is_other

    @property
    def _is_erased(self) -> bool:
        return ERASED in {self.by, self.holder}


class EvidenceItem(Frozen):
    """A file that is evidence, with what the ledger says of it now."""

    id: str
    sequence: int
    incident: str
    name: str
    sha256: str
    size: int
    by: str
    source: str
    note: str
    has_copy: bool
    collected_at: datetime
    recorded_at: datetime
    seal: str = ""
    """The number of the seal; empty if it is not sealed."""
    holder: str = ""
    """Who holds it, by the records."""
    holder_signatory: Signatory | None = None
    """The account and name of `holder`; `None` after a hand-over, which records only the name."""
    custody: tuple[CustodyEvent, ...] = ()

    @property
    def is_erased(self) -> bool:
        """Whether its content was erased, and any kept copy with it."""
        return self.sha256 == ERASED


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def item_id(sequence: int) -> str:
    """`EV-12`."""
    return f"EV-{sequence}"


def item_sequence(identifier: str) -> int | None:
    """The entry that an item's id names; `None` when it is no such id."""
    found = _ITEM_ID.fullmatch(identifier)
    return int(found[1]) if found else None


def new_evidence_record(new: NewEvidence, *, at: Interval) -> Record:
    """The record of a file that becomes evidence; it happened when the file was collected."""
    content = {
        "name": new.name,
        "sha256": new.sha256,
        "size": new.size,
        "by": new.by,
        "source": new.source,
        "note": new.note,
        "is_kept": new.has_copy,
    }
    return Record(kind=ADDED, occurred_at=at, content=content)


def custody_record(kind: str, *, items: Iterable[str], by: str, text: str, now: datetime) -> Record:
    """The record of an act of custody; a hold, a release or an export without items is about the whole subject."""
    at = Interval(earliest=now, latest=now)
    return Record(kind=kind, occurred_at=at, content={"items": list(items), "by": by, "text": text})


def items_of(records: Iterable[KeptRecord]) -> tuple[EvidenceItem, ...]:
    """Every item with its custody, in the order in which they were taken in."""
    found: dict[str, EvidenceItem] = {}
    for record in records:
        if record.kind == ADDED and record.content:
            found[item_id(record.sequence)] = _item(record)
        elif record.kind in KINDS:
            for identifier in tuple(found) if _is_about_all(record) else _named(record.content):
                if identifier in found and found[identifier].incident == record.subject:
                    found[identifier] = _with_act(found[identifier], record)
    return tuple(found.values())


@dataclass(slots=True)
class Holds:
    """What is under legal hold."""

    subjects: dict[str, str] = field(default_factory=dict)
    """Whole incidents and runs, each with the reason."""
    items: dict[str, str] = field(default_factory=dict)
    """Items by their ids, each with the reason."""

    def take(self, record: KeptRecord) -> None:
        """Take the next record of the ledger."""
        names, reason = _named(record.content), str(record.content.get("text") or "")
        if record.kind == PUT_ON_HOLD and names:
            self.items |= dict.fromkeys(names, reason)
        elif record.kind == PUT_ON_HOLD:
            self.subjects[record.subject] = reason
        elif record.kind == HOLD_RELEASED and names:
            for name in names:
                self.items.pop(name, None)
        elif record.kind == HOLD_RELEASED and _is_about_all(record):
            self.subjects.pop(record.subject, None)


def holds_in(records: Iterable[KeptRecord]) -> Holds:
    """The holds that nobody has released."""
    holds = Holds()
    for record in records:
        holds.take(record)
    return holds


def item_to_json(item: EvidenceItem, holds: Holds) -> dict[str, Any]:
    """An item as `evidence list --items --format json` has it."""
    return {
        "id": item.id, "incident": item.incident, "name": item.name, "sha256": item.sha256, "size": item.size,
        "by": item.by, "source": item.source, "note": item.note, "is_kept": item.has_copy,
        "collected_at": to_z(item.collected_at), "recorded_at": to_z(item.recorded_at),
        "seal": item.seal or None, "holder": item.holder,
        "hold": holds.items.get(item.id) or holds.subjects.get(item.incident),
        "custody": [
            {
                "kind": event.kind, "at": to_z(event.at), "by": event.by, "by_source": event.by_source,
                "by_id": event.by_id or None, "text": event.text, "is_gap": event.is_gap,
            }
            for event in item.custody
        ],
    }  # fmt: skip


def _is_about_all(record: KeptRecord) -> bool:
    """Whether the act is about the whole subject; `False` if an older version of LeakGuard erased what tells it."""
    return record.kind in _MAY_BE_ABOUT_ALL and record.content.get("items") == []


def _named(content: Mapping[str, Any]) -> tuple[str, ...]:
    names = content.get("items")
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _item(record: KeptRecord) -> EvidenceItem:
    content, size = record.content, record.content.get("size")
    by, source = str(content.get("by") or ""), str(content.get("source") or "")
    sha256 = str(content.get("sha256") or "")
    return EvidenceItem(
        id=item_id(record.sequence), sequence=record.sequence, incident=record.subject,
        name=str(content.get("name") or ""), sha256=sha256,
        size=size if type(size) is int else 0, by=by, source=source, note=str(content.get("note") or ""),
        has_copy=bool(content.get("is_kept")) and sha256 != ERASED, holder=by, holder_signatory=signatory_of(content),
        collected_at=record.occurred_at.latest, recorded_at=record.recorded_at,
        custody=(
            CustodyEvent(
                kind=ADDED, at=record.occurred_at.latest, by=by, by_source=by_source(content),
                by_id=signatory_of(content).actor, text=source,
            ),
        ),
    )  # fmt: skip


def _with_act(item: EvidenceItem, record: KeptRecord) -> EvidenceItem:
    """The item after one more act of custody."""
    text = str(record.content.get("text") or "")
    by = str(record.content.get("by") or "")
    line = CustodyEvent(
        kind=record.kind, at=record.recorded_at, by=by, by_source=by_source(record.content),
        by_id=signatory_of(record.content).actor, text=text, holder=item.holder, holder_signatory=item.holder_signatory,
    )  # fmt: skip
    seal = {SEALED: text, UNSEALED: ""}.get(record.kind, item.seal)
    if record.kind == HANDED:
        item = replace(item, holder=text, holder_signatory=None)
    return replace(item, seal=seal, custody=(*item.custody, line))
