"""Evidence, its custody and what a verification found, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.ledger.custody import HANDED, CustodyEvent, EvidenceItem, Holds
from leakguard.ledger.heads import print_form
from leakguard.ledger.recorders import UNKNOWN
from leakguard.ledger.verification_result import Answer, DiscrepancyKind, Verification
from leakguard.models.moments import to_z
from leakguard.models.people import who_text
from leakguard.outputs.words import printable
from leakguard.use_cases.proofs.evidence import entry_to_json

if TYPE_CHECKING:
    from leakguard.ledger.keys import SigningKey
    from leakguard.use_cases.proofs.evidence_heads import NotedHead
    from leakguard.use_cases.proofs.ledger_view import ErasureNote, HeadKept, LedgerPage

_VERBS = {
    "evidence_added": "taken in", "evidence_sealed": "sealed", "evidence_unsealed": "seal broken",
    "evidence_handed_over": "handed over", "evidence_held": "put under legal hold",
    "evidence_released": "released from legal hold", "evidence_exported": "exported",
}  # fmt: skip


def item_line(item: EvidenceItem, holds: Holds) -> str:
    """`EV-3  IR-2026-0001  access.log  1,024 bytes  sha256 ...  sealed (S-17)  under legal hold`."""
    marks = [f"sealed ({item.seal})"] if item.seal else []
    marks += ["under legal hold"] if item.id in holds.items or item.incident in holds.subjects else []
    marks += ["copy kept"] if item.has_copy else []
    file = ["size and hash erased"] if item.is_erased else [f"{item.size:,} bytes", f"sha256 {item.sha256}"]
    cells = [item.id, item.incident, item.name, *file, *marks]
    return "  ".join(printable(cell) for cell in cells)


def custody_lines(item: EvidenceItem) -> Iterator[str]:
    """One line an act of custody."""
    for event in item.custody:
        joint = " to " if event.kind == HANDED else ": "
        words = f"{to_z(event.at)}  {_VERBS[event.kind]} by {who_text(event.by, event.by_source)}" + (
            f"{joint}{event.text}" if event.text else ""
        )
        yield f"    {printable(words)}" + (f"  ({printable(remark)})" if (remark := remark_words(event)) else "")


def remark_words(act: CustodyEvent) -> str:
    """A gap, or two names that were taken for one person; empty where nobody has to look."""
    if act.differs_in_name:
        return f"taken for one person: `{act.holder}` and `{act.by}`"
    return gap_words(act) if act.is_gap else ""


def gap_words(act: CustodyEvent) -> str:
    """What an auditor asks about: in whose hands it was by the records."""
    return f"a gap: until then it was with {act.holder}"


_MOST_LINES = 200
_WORDS = {
    Answer.MATCH: "The ledger verifies",
    Answer.NOT_VERIFIABLE: "Nothing contradicts the ledger, but not everything can be verified",
    Answer.MISMATCH: "THE LEDGER DOES NOT VERIFY",
}


def _signed(found: Verification) -> str:
    """Whether a key vouches for the heads; where a signature is in doubt, the doubt tells."""
    if found.signed_by:
        return f" Signed by {printable(found.signed_by)}."
    is_plain = found.answer is Answer.MATCH and found.is_unsigned
    return " No head is signed: leakguard evidence key init" if is_plain else ""


def _recorded(found: Verification) -> Iterator[str]:
    """How many records an account stands behind, in a store in which anybody ever logged in."""
    recorders = found.recorder_counts
    if recorders.authenticated_count:
        accounts = "1 account" if recorders.account_count == 1 else f"{recorders.account_count:,} accounts"
        others = f"{recorders.other_count:,} by names that nobody authenticated"
        unknown = recorders.counts.get(UNKNOWN, 0)
        more = f", {unknown:,} do not say" if unknown else ""
        yield f"Recorded: {recorders.authenticated_count:,} by {accounts} that logged in, {others}{more}."


def verification_lines(found: Verification) -> Iterator[str]:
    """The answer first, then each doubt, and the head of the ledger last."""
    noun = "entry" if found.entry_count == 1 else "entries"
    matching = f"{found.matching_count:,} without any doubt."
    yield f"{_WORDS[found.answer]}: {found.entry_count:,} {noun}, {matching}{_signed(found)}"
    for doubt in found.discrepancies[:_MOST_LINES]:
        settled = "mended" if doubt.kind is DiscrepancyKind.CORRECTED_SYSTEM_TIME else "erased"
        word = settled if doubt.answer is Answer.MATCH else doubt.answer.value.replace("_", " ")
        yield f"  {word:<14}  {printable(doubt.text)}"
    if len(found.discrepancies) > _MOST_LINES:
        yield f"  and {len(found.discrepancies) - _MOST_LINES:,} more; --format json prints all"
    yield from _recorded(found)
    if found.head is not None:
        yield f"head {found.head.sequence} {printable(found.head.hash)}"


def latest_json(page: LedgerPage) -> dict[str, Any]:
    """A page of the ledger, the latest entry first."""
    shown = [
        {**entry_to_json(entry.entry), "by": entry.by.name or None, "by_id": entry.by.actor or None}
        for entry in page.entries
    ]
    return {"entries": shown, "before": page.before}


def heads_json(
    heads: Sequence[HeadKept], places: Sequence[tuple[str, str, str]], key: SigningKey | None
) -> dict[str, Any]:
    """Heads that were kept, and what second places hold now."""
    return {
        "key": f"{key.name} {key.public.id.hex()}" if key is not None else None,
        "places": [{"place": place, "short": short, "signed_by": by or None} for place, short, by in places],
        "heads": [
            {
                "entry": head.number, "size": head.size, "short": head.short, "at": head.at,
                "signed_by": head.signed_by or None,
                "places": [{"place": place, "failure": failure or None} for place, failure in head.places],
                "stamps": [{"at": at, "authority": authority} for at, authority in head.stamps],
            }
            for head in heads
        ],
    }  # fmt: skip


def erasure_json(erasure: ErasureNote) -> dict[str, Any]:
    """One erasure."""
    return {
        "entry": erasure.number, "at": erasure.at, "subject": erasure.subject, "entries": list(erasure.entries),
        "findings": list(erasure.findings), "by": erasure.by, "reason": erasure.reason,
    }  # fmt: skip


def head_json(made: NotedHead, key: SigningKey | None) -> dict[str, Any]:
    """Where the ledger stands, as plain values; `note` is the signed note, or the head as text."""
    head = made.head
    return {
        "size": head.size, "root": head.root.hex(), "hash": head.hash, "recorded_at": head.recorded_at,
        "short": print_form(head.head), "signed_by": key.public.text if key else None, "note": made.note,
    }  # fmt: skip
