"""The letter as it is filed elsewhere: for a portal or on paper, it is the one that was approved, not one of today.

A letter that is drafted anew has another date and names another head of the ledger, so nobody approved it.
"""

from __future__ import annotations

from leakguard.cli.options import Context
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import latest
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter
from leakguard.models.moments import to_z
from leakguard.notices.notice_content import Telling
from leakguard.outputs.sending import SHORT, standing
from leakguard.use_cases.letters.approve_notice import approvals_of
from leakguard.use_cases.letters.given_facts import Given
from leakguard.use_cases.letters.letter_versions import SingleLetter


class Final(Frozen):
    """The approved letter where it holds still, and what to say about it."""

    letter: Letter | None = None
    notes: tuple[str, ...] = ()


def approved_letter(
    context: Context, work: Given, telling: Telling, *, facts: str, incident: str, lang: Lang, stage: str | None
) -> Final:
    """The version that somebody approves, as of its own moment; none where nobody does, or where a part changed."""
    wiring = context.wiring
    single = SingleLetter(
        book=work.book, folders=wiring.bundled, facts=work.facts, facts_text=work.text, facts_name=facts,
        telling=telling, lang=lang, stage=stage, is_drill=wiring.settings.drill,
    )  # fmt: skip
    proposal = latest(approvals_of(wiring.existing_store, incident), single.subject)
    if proposal is None:
        return Final(letter=None, notes=("Nobody approves this letter.",))
    changed = single.version(proposal.written_at, proposal.head).parts.changed_since(proposal.parts)
    if changed:
        text = f"Not the letter that was approved as {proposal.digest[:SHORT]}: {', '.join(changed)} changed since."
        return Final(letter=None, notes=(text,))
    told = f"The version of {to_z(proposal.written_at)}, digest {proposal.digest[:SHORT]}. {standing(proposal)}"
    return Final(letter=single.letter(proposal.written_at, proposal.head), notes=(told,))
