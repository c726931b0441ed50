"""The result of a verification: what matches, what does not, and what can no longer be verified."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from leakguard.frozen import Frozen, field
from leakguard.ledger.heads import Head
from leakguard.ledger.recorders import RecorderCounts


class Answer(StrEnum):
    """What a verification says.

    Three values: what cannot be verified, such as a ledger of which no head was kept, shows neither tampering nor
    integrity.
    """

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_VERIFIABLE = "not_verifiable"


class DiscrepancyKind(StrEnum):
    """What can be wrong with a ledger and what is stored beside it. The values are in JSON output."""

    GAP = "gap"
    """Entries are missing between two others."""
    OUT_OF_PLACE = "swap"
    """An entry is out of order, exchanged or added. Readers of the JSON know the value."""
    CHANGED_MANIFEST = "changed_manifest"
    """A manifest does not match the hash of its entry."""
    CHANGED_CONTENT = "changed_content"
    """Content or a tombstone does not match the hash that an entry states."""
    MISSING_CONTENT = "missing_content"
    """Content is gone, and no entry says that it was erased."""
    ERASED_CONTENT = "erased_content"
    """Content or a finding was erased on purpose, as an entry says."""
    WRONG_PREVIOUS = "wrong_previous"
    """An entry does not contain the hash of the preceding entry."""
    TIME_BACKWARDS = "time_backwards"
    """An entry was recorded earlier than the preceding entry."""
    TAIL_CUT = "tail_cut"
    """The ledger ends before an entry for which a head was kept."""
    HEAD_MISMATCH = "other_head"
    """An entry does not match a head that was kept for it."""
    NO_HEAD = "no_head"
    """There is no external head (see `heads`), so a cut tail would not show."""
    FOREIGN_HEAD = "older_head"
    """A second place held the head of another ledger; that head was set aside. Readers of the JSON know the value."""
    CHANGED_FINDING = "changed_finding"
    """A stored finding is not as its entry lists it."""
    MISSING_FINDING = "missing_finding"
    """A listed finding is gone from the store."""
    UNKNOWN_FINDING = "unknown_finding"
    """A stored finding is listed by no entry."""
    DAMAGED_FILE = "damaged_file"
    """The database file is damaged."""
    CHANGED_ROOT = "changed_root"
    """A head in the ledger does not match the entries as they are now."""
    WRONG_SIGNATURE = "wrong_signature"
    """The signature of a head is invalid, or by another key than the trusted one."""
    CHANGED_EVIDENCE = "changed_evidence"
    """The kept copy of an item does not match its hash."""
    MISSING_EVIDENCE = "missing_evidence"
    """The kept copy of an item is gone or cannot be read."""
    STRAY_EVIDENCE = "stray_evidence"
    """A kept copy belongs to no item of the ledger."""
    UNREADABLE_HEAD = "unreadable_head"
    """A head file cannot be read."""
    UNKNOWN_IDEMPOTENCY_KEY = "unknown_key"
    """The store holds an idempotency key, for example of a raised alert, that no entry records."""
    CHANGED_DELIVERY = "changed_delivery"
    """The letters that the store holds as sent do not match their entry."""
    CHANGED_BOOKMARK = "changed_bookmark"
    """A stored bookmark (see `models.bookmarks`) is not the one that an entry states."""
    MISSING_IDEMPOTENCY_KEY = "missing_key"
    """An entry records something that is done only once, and its idempotency key is gone from the store."""
    CHANGED_ROW = "changed_row"
    """A row is not as the ledger lists it."""
    UNKNOWN_ROW = "unknown_row"
    """A row is listed by no entry, or the listing began a second time."""
    MISSING_ROW = "missing_row"
    """A listed row is gone from the store."""
    NOT_COVERED = "not_covered"
    """Rows came from an earlier release, which listed none."""
    SIGNATURE_GONE = "signature_gone"
    """A head is unsigned, though the ledger or the key says that heads are signed."""
    UNSIGNED_HEAD = "unsigned_head"
    """A head is unsigned, made before signing was required."""
    UNSIGNED_ENTRIES = "unsigned_entries"
    """No signed head covers some entries."""
    UNNAMED_KEY = "unnamed_key"
    """A head is signed with a key that nobody named for this verification."""
    CHANGED_KEY = "changed_key"
    """Earlier heads were signed with another key than the current one."""
    WRONG_SYSTEM_TIME = "wrong_clock"
    """Two system times contradict each other, so one system clock was wrong; *clock* in the value is that clock."""
    CORRECTED_SYSTEM_TIME = "mended_clock"
    """A system clock was wrong, and an entry corrects the times that it gave."""


_NOT_VERIFIABLE = frozenset(
    {
        DiscrepancyKind.NO_HEAD,
        DiscrepancyKind.FOREIGN_HEAD,
        DiscrepancyKind.UNREADABLE_HEAD,
        DiscrepancyKind.MISSING_EVIDENCE,
        DiscrepancyKind.STRAY_EVIDENCE,
        DiscrepancyKind.NOT_COVERED,
        DiscrepancyKind.UNSIGNED_HEAD,
        DiscrepancyKind.UNSIGNED_ENTRIES,
        DiscrepancyKind.UNNAMED_KEY,
        DiscrepancyKind.CHANGED_KEY,
        DiscrepancyKind.WRONG_SYSTEM_TIME,
    }
)
_SETTLED = frozenset({DiscrepancyKind.ERASED_CONTENT, DiscrepancyKind.CORRECTED_SYSTEM_TIME})
"""What the ledger itself explains: an entry says who erased or corrected it and why, and the chain is intact."""


class Discrepancy(Frozen):
    """One thing that does not match, that cannot be verified, or that the ledger itself explains: see `_SETTLED`."""

    kind: DiscrepancyKind
    text: str
    """A sentence without its full stop that names the place, and never shows content."""
    sequence: int | None = None
    """The entry that it is about, if it is about one."""

    @property
    def answer(self) -> Answer:
        """`MATCH` if the ledger explains it, `NOT_VERIFIABLE` if it proves nothing, else `MISMATCH`."""
        if self.kind in _SETTLED:
            return Answer.MATCH
        return Answer.NOT_VERIFIABLE if self.kind in _NOT_VERIFIABLE else Answer.MISMATCH


class Verification(Frozen):
    """What a verification found."""

    entry_count: int
    matching_count: int
    """Entries about which there is no discrepancy of any kind."""
    head: Head | None
    """The head of the ledger as it was read, to be kept elsewhere."""
    discrepancies: tuple[Discrepancy, ...] = ()
    signed_by: str = ""
    """The trusted key, such as `leakguard 006a558e`, if it signed every external head; else empty."""
    is_unsigned: bool = False
    """Whether no external head is signed."""
    recorder_counts: RecorderCounts = field(default_factory=RecorderCounts)
    """How many entries were recorded by authenticated persons."""

    @property
    def answer(self) -> Answer:
        """A mismatch anywhere outweighs everything else."""
        return overall(discrepancy.answer for discrepancy in self.discrepancies)


def overall(answers: Iterable[Answer]) -> Answer:
    """The worst of several answers; a match when there are none."""
    found = set(answers)
    for answer in (Answer.MISMATCH, Answer.NOT_VERIFIABLE):
        if answer in found:
            return answer
    return Answer.MATCH
