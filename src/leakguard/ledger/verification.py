"""The answer of a verification: what matches, what does not, and what nobody can tell any more."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from leakguard.frozen import Frozen, field
from leakguard.ledger.heads import Head
from leakguard.ledger.recorders import Recorded


class Answer(StrEnum):
    """Three values, because something missing proves no tampering, and something unprovable is no proof of health."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_VERIFIABLE = "not_verifiable"


class DoubtKind(StrEnum):
    """What can be wrong with a ledger and the things beside it."""

    GAP = "gap"
    SWAP = "swap"
    CHANGED_MANIFEST = "changed_manifest"
    CHANGED_CONTENT = "changed_content"
    MISSING_CONTENT = "missing_content"
    ERASED_CONTENT = "erased_content"
    WRONG_PREVIOUS = "wrong_previous"
    TIME_BACKWARDS = "time_backwards"
    TAIL_CUT = "tail_cut"
    OTHER_HEAD = "other_head"
    NO_HEAD = "no_head"
    OLDER_HEAD = "older_head"
    CHANGED_FINDING = "changed_finding"
    MISSING_FINDING = "missing_finding"
    UNKNOWN_FINDING = "unknown_finding"
    DAMAGED_FILE = "damaged_file"
    CHANGED_ROOT = "changed_root"
    WRONG_SIGNATURE = "wrong_signature"
    CHANGED_EVIDENCE = "changed_evidence"
    MISSING_EVIDENCE = "missing_evidence"
    STRAY_EVIDENCE = "stray_evidence"
    UNREADABLE_HEAD = "unreadable_head"
    UNKNOWN_KEY = "unknown_key"
    CHANGED_DELIVERY = "changed_delivery"
    CHANGED_BOOKMARK = "changed_bookmark"
    MISSING_KEY = "missing_key"
    CHANGED_ROW = "changed_row"
    UNKNOWN_ROW = "unknown_row"
    MISSING_ROW = "missing_row"
    NOT_COVERED = "not_covered"
    SIGNATURE_GONE = "signature_gone"
    UNSIGNED_HEAD = "unsigned_head"
    UNSIGNED_ENTRIES = "unsigned_entries"
    UNNAMED_KEY = "unnamed_key"
    CHANGED_KEY = "changed_key"
    WRONG_CLOCK = "wrong_clock"
    MENDED_CLOCK = "mended_clock"


_NOT_VERIFIABLE = frozenset(
    {
        DoubtKind.NO_HEAD, DoubtKind.OLDER_HEAD, DoubtKind.UNREADABLE_HEAD, DoubtKind.MISSING_EVIDENCE,
        DoubtKind.STRAY_EVIDENCE, DoubtKind.NOT_COVERED, DoubtKind.UNSIGNED_HEAD, DoubtKind.UNSIGNED_ENTRIES,
        DoubtKind.UNNAMED_KEY, DoubtKind.CHANGED_KEY, DoubtKind.WRONG_CLOCK,
    }
)  # fmt: skip
_SETTLED = frozenset({DoubtKind.ERASED_CONTENT, DoubtKind.MENDED_CLOCK})
"""What the ledger itself accounts for: an entry says who erased or mended it and why, and the chain holds."""


class Doubt(Frozen):
    """One thing that does not match, that cannot be verified, or that was erased on purpose."""

    kind: DoubtKind
    text: str
    """A sentence that names the place; never the content."""
    sequence: int | None = None
    """The entry it is about, where it is about one."""

    @property
    def answer(self) -> Answer:
        """Whether this is a mismatch, merely not verifiable, or settled by the ledger itself."""
        if self.kind in _SETTLED:
            return Answer.MATCH
        return Answer.NOT_VERIFIABLE if self.kind in _NOT_VERIFIABLE else Answer.MISMATCH


class Verification(Frozen):
    """What a verification found."""

    entry_count: int
    matching_count: int
    """Entries about which there is no doubt of any kind."""
    head: Head | None
    """Where the ledger stands, as read; the value to keep elsewhere."""
    doubts: tuple[Doubt, ...] = ()
    signed_by: str = ""
    """The key that has signed every head, such as `leakguard 006a558e`; empty where it has not, or was not named."""
    is_unsigned: bool = False
    """Whether no head in any second place bears a signature."""
    recorded: Recorded = field(default_factory=Recorded)
    """Who recorded the entries."""

    @property
    def answer(self) -> Answer:
        """A mismatch anywhere outweighs everything else."""
        return overall(doubt.answer for doubt in self.doubts)


def overall(answers: Iterable[Answer]) -> Answer:
    """The worst of several answers; a match when there are none."""
    found = set(answers)
    for answer in (Answer.MISMATCH, Answer.NOT_VERIFIABLE):
        if answer in found:
            return answer
    return Answer.MATCH
