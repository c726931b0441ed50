"""Which letter is meant, how it is drafted again, and the very version that people approved."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import Proposal, Subject, latest
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter, as_drill, as_sent
from leakguard.models.sending import Unwritten
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.letters.approve_notice import Draft, Version, approvals_of
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.given_facts import (
    NoticeInput,
    asked_for,
    stage_asked,
    stage_remark,
    stage_sent,
)
from leakguard.use_cases.letters.letter_versions import SingleLetter

if TYPE_CHECKING:
    from leakguard.ledger.heads import Head


class LetterChoice(Frozen):
    """Which letter: of a duty, or one that no law demands."""

    duty: str | None = None
    letter: str | None = None
    stage: str | None = None
    lang: Lang = "en"
    facts_name: str = "facts"
    """What the file of the facts is called."""


READ_FOR = timedelta(hours=24)
"""How long a letter that was read may be approved with the date that it had then."""


def moment_read(written_at: datetime | None, now: datetime) -> datetime:
    """The moment of the version that somebody read; now where nobody says it. Raises `NotAllowed` for an old one.

    Some letters name the minute in which they are written, so that reading one takes longer than its date holds.
    """
    if written_at is None:
        return now
    if not now - READ_FOR <= written_at <= now:
        raise NotAllowed("the letter was not read within the last day", next_step="Read it again, and approve that.")
    return written_at


class RequestedLetter(Frozen):
    """The letter that is meant."""

    subject: Subject
    draft: Draft
    start: Callable[[], Version]
    single: SingleLetter | None = None
    unwritten: Unwritten = Unwritten()
    """For whom a mail merge has no letter."""

    @property
    def stage_remark(self) -> str:
        """What follows where it names none of several stages; empty where it names one."""
        return stage_remark(self.single.notice, self.single.stage) if self.single is not None else ""

    def promised(self, proposal: Proposal) -> tuple[str, ...]:
        """What the approved letter calls unknown and leaves to a later one."""
        return self.single.promised(proposal.written_at) if self.single is not None else ()

    def next_version(self, store: Journal, incident: str) -> Version:
        """The version that the next person approves: the one before where nothing changed, else one of now."""
        before = latest(approvals_of(store, incident), self.subject)
        if before is not None:
            again = self.draft(before.written_at, before.head)
            if not again.changed_since(before.parts):
                return again
        return self.start()


def single_letter(
    work: NoticeInput, choice: LetterChoice, folders: DataFolders, *, is_final: bool, is_drill: bool,
    begun: Collection[str] = (),
) -> SingleLetter:  # fmt: skip
    """The letter; raises `UsageProblem` unless exactly one is named, and `NotFound`.

    One that is final is of a stage; a draft without a stage says all that the duty asks for. `begun` are the digests of
    versions with whose sending somebody began.
    """
    notice = asked_for(work.book, duty=choice.duty, letter=choice.letter)
    stage = (stage_sent if is_final else stage_asked)(work, notice, choice.stage)
    return SingleLetter(
        book=work.book, folders=folders, facts=work.facts, facts_text=work.text, facts_name=choice.facts_name,
        notice=notice, lang=choice.lang, stage=stage, is_drill=is_drill,
        now=work.now, begun=frozenset(begun),
    )  # fmt: skip


def wanted_letter(single: SingleLetter, at: datetime, head: Callable[[], Head | None]) -> RequestedLetter:
    """The single letter as it is approved; a new version is dated by `at`."""

    def start() -> Version:
        return single.version(at.replace(microsecond=0), head())

    return RequestedLetter(subject=single.subject, draft=single.version, start=start, single=single)


class ApprovedLetter(Frozen):
    """The approved letter where it holds still, or why there is none."""

    letter: Letter | None = None
    proposal: Proposal | None = None
    """The approved version; `None` where nobody approves the letter."""
    changed: tuple[str, ...] = ()
    """The parts that changed since it was approved."""


def approved_letter(store: Journal, incident: str, single: SingleLetter) -> ApprovedLetter:
    """The version that somebody approves, as of its own moment; no letter where a part of it changed since."""
    proposal = latest(approvals_of(store, incident), single.subject)
    if proposal is None:
        return ApprovedLetter()
    changed = single.version(proposal.written_at, proposal.head).changed_since(proposal.parts)
    if changed:
        return ApprovedLetter(proposal=proposal, changed=changed)
    return ApprovedLetter(letter=single.letter(proposal.written_at, proposal.head), proposal=proposal)


def letter_now(single: SingleLetter, at: datetime, head: Head | None, *, is_final: bool) -> tuple[Letter, Letter]:
    """The letter of this moment as it is shown, and the draft with what only its drafter reads."""
    draft = draft_notice(
        single.book, single.folders, single.facts, single.notice, lang=single.lang, now=at, stage=single.stage,
        head=head,
    )  # fmt: skip
    shown = as_sent(draft) if is_final else draft
    return (as_drill(shown) if single.is_drill else shown), draft
