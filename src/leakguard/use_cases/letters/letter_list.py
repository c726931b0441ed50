"""The letters of one incident: each duty that applies with its stages, and those that no law demands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leakguard.accounts.two_people import needs_accounts
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import State
from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import LETTER, Proposal
from leakguard.models.events import Event
from leakguard.models.languages import Lang
from leakguard.notices.assess import Assessment
from leakguard.notices.competence import Office
from leakguard.notices.judging import Answer
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.approve_notice import facts_digest
from leakguard.use_cases.letters.assess_notices import AssessedDuties, assess_notices
from leakguard.use_cases.letters.draft_notices import check_drafted_notice
from leakguard.use_cases.letters.given_facts import NoticeInput
from leakguard.use_cases.letters.letter_page import ONE_BY_ONE, LetterTools, single_of
from leakguard.use_cases.letters.letter_states import DONE, LetterState, Progress, SendingStatus, progress_in, state_of

_NEVER = datetime.max.replace(tzinfo=UTC)


class LetterRow(Frozen):
    """One letter of the incident."""

    notice: NoticeContent
    stage: str
    """Empty for a letter that no law demands."""
    applies: Answer | None
    status: ClockStatus | None
    office: Office | None
    state: LetterState
    lacks: tuple[str, ...]
    """Facts that are missing before it can be approved."""
    unclear: tuple[str, ...]
    """Facts that decide whether its duty applies."""
    langs: tuple[Lang, ...]
    usual: Lang
    """The language that its reader takes, where the letter has it; both say nothing while its duty is in doubt."""
    approved: tuple[Proposal, ...]
    """The last approved version in each language, also one that no longer holds."""
    changed: tuple[str, ...]
    """The digests of those that no longer hold."""
    filing: Event | None
    sent: SendingStatus

    @property
    def is_merge(self) -> bool:
        """Whether each person gets a letter of their own."""
        return self.notice.recipient.type in ONE_BY_ONE

    @property
    def limit(self) -> datetime | None:
        """By when, where a limit runs."""
        return self.status.work_by if self.status is not None else None

    @property
    def order(self) -> tuple[bool, bool, datetime, str]:
        """What is done last, the soonest limit first."""
        return self.state in DONE, self.state is LetterState.LATER, self.limit or _NEVER, self.notice.id


def letters_of(tools: LetterTools, work: NoticeInput) -> tuple[LetterRow, ...]:
    """Every letter of a duty that applies or may apply, and those that no law demands, the soonest limit first."""
    store, incident = tools.store, tools.incident
    counts = {batch: store.delivery_counts(incident, batch) for batch in store.batches(incident)}
    progress = progress_in(store.read(incident), counts, only_accounts=needs_accounts(store))
    found = assess_notices(work, folders=tools.folders)
    asked = (
        assessment
        for assessment in found.assessments
        if assessment.applies in {Answer.YES, Answer.NEEDS_FACT} and not assessment.is_dormant
    )
    rows = [row for assessment in asked for row in _of_duty(tools, work, assessment, found, progress)]
    rows += [_row(tools, work, practice, "", progress) for practice in work.book.practice]
    return tuple(sorted(rows, key=lambda row: row.order))


def _of_duty(
    tools: LetterTools, work: NoticeInput, assessment: Assessment, found: AssessedDuties, progress: Progress
) -> Iterator[LetterRow]:
    office = found.offices.get(assessment.duty.id)
    for stage, status in assessment.phases:
        if assessment.applies is Answer.YES or progress.of(assessment.duty.id, stage):
            yield _row(tools, work, assessment.duty, stage, progress, assessed=assessment, status=status, office=office)
        else:
            yield _open_row(assessment, stage, status, office)


def _open_row(assessment: Assessment, stage: str, status: ClockStatus, office: Office | None) -> LetterRow:
    """The letter of a duty of which nobody knows yet whether it applies: nothing of it is drafted."""
    return LetterRow(
        notice=assessment.duty, stage=stage, applies=assessment.applies, status=status, office=office,
        state=LetterState.TO_DRAFT, lacks=(), unclear=assessment.missing_facts, langs=(), usual="en", approved=(),
        changed=(),
        filing=None, sent=SendingStatus(),
    )  # fmt: skip


def _row(
    tools: LetterTools, work: NoticeInput, notice: NoticeContent, stage: str, progress: Progress, *,
    assessed: Assessment | None = None, status: ClockStatus | None = None, office: Office | None = None,
) -> LetterRow:  # fmt: skip
    approved = progress.of(notice.id, stage)
    lacks = check_drafted_notice(work.book, work.facts, notice, now=work.now, stage=stage or None).missing
    sent, filing = progress.sent(notice.id, stage), progress.filing(notice.id, stage)
    is_open = bool(approved) and not sent.is_begun and filing is None
    changed = tuple(_changed(tools, work, approved)) if is_open else ()
    is_first = assessed is None or not assessed.phases or assessed.phases[0][0] == stage
    is_later = not is_first and status is not None and status.state is State.LATENT
    single, langs = single_of(tools, work, notice.id, stage=stage or None, lang=None)
    return LetterRow(
        notice=notice, stage=stage, applies=assessed.applies if assessed is not None else None, status=status,
        office=office, lacks=lacks, unclear=assessed.missing_facts if assessed is not None else (), langs=langs,
        usual=single.lang, approved=approved, changed=changed, filing=filing, sent=sent,
        state=state_of(progress, notice.id, stage, lacks=bool(lacks), changed=changed, is_later=is_later),
    )  # fmt: skip


def _changed(tools: LetterTools, work: NoticeInput, approved: Sequence[Proposal]) -> Iterator[str]:
    """Those of the approved versions that are not what the facts give today."""
    for proposal in approved:
        subject = proposal.subject
        if subject.covers != LETTER:
            continue
        if proposal.parts.digests.get("facts") != facts_digest(work.text, "facts"):
            yield proposal.digest
            continue
        try:
            single, _ = single_of(tools, work, subject.duty, stage=subject.stage or None, lang=subject.lang)  # type: ignore[arg-type]  # a language
            same = not single.version(proposal.written_at, proposal.head).changed_since(proposal.parts)
        except LeakGuardError:
            same = False
        if not same:
            yield proposal.digest
