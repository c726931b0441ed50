"""One letter of a duty as it is approved and sent: drafted for a moment, the same each time for the same moment."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from leakguard.errors import ApprovalGone, LetterIncomplete, NotAllowed, UsageProblem
from leakguard.frozen import Frozen, field
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import LETTER, Basis, Parts, Proposal, Subject
from leakguard.mailing.mailboxes import domain_of, mailbox_of
from leakguard.mailing.message_ids import message_id
from leakguard.models.deliveries import DeliveryState
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter, as_drill, as_sent
from leakguard.models.mails import Attachment, Mailbox, OutgoingMail
from leakguard.models.sending import LetterToSend
from leakguard.notices.book import DutyBook, statuses_of
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.filings import may_promise
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.letters.draft import is_late
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.office_shapes import Medium
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders, DeliveryStore, DocumentMaker
from leakguard.use_cases.letters.approve_notice import Version, parts_of_letter
from leakguard.use_cases.letters.draft_notices import check_drafted_notice, draft_notice, template_of
from leakguard.use_cases.letters.find_offices import office_of

ONE_BY_ONE = frozenset({"individuals", "public", "media"})
"""Recipients that are many: no letter to one of them meets the duty."""
_BY_MAIL = ("e-mail", "email")
_NO_MAIL: Mapping[Medium, str] = {
    "web_form": "web form", "portal": "portal", "paper": "notice on paper", "telephone": "telephone call",
    "none": "no way that is known",
}  # fmt: skip
"""Ways of offices that are no e-mail, and what they are called where the office has no name for its own."""
Makers = Callable[[str], DocumentMaker]
"""The maker of `txt`, `html` or `pdf`."""


_DUMPED: list[tuple[Vocabulary, str]] = []
"""The vocabulary that was written out last: it is large, and the same for every letter of a process."""


def _dumped(vocabulary: Vocabulary) -> str:
    for known, text in _DUMPED:
        if known is vocabulary:
            return text
    text = vocabulary.model_dump_json()
    _DUMPED[:] = [(vocabulary, text)]
    return text


class SingleLetter(Frozen):
    """What one letter is drafted from."""

    book: DutyBook
    folders: DataFolders
    facts: Facts
    facts_text: str
    facts_name: str
    notice: NoticeContent
    """The duty, or the letter that no law demands."""
    lang: Lang
    stage: str | None
    is_drill: bool
    now: datetime | None = None
    """The moment at which it is asked for; without one nobody asks whether the limit ended since it was written."""
    begun: frozenset[str] = frozenset()
    """Digests of the versions with whose sending somebody began: of these, what left in time is in time."""
    drafts: dict[tuple[datetime, Head | None], Letter] = field(default_factory=dict)
    """Those that were made already: a draft is the same each time for the same moment."""

    @property
    def subject(self) -> Subject:
        """Which letter it is."""
        return Subject(covers=LETTER, duty=self.notice.id, stage=self.stage or "", lang=self.lang)

    def unsettled(self, at: datetime, head: Head | None) -> tuple[str, ...]:
        """What has to be settled before the letter goes out; raises as `letter`."""
        return self.draft(at, head).unsettled

    def letter(self, at: datetime, head: Head | None) -> Letter:
        """The letter of that moment; raises `LetterIncomplete`, `NotFound` and `UsageProblem`."""
        letter = as_sent(self.draft(at, head))
        return as_drill(letter) if self.is_drill else letter

    def draft(self, at: datetime, head: Head | None) -> Letter:
        """The letter of that moment with what only its drafter reads; raises as `letter`."""
        if (at, head) not in self.drafts:
            self.drafts[at, head] = draft_notice(
                self.book, self.folders, self.facts, self.notice, lang=self.lang, now=at, stage=self.stage, head=head
            )
        return self.drafts[at, head]

    def promised(self, at: datetime) -> tuple[str, ...]:
        """What the letter of that moment calls unknown and leaves to a later one."""
        if not may_promise(text_of_the_day(self.notice, self.facts, at), self.stage):
            return ()
        return check_drafted_notice(
            self.book, self.facts, self.notice, now=at, stage=self.stage, langs=(self.lang,)
        ).said_as_unknown

    def office(self, now: datetime) -> Office | None:
        """Who gets the letter; `None` for one that goes to no office."""
        return office_of(self.folders, self.book, self.facts, self.notice, now)

    def version(self, at: datetime, head: Head | None) -> Version:
        """Its digests; fits `approve_notice.Draft`."""
        parts, notice = self._parts(at, head), self.notice
        basis = Basis(rules_version=self.book.vocabulary.version, checked_on=notice.verified_on.isoformat())
        ended = self.now is not None and parts.digest not in self.begun and self._is_outdated(at, head, self.now)
        return Version(parts=parts, written_at=at, head=head, basis=basis, limit_ended=ended)

    def _parts(self, at: datetime, head: Head | None) -> Parts:
        notice, vocabulary = self.notice, self.book.vocabulary
        return parts_of_letter(
            self.facts_text,
            name=self.facts_name,
            rules={"duty": notice.model_dump_json(), "vocabulary": _dumped(vocabulary)},
            template=template_of(notice, self.folders, vocabulary, self.lang).model_dump_json(),
            letter=self.letter(at, head),
        )

    def refuse_late(self, proposal: Proposal, now: datetime) -> None:
        """Raise `ApprovalGone` where the limit ended since the approved version was written."""
        if self._is_outdated(proposal.written_at, proposal.head, now):
            raise ApprovalGone(
                f"the limit of {proposal.subject.words} ended before it left, so it needs approval again",
                next_step="Two people have to look at it again: leakguard notice approve ... --by NAME",
            )

    def _is_outdated(self, at: datetime, head: Head | None, now: datetime) -> bool:
        """Whether the limit of the stage ended between these moments, and the letter of now says something else."""
        if not at < now or not self._is_late(now) or self._is_late(at):
            return False
        try:
            return self._parts(now.replace(microsecond=0), head).digest != self._parts(at, head).digest
        except LetterIncomplete:
            return True

    def _is_late(self, at: datetime) -> bool:
        notice = text_of_the_day(self.notice, self.facts, at)
        return bool(is_late(notice, self.stage, statuses_of(self.book, self.facts, at, self.notice)))


def refuse_other_channel(notice: NoticeContent, office: Office | None) -> None:
    """Raise `NotAllowed` for an authority that wants its own form, portal or paper: so the rule says, else the office.

    `office` is who gets the notice, see `find_offices.office_of`.
    """
    if notice.recipient.type in ONE_BY_ONE:
        return
    channel = notice.channel if isinstance(notice, Duty) else ""
    other = _form_instead(office) if not channel else "" if _is_by_mail(channel) else channel
    if other:
        raise NotAllowed(
            f"{notice.id} is not filed by e-mail but by: {other}",
            next_step=f"File it there and record it: leakguard notice file INCIDENT --duty {notice.id} --stage NAME. "
            'Where this authority takes e-mail nevertheless, say so: --although "..."',
        )


def _form_instead(office: Office | None) -> str:
    """How the offices take notices, where none of them takes e-mail; empty where one does, or where it is not known."""
    authorities = office.authorities if office is not None else ()
    forms = [(authority, authority.form) for authority in authorities]
    if any(form.kind not in _NO_MAIL or form.email or _is_by_mail(form.name) for _, form in forms):
        return ""
    ways = (
        f"{form.name or _NO_MAIL[form.kind]} of {authority.name_in('en')}{f' ({form.url})' if form.url else ''}"
        for authority, form in forms
    )
    return "; ".join(ways)


def _is_by_mail(words: str) -> bool:
    return any(word in words.lower() for word in _BY_MAIL)


def letter_to(
    address: str, proposal: Proposal, letter: Letter, *, sender: str, makers: Makers, pdf: bool
) -> LetterToSend:
    """The one letter of a duty, to one address; raises `UsageProblem` for an address that is none."""
    mailbox = mailbox_of(address)
    if isinstance(mailbox, str):
        raise UsageProblem(mailbox, next_step="Write one bare address: --to office@authority.example")
    key = hmac.new(proposal.digest.encode(), mailbox.address.lower().encode(), sha256).hexdigest()
    text = proposal.parts.digests["text"]
    name = message_id(proposal.digest, text, key, domain=domain_of(sender))
    documents = (Attachment(name="notice.pdf", subtype="pdf", content=makers("pdf").make(letter)),) if pdf else ()
    mail = mail_of(letter, mailbox, message=name, makers=makers, documents=documents)
    return LetterToSend(key=key, digest=text, message_id=name, mail=lambda: mail)


def mail_of(
    letter: Letter, to: Mailbox, *, message: str, makers: Makers, documents: tuple[Attachment, ...] = ()
) -> OutgoingMail:
    """A letter as text and HTML, which any mail program can show."""
    return OutgoingMail(
        to=to,
        message_id=message,
        subject=letter.title,
        lang=letter.lang,
        text=makers("txt").make(letter).decode(),
        html=makers("html").make(letter).decode(),
        attachments=documents,
    )


def refuse_second_address(store: DeliveryStore, incident: str, batch: str, key: str) -> None:
    """Raise `NotAllowed` when the one letter went, or may have gone, to another address."""
    for delivery in store.deliveries(incident, batch, DeliveryState.SENT, DeliveryState.IN_DOUBT):
        if delivery.key != key:
            raise NotAllowed(
                f"this letter was sent to another address as {delivery.message_id}",
                next_step="A letter goes out once. To send it to this address as well: --again",
            )
