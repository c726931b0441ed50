"""What rules rest on: the parts of one, all of them ranked by how weak their sources are, and how many rest on what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.models.texts import counted
from leakguard.notices.assess import sourced
from leakguard.notices.duties import Duty
from leakguard.notices.provenance import Counts, Provenance, parts_of
from leakguard.outputs.lengths import amount_length
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.letters.look_up_duties import RankedRules

_COLUMNS = (
    Column(heading="ID", is_whole=True), Column(heading="LIMIT", gives_way=1), Column(heading="SOURCE", gives_way=2),
    Column(heading="WEAK BECAUSE", gives_way=4), Column(heading="TRIED", gives_way=3),
)  # fmt: skip
_NOT_TRIED = "not written down"
_LONGEST = 300


def provenance_lines(duty: Duty) -> Iterator[str]:
    """What single parts of a rule rest on, where that is not its source, and who reviewed it."""
    parts = parts_of(duty)
    memory = [part.part.replace("_", " ") for part in parts if part.source is None]
    if memory and duty.confidence == "sourced":
        yield f"from memory, read in no source: {', '.join(memory)}"
    for part in parts:
        if part.source is not None:
            url = printable(part.source.url, longest=_LONGEST)
            yield f"{part.part.replace('_', ' ')} ({part.source.kind}, read on {part.source.on}): {url}"
    yield from review_lines(duty)


def review_lines(duty: Duty) -> Iterator[str]:
    """The review of the organisation's own lawyer, with what became of the rule since."""
    review = duty.reviewed
    if review is None:
        return
    note = f": {printable(review.note, longest=_LONGEST)}" if review.note else ""
    yield f"reviewed by {printable(review.by, longest=_LONGEST)} on {review.on}{note}"
    if duty.is_changed_since_review:
        yield f"the rule was checked again on {duty.verified_on}, after that review: have it reviewed again"


def tried_lines(duty: Duty) -> Iterator[str]:
    """How the law itself was searched for."""
    if duty.tried:
        yield f"tried: {printable(duty.tried, longest=2 * _LONGEST)}"


def sources_table(found: Sequence[Provenance]) -> Table:
    """A row a rule, in the order given."""
    return Table(columns=_COLUMNS, rows=tuple(_row(provenance) for provenance in found))


def _row(provenance: Provenance) -> tuple[str, ...]:
    weak = ", ".join(why.words for why in provenance.weak) or "-"
    tried = _NOT_TRIED if provenance.lacks_tried else provenance.duty.tried or "-"
    return provenance.duty.id, _limit(provenance), provenance.duty.source_kind, weak, tried


def _limit(provenance: Provenance) -> str:
    """The shortest limit of the duty in its own unit: days of a calendar are no hours, and no day is the same day."""
    return amount_length(provenance.shortest) if provenance.shortest is not None else "none set"


def counts_lines(counts: Counts) -> Iterator[str]:
    """How many rules rest on what, a line each."""
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in counts.by_kind.items())
    why = ", ".join(f"{weakness.words} {number:,}" for weakness, number in counts.by_weakness.items())
    yield f"{counted(counts.duties, 'duty', 'duties')} by kind of source: {kinds}"
    yield f"with weak sources: {counts.weak:,} ({why}; a duty may count more than once)"
    yield f"of those without the law or an office's page, what was tried is not written down: {counts.without_tried:,}"
    yield f"what the law was before: {counts.earlier_texts:,} texts, {counts.earlier_read:,} of them read in a source"


def sources_json(found: RankedRules) -> dict[str, Any]:
    """The ranking and the counts as plain values."""
    return {
        "counts": _counts_json(found.counts),
        "duties": [_provenance_json(provenance) for provenance in found.shown],
    }


def _counts_json(counts: Counts) -> dict[str, Any]:
    return {
        "duties": counts.duties,
        "by_kind": dict(counts.by_kind),
        "by_confidence": dict(counts.by_confidence),
        "by_weakness": {weakness.value: number for weakness, number in counts.by_weakness.items()},
        "weak": counts.weak,
        "without_tried": counts.without_tried,
        "earlier_texts": counts.earlier_texts,
        "earlier_read": counts.earlier_read,
    }


def _provenance_json(provenance: Provenance) -> dict[str, Any]:
    return {
        "id": provenance.duty.id,
        "status": provenance.duty.status,
        "hours": provenance.hours,
        "limit": _limit(provenance),
        "weak": [why.value for why in provenance.weak],
        "tried_missing": provenance.lacks_tried,
        **sourced(provenance.duty),
    }
