"""The letters of a mail merge as they are approved and sent: bound to the manifest, the rows and the very documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from leakguard.clocks.times import parse_instant
from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen, replace
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import MERGE, Basis, Parts, Proposal, Subject
from leakguard.mailing.mailboxes import NO_ADDRESS, domain_of, mailbox_of, reason_against
from leakguard.mailing.message_ids import message_id
from leakguard.models.letters import Letter
from leakguard.models.mails import Attachment, Mailbox, OutgoingMail
from leakguard.models.sending import LetterToSend, Unwritten
from leakguard.notices.fact_values import Contact
from leakguard.notices.facts import Facts
from leakguard.notices.letters.marks import row_mark
from leakguard.notices.letters.personal import addressed
from leakguard.notices.merge_manifest import MadeLetter, ManifestHead, differences
from leakguard.notices.recipients import Recipient
from leakguard.use_cases.letters.approve_notice import Version
from leakguard.use_cases.letters.group_letters import GroupLetters, MergeOrder
from leakguard.use_cases.letters.letter_versions import Makers, mail_of
from leakguard.use_cases.letters.merge_letters import manifest_head
from leakguard.use_cases.letters.merge_rows import Survey, survey, wanted

_ANEW = "Write the letters again: leakguard notice letters ... ; they need approval again."


class FinishedMerge(Protocol):
    """The folder of a finished merge."""

    @property
    def name(self) -> str:
        """The manifest."""

    def head(self) -> ManifestHead:
        """What the letters rest on; raises `BadFile`."""

    def digest(self) -> str:
        """Hex SHA-256 of the whole manifest."""

    def letters(self) -> Iterator[MadeLetter]:
        """Every letter in the order of the rows."""

    def refuse_changed(self) -> int:
        """How many letters there are; raises `NotAllowed` when one is not as the manifest says."""


def merge_subject(head: ManifestHead) -> Subject:
    """Which letters they are."""
    return Subject(covers=MERGE, duty=head.duty, stage=head.stage)


def unwritten(head: ManifestHead) -> Unwritten:
    """For whom there is no letter."""
    return Unwritten(set_aside=head.set_aside, passed_over=head.passed_over)


def merge_version(ready: FinishedMerge, *, is_drill: bool) -> Version:
    """What is approved of a merge; raises `NotAllowed` for a sample, and for letters that are not as the manifest says.

    Letters of a drill are approved in a drill's folder alone.
    """
    head = ready.head()
    if head.sample:
        raise NotAllowed(f"{ready.name} is a sample to look at", next_step="Write all letters: leave --sample out.")
    if head.drill != is_drill:
        what = "were made in a drill" if head.drill else "are real, and this is a drill"
        raise NotAllowed(f"the letters of {ready.name} {what}", next_step=_ANEW)
    count = ready.refuse_changed()
    if count != head.letters:
        raise NotAllowed(f"{ready.name} names {count:,} letters of {head.letters:,}", next_step=_ANEW)
    digests = {
        "facts": head.facts_sha256, "rules": head.rules_sha256, "template": head.templates_sha256,
        "text": ready.digest(),
    }  # fmt: skip
    basis = Basis(rules_version=head.rules_version, checked_on=head.checked_on)
    parts = Parts(digests=digests)
    return Version(
        parts=parts, written_at=made_at(head), head=named_head(head), letters=head.letters, basis=basis,
        without_letter=head.set_aside + head.passed_over,
    )  # fmt: skip


def made_at(head: ManifestHead) -> datetime:
    """The moment that the letters were made for."""
    return parse_instant(head.made_for, zone="UTC")


def named_head(head: ManifestHead) -> Head | None:
    """Where the ledger stood that the letters name."""
    sequence, _, digest = head.head.partition(":")
    return Head(sequence=int(sequence), hash=digest, recorded_at="") if digest else None


class MergeMailing(Frozen):
    """A merge on its way: rows and manifest side by side."""

    ready: FinishedMerge
    order: MergeOrder
    """As the letters were made from, drafted for the same moment."""
    key: bytes
    proposal: Proposal
    makers: Makers
    sender: str
    own_domains: tuple[str, ...]
    attaches_pdf: bool

    def checked(self) -> Callable[[], Iterator[LetterToSend]]:
        """The letters, from the first one each time it is called.

        Raises `NotAllowed` at once when the manifest rests on other facts, rules, templates or people.
        """
        head, found = self.ready.head(), survey(self.order.rows, lambda _: None)
        changed = tuple(differences(head, manifest_head(self.order, found, self.key)))
        if changed:
            raise NotAllowed(
                f"{self.ready.name} rests on something else now\n" + "\n".join(f"  {letter}" for letter in changed),
                next_step=_ANEW,
            )
        return lambda: self._letters(found)

    def _letters(self, found: Survey) -> Iterator[LetterToSend]:
        drafts = GroupLetters(self.order)
        pairs = zip(wanted(self.order.rows, found=found), self.ready.letters(), strict=True)
        for person, made in pairs:
            if row_mark(self.key, person) != made.row:
                raise NotAllowed(f"line {person.line} is not the row that its letter was made of", next_step=_ANEW)
            yield self._letter(drafts, person, made)

    def _letter(self, drafts: GroupLetters, person: Recipient, made: MadeLetter) -> LetterToSend:
        to = mailbox_of(person.email, person.guardian or person.name) if person.email else NO_ADDRESS
        aside = to if isinstance(to, str) else self._against(person, to)
        name = message_id(self.proposal.digest, made.sha256, made.row, domain=domain_of(self.sender))
        box = to if isinstance(to, Mailbox) else Mailbox(address="")
        return LetterToSend(
            key=made.row, digest=made.sha256, message_id=name, line=person.line, aside=aside,
            mail=lambda: self._mail(addressed(drafts.of(person), person), box, made, name, person.line),
        )  # fmt: skip

    def _against(self, person: Recipient, to: Mailbox) -> str:
        return reason_against(
            is_account_leaked=person.is_account_leaked, data=person.data, jurisdiction=person.jurisdiction,
            domain=domain_of(to.address), own_domains=(*self.own_domains, domain_of(self.sender)),
        )  # fmt: skip

    def _mail(self, letter: Letter, to: Mailbox, made: MadeLetter, name: str, line: int) -> OutgoingMail:
        """The mail, of the very letter that was approved: its document has the bytes that the manifest says."""
        form = self.order.form
        document = self.makers(form).make(letter)
        if hashlib.sha256(document).hexdigest() != made.sha256:
            raise NotAllowed(
                f"the letter for line {line} would not be the one that was approved: the incident's events changed",
                next_step=_ANEW,
            )
        pdf = (document if form == "pdf" else self.makers("pdf").make(letter)) if self.attaches_pdf else b""
        attachments = (Attachment(name="notice.pdf", subtype="pdf", content=pdf),) if pdf else ()
        return replace(mail_of(letter, to, message=name, makers=self.makers), attachments=attachments)


def domains_of(facts: Facts) -> tuple[str, ...]:
    """The domains of the addresses that the organisation states as its own."""
    contacts = (facts.organisation.contact, facts.organisation.dpo)
    ways = [way for contact in contacts if isinstance(contact, Contact) for way in contact.ways]
    return tuple(dict.fromkeys(domain_of(way.strip(" <>")) for way in ways if "@" in way))
