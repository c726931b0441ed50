"""What an edited letter brought: the changed passages, and the approvals that no longer hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.mailing.approvals import Proposal
from leakguard.outputs.sending import SHORT
from leakguard.use_cases.letters.approve_notice import names_of
from leakguard.use_cases.letters.import_letter import ImportedLetter


def imported_lines(found: ImportedLetter, lost: Proposal | None, output: str | None) -> Iterator[str]:
    """Each passage with what it said and says; then what to do next."""
    if not found.passages:
        yield "The letter says what the facts say. Nothing to take over."
        return
    for passage in found.passages:
        yield f"{passage.fact}:"
        yield f"  was: {passage.was}"
        yield f"  now: {passage.now}"
    if output is None:
        yield "Nothing is written. To take the changes over, name the file: -o FACTS"
        return
    yield f"Written to {output}."
    if lost is not None:
        yield f"The approval of {names_of(lost.approvals)} for {lost.digest[:SHORT]} no longer holds."
    yield "Two people have to approve the letter as it is now: leakguard notice approve ... --by NAME"


def imported_json(found: ImportedLetter, lost: Proposal | None, output: str | None) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "passages": [{"fact": passage.fact, "was": passage.was, "now": passage.now} for passage in found.passages],
        "written_to": output if found.passages else None,
        "approval_lost": lost.digest if lost is not None else None,
        "approved_by": [approval.who for approval in lost.approvals] if lost is not None else [],
    }
