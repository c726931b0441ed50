"""One letter with all that a person needs to judge it: its text and passages, what it lacks, how it reads, its office.

The text is the very version that the next person approves, see `wanted_letter.RequestedLetter.next_version`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakguard.clocks.clock_status import ClockStatus
from leakguard.errors import LetterIncomplete, NotAllowed, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.mailing.approvals import Proposal, Subject, latest
from leakguard.models.events import Event
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter
from leakguard.notices.book import DutyBook, statuses_of
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.facts_of_duty import facts_for_duty
from leakguard.notices.filings import OpenItem, filings_of, missing_before, open_items, stages_of
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.lint.lint import LintReport
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.practice import PREFIX
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.approve_notice import Version, approvals_of
from leakguard.use_cases.letters.assess_notices import CheckedNotice, check_notice
from leakguard.use_cases.letters.draft_notices import bare_template_of, draft_notice
from leakguard.use_cases.letters.find_offices import office_of
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given, stage_asked
from leakguard.use_cases.letters.letter_languages import languages_of
from leakguard.use_cases.letters.letter_passages import Passages, located
from leakguard.use_cases.letters.letter_versions import SingleLetter, refuse_other_channel
from leakguard.use_cases.letters.lint_letters import lint_draft, load_lint_book
from leakguard.use_cases.letters.wanted_letter import wanted_letter

ONE_BY_ONE = frozenset({"individuals"})
"""Recipients of whom each gets a letter of their own: a mail merge writes them."""


class ShownLetter(Frozen):
    """The letter as it stands now."""

    letter: Letter
    """As it goes out."""
    draft: Letter
    """With what only its drafter reads: remarks, what is to be settled, what it rests on."""
    version: Version
    passages: Passages
    lint: LintReport


class FilingStatus(Frozen):
    """What was filed under a duty, and what can be filed now."""

    filings: tuple[Event, ...] = ()
    stages: tuple[str, ...] = ()
    """Every stage in which a notice can be filed."""
    waits_for: tuple[str, ...] = ()
    """Stages of which one has to be filed before this one."""
    promised: tuple[OpenItem, ...] = ()


class LetterPage(Frozen):
    """One letter, and all around it."""

    notice: NoticeContent
    subject: Subject
    langs: tuple[Lang, ...]
    checked: CheckedNotice
    office: Office | None
    status: ClockStatus | None
    shown: ShownLetter | None
    lacking: tuple[str, ...]
    """Why there is no letter yet, a line each; empty where there is one."""
    next_step: str
    proposals: tuple[Proposal, ...]
    """Every version of this letter that somebody approves or approved, the last one at the end."""
    changed: tuple[str, ...]
    """The parts that changed since the last version was approved."""
    not_by_mail: str
    """Why it does not go by e-mail; empty where it may."""
    filed: FilingStatus
    addressed: tuple[str, ...] = ()
    """The lines of the address as a person stated them for this letter; empty where the office decides."""

    @property
    def current(self) -> Proposal | None:
        """The version that people approve now, where the letter is still the same."""
        return None if self.changed else latest(self.proposals, self.subject)

    @property
    def is_merge(self) -> bool:
        """Whether each person gets a letter of their own."""
        return self.notice.recipient.type in ONE_BY_ONE


class LetterTools(Frozen):
    """What pages of letters are made with."""

    store: Any
    """The ledger and the findings."""
    folders: DataFolders
    incident: str
    is_drill: bool


def notice_named(book: DutyBook, name: str) -> NoticeContent:
    """The duty of this id, or the letter of this name that no law demands; raises `NotFound`."""
    short = name.removeprefix(PREFIX)
    return book.letter(short) if any(practice.name == short for practice in book.practice) else book.duty(name)


def single_of(
    tools: LetterTools, work: NoticeInput, name: str, *, stage: str | None, lang: Lang | None
) -> tuple[SingleLetter, tuple[Lang, ...]]:
    """The letter with the languages that it has; without a stage the first, without a language one its reader takes.

    Raises `NotFound` and `UsageProblem`.
    """
    notice = notice_named(work.book, name)
    if stage is None and isinstance(notice, Duty):
        stage = "initial"
    named = stage_asked(work, notice, stage)
    template, file = bare_template_of(notice, tools.folders, work.book.vocabulary)
    langs = languages_of(template, file, tools.folders)
    office = office_of(tools.folders, work.book, work.facts, notice, work.now)
    single = SingleLetter(
        book=work.book, folders=tools.folders, facts=work.facts, facts_text=work.text, facts_name="facts",
        notice=notice, lang=lang or _usual(notice, office, langs), stage=named, is_drill=tools.is_drill,
        now=work.now, begun=frozenset(tools.store.batches(tools.incident)),
    )  # fmt: skip
    return single, langs


def _usual(notice: NoticeContent, office: Office | None, langs: Sequence[Lang]) -> Lang:
    """The first language that the law or the office names and the letter has; else English."""
    authority = office.authority if office is not None else None
    taken = (*notice.language.codes, *(authority.languages if authority is not None else ()))
    return next((lang for lang in langs if lang in taken), "en")


def letter_page(tools: LetterTools, work: NoticeInput, single: SingleLetter, langs: tuple[Lang, ...]) -> LetterPage:
    """All about one letter; raises what `check_notice` raises, never `LetterIncomplete`."""
    notice, known = single.notice, approvals_of(tools.store, tools.incident)
    proposals = tuple(proposal for proposal in known if proposal.subject == single.subject)
    shown: ShownLetter | None = None
    lacking: tuple[str, ...] = ()
    next_step = ""
    try:
        shown = _shown(tools, work, single)
    except LetterIncomplete as error:
        lacking, next_step = tuple(line.strip() for line in error.message.splitlines()[1:]), error.next_step
    except UsageProblem as error:
        lacking, next_step = (error.message,), error.next_step
    before, addressee = latest(proposals, single.subject), work.facts.addressees.get(notice.id)
    stated = (addressee.of(single.lang) or addressee.first).split("|") if addressee is not None else ()
    statuses = statuses_of(work.book, work.facts, work.now, notice)
    office = single.office(work.now)
    return LetterPage(
        notice=text_of_the_day(notice, work.facts, work.now), subject=single.subject, langs=langs,
        checked=check_notice(
            work, notice, stage=single.stage, letter=None, folders=tools.folders, langs=(single.lang,)
        ),
        office=office, status=statuses.get(notice.clock_of(single.stage) or ""), shown=shown,
        lacking=lacking, next_step=next_step, proposals=proposals,
        changed=_changed(single, before, shown), not_by_mail=_not_by_mail(notice, office),
        filed=_filed(notice, single.stage, work.facts.events),
        addressed=tuple(line.strip() for line in stated if line.strip()),
    )  # fmt: skip


def _shown(tools: LetterTools, work: NoticeInput, single: SingleLetter) -> ShownLetter:
    wanted = wanted_letter(single, work.now, tools.store.head)
    version = wanted.next_version(tools.store, tools.incident)
    at, head = version.written_at, version.head
    asked = FactsQuery(name="facts", text=work.text, incident=tools.incident)

    def read(text: str) -> NoticeInput:
        return read_given(replace(asked, text=text), work.book, tools.store, now=lambda: work.now)

    def draft(notice_input: NoticeInput) -> Letter:
        return draft_notice(
            notice_input.book,
            tools.folders,
            notice_input.facts,
            single.notice,
            lang=single.lang,
            now=at,
            stage=single.stage,
            head=head,
        )

    letter = single.letter(at, head)
    facts = facts_for_duty(single.notice, work.facts, work.book.vocabulary)
    return ShownLetter(
        letter=letter, draft=single.draft(at, head), version=version,
        passages=located(letter, work, single.lang, read, draft, name="facts"),
        lint=lint_draft(load_lint_book(tools.folders), single.notice, single.draft(at, head), facts),
    )  # fmt: skip


def _changed(single: SingleLetter, before: Proposal | None, shown: ShownLetter | None) -> tuple[str, ...]:
    """The parts that differ from the version that somebody approves; all of them where there is no letter any more."""
    if before is None or (shown is not None and shown.version.parts == before.parts):
        return ()
    try:
        changed = single.version(before.written_at, before.head).changed_since(before.parts)
    except (LetterIncomplete, UsageProblem):
        changed = ()
    return changed if changed or shown is not None else tuple(before.parts.digests)


def _not_by_mail(notice: NoticeContent, office: Office | None) -> str:
    try:
        refuse_other_channel(notice, office)
    except NotAllowed as error:
        return error.message
    return ""


def _filed(notice: NoticeContent, stage: str | None, events: Sequence[Event]) -> FilingStatus:
    if not isinstance(notice, Duty):
        return FilingStatus()
    filings = filings_of(events, notice.id)
    return FilingStatus(
        filings=filings, stages=stages_of(notice), waits_for=missing_before(notice, stage or "", filings),
        promised=tuple(open_item for open_item in open_items(events) if open_item.duty == notice.id),
    )  # fmt: skip
