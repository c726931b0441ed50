"""Rewords the free passages of a letter: the new words become those of the facts, so that every check reads them.

The letter that people approve, the ledger names and the mail carries is drafted from the facts, so what is edited here
is what goes out. Numbers, dates, decisions and the letter's own words do not change here.
"""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.errors import NotAllowed, UsageProblem
from leakguard.files.yaml_edits import with_texts
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import Proposal, latest
from leakguard.models.languages import Lang
from leakguard.notices.book import DutyBook
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.kept_facts import KeptFacts, kept_facts, write_facts
from leakguard.use_cases.letters.approve_notice import approvals_of
from leakguard.use_cases.letters.free_texts import free_texts
from leakguard.use_cases.letters.letter_passages import identity

MOST_CHARACTERS = 20_000
"""Of one passage: some ten pages."""


class EditedPassages(Frozen):
    """What became of the passages."""

    facts: KeptFacts
    changed: tuple[str, ...]
    """The passages whose words are other ones now."""
    loses: tuple[Proposal, ...]
    """Versions that people approved and that are no longer what goes out."""


def reworded(text: str, passages: Mapping[str, str], lang: Lang, book: DutyBook) -> tuple[str, tuple[str, ...]]:
    """The text of the facts with these passages, by their ids, and those that differ.

    Raises `UsageProblem` for a passage that no letter of this language shows, that is empty, or too long.
    """
    known = {identity(free_text): free_text for free_text in free_texts(text, lang, book.vocabulary, name="facts")}
    changes = {}
    for name, words in passages.items():
        if name not in known:
            raise UsageProblem(
                f"`{name[:100]}` is no free passage of this letter", next_step="Load the letter again, and edit that."
            )
        new_text = " ".join(words.split())
        if not new_text:
            raise UsageProblem(
                f"`{name[:100]}` may not be empty", next_step="Leave its words, or change the fact itself."
            )
        if len(new_text) > MOST_CHARACTERS:
            raise UsageProblem(
                f"`{name[:100]}` may have {MOST_CHARACTERS:,} characters", next_step="Say it in fewer words."
            )
        if new_text != " ".join(known[name].text.split()):
            changes[known[name]] = new_text
    return with_texts(text, changes), tuple(identity(change) for change in changes)


def edit_passages(
    store: Journal, book: DutyBook, incident: str, passages: Mapping[str, str], lang: Lang, *, read: str, now: Now
) -> EditedPassages:
    """Keep the facts with these passages; `read` is the SHA-256 of the facts that the editor has read.

    Raises what `reworded` and `write_facts` raise: nobody overwrites what they have not seen.
    """
    before = kept_facts(store, incident)
    if before.sha256 != read.lower():
        raise NotAllowed(
            f"the facts of {incident} were written by {before.by or 'somebody'} since you read this letter",
            next_step="Load the letter again, and edit what it says now.",
        )
    text, changed = reworded(before.text, passages, lang, book)
    lost = approved_now(store, incident, before) if changed else ()
    return EditedPassages(
        facts=write_facts(store, book, incident, text, read=read, now=now), changed=changed, loses=lost
    )


def approved_now(store: Journal, incident: str, facts: KeptFacts) -> tuple[Proposal, ...]:
    """The last version of each letter of the incident that was approved with these facts: all of them rest on them."""
    known = approvals_of(store, incident)
    found = (latest(known, subject) for subject in dict.fromkeys(proposal.subject for proposal in known))
    return tuple(
        proposal
        for proposal in found
        if proposal is not None and max(approval.sequence for approval in proposal.approvals) > facts.sequence
    )
