"""Verification: reads every entry once, in order, and reports every discrepancy with its place.

It finds changed, missing, added and exchanged entries, changed and missing content, and times that go backwards; with a
head that was kept elsewhere, also a tail that was cut off.
It cannot find a ledger that was rewritten as a whole, together with every head that anybody kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from leakguard.ledger.entries import CONTENT_ERASED, GENESIS, Entry
from leakguard.ledger.entry_checks import content_matches, digest_or_sentinel, fits, hash_or_none
from leakguard.ledger.erasure import StatedErasure, stated_erasures_in
from leakguard.ledger.heads import Head, head_of
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind, Verification
from leakguard.models.moments import from_z

MOST_SWAPS = 200
"""For at most this many changed entries it searches the entry with which each was exchanged."""


def verify(entries: Iterable[Entry], *, external: Head | None, others: Sequence[Head] = ()) -> Verification:
    """Verify entries in the order in which they are stored.

    `external` is the latest external head (see `heads`), `others` are more heads that a person has.
    """
    reader = _Verifier((*([external] if external else []), *others))
    for entry in entries:
        reader.take(entry)
    return reader.finish()


class _Verifier:
    """Takes entry by entry; its memory grows with the discrepancies and erased entries, not with the ledger."""

    def __init__(self, external: Sequence[Head]) -> None:
        self._external = tuple(dict.fromkeys(external))
        self._awaited = {head.sequence for head in self._external}
        self._found: dict[int, str] = {}
        self._count = 0
        self._last: Entry | None = None
        self._last_at: datetime | None = None
        self._discrepancies: list[Discrepancy] = []
        self._changed: list[Entry] = []
        self._contentless: list[tuple[int, str | None]] = []
        self._erased: dict[int, StatedErasure] = {}

    def take(self, entry: Entry) -> None:
        self._count += 1
        if entry.sequence < 1:
            text = f"entry {entry.sequence} was added: entries are numbered from 1"
            self._add(DiscrepancyKind.OUT_OF_PLACE, entry.sequence, text)
            return
        self._place(entry)
        self._manifest(entry)
        self._content(entry)
        self._time(entry)
        if entry.sequence in self._awaited:
            self._found[entry.sequence] = entry.hash
        self._last = entry

    def finish(self) -> Verification:
        self._name_swaps()
        self._name_contentless()
        self._head()
        affected = {discrepancy.sequence for discrepancy in self._discrepancies if discrepancy.sequence is not None}
        # A discrepancy about a head whose entry is missing concerns no entry that was counted.
        affected -= self._awaited - self._found.keys()
        return Verification(
            entry_count=self._count,
            matching_count=max(0, self._count - len(affected)),
            head=head_of(self._last) if self._last else None,
            discrepancies=tuple(sorted(self._discrepancies, key=_place_of)),
        )

    def _add(self, kind: DiscrepancyKind, sequence: int | None, text: str) -> None:
        self._discrepancies.append(Discrepancy(kind=kind, sequence=sequence, text=text))

    def _place(self, entry: Entry) -> None:
        """Check that number and previous hash follow from the entry before; a missing entry is reported once."""
        before = self._last.sequence if self._last else 0
        number = entry.sequence
        if number <= before:
            self._add(DiscrepancyKind.OUT_OF_PLACE, number, f"entry {number} comes after entry {before}, out of order")
        elif number > before + 1:
            gone = f"entry {before + 1} is" if number == before + 2 else f"entries {before + 1} to {number - 1} are"
            self._add(DiscrepancyKind.GAP, number, f"{gone} missing before entry {number}")
        elif entry.previous != (self._last.hash if self._last else GENESIS):
            self._add(
                DiscrepancyKind.WRONG_PREVIOUS, number, f"entry {number} does not follow from the entry before it"
            )

    def _manifest(self, entry: Entry) -> None:
        if hash_or_none(entry) != entry.hash:
            self._changed.append(entry)

    def _content(self, entry: Entry) -> None:
        if entry.content is None or entry.salt is None:
            self._contentless.append((entry.sequence, digest_or_sentinel(entry.content)))
            return
        if not content_matches(entry.salt, entry.content, entry.content_sha256):
            self._add(
                DiscrepancyKind.CHANGED_CONTENT, entry.sequence, f"the content of entry {entry.sequence} was changed"
            )
        elif entry.kind == CONTENT_ERASED:
            erasures = stated_erasures_in(entry.content)[0]
            self._erased |= {erasure.sequence: erasure for erasure in erasures if erasure.sequence < entry.sequence}

    def _time(self, entry: Entry) -> None:
        """Check that `recorded_at` is not before that of the entry before; skip a time that is unreadable.

        An unreadable time changes the manifest, which `_manifest` reports.
        """
        try:
            at = from_z(entry.recorded_at)
        except ValueError:
            return
        if self._last_at is not None and at < self._last_at:
            self._add(
                DiscrepancyKind.TIME_BACKWARDS,
                entry.sequence,
                f"entry {entry.sequence} has an earlier recording time than the entry before it",
            )
        self._last_at = at

    def _name_swaps(self) -> None:
        """Report changed entries: as exchanged, if the hash is right with the number of another changed entry."""
        numbers = {entry.sequence for entry in self._changed[:MOST_SWAPS]}
        for entry in self._changed:
            number = entry.sequence
            own = next((other for other in numbers if fits(entry, other)), None) if number in numbers else None
            if own is None:
                self._add(DiscrepancyKind.CHANGED_MANIFEST, number, f"entry {number} was changed")
            else:
                self._add(DiscrepancyKind.OUT_OF_PLACE, number, f"entry {own} is where entry {number} should be")

    def _name_contentless(self) -> None:
        for number, left in self._contentless:
            erasure = self._erased.get(number)
            if erasure is None or (left is None and erasure.tombstone is not None):
                text = f"the content of entry {number} is gone, and no entry says that it was erased"
                self._add(DiscrepancyKind.MISSING_CONTENT, number, text)
            elif left != erasure.tombstone:
                text = f"what was left of the erased entry {number} was changed"
                self._add(DiscrepancyKind.CHANGED_CONTENT, number, text)
            else:
                text = erased_text(f"the content of entry {number}", erasure)
                self._add(DiscrepancyKind.ERASED_CONTENT, number, text)

    def _head(self) -> None:
        if not self._external and self._count:
            text = "no head was kept in a second place, so nobody can tell whether the end was cut off"
            self._add(DiscrepancyKind.NO_HEAD, None, text)
        last = self._last.sequence if self._last else 0
        cut = [head.sequence for head in self._external if head.sequence > last]
        if cut:
            end = f"the ledger ends with entry {last}" if last else "the ledger is empty"
            text = f"the end was cut off: a kept head shows that entry {max(cut)} existed, but {end}"
            self._add(DiscrepancyKind.TAIL_CUT, None, text)
        for head in self._external:
            if head.sequence <= last and not self._found.get(head.sequence, "").startswith(head.hash):
                text = f"entry {head.sequence} does not match a head that was kept for it"
                self._add(DiscrepancyKind.HEAD_MISMATCH, head.sequence, text)


def erased_text(what: str, erasure: StatedErasure) -> str:
    """`the content of entry 3 was erased on purpose by dpo: erasure request`."""
    by = f" by {erasure.by}" if erasure.by else ", as a later entry says"
    return f"{what} was erased on purpose{by}" + (f": {erasure.reason}" if erasure.reason else "")


def _place_of(discrepancy: Discrepancy) -> tuple[bool, int]:
    return discrepancy.sequence is None, discrepancy.sequence or 0
