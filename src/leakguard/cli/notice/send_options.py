"""What `leakguard notice send` checks and puts together before the mail server is called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from leakguard.cli.notice.facts import given
from leakguard.cli.notice.versions import single_letter
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen, names_of
from leakguard.mailing.approvals import MERGE, Proposal
from leakguard.mailing.pace import Pace, parse_rate
from leakguard.models.languages import Lang
from leakguard.models.sending import InDoubt
from leakguard.notices.recipients import Encoding
from leakguard.ports import Mailer
from leakguard.use_cases.letters.approve_notice import approved_version
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.letter_sender import Letters
from leakguard.use_cases.letters.letter_versions import letter_to, refuse_other_channel, refuse_second_address
from leakguard.use_cases.letters.merge_mailing import MergeMailing, domains_of, made_at, named_head
from leakguard.use_cases.letters.merge_rows import Rows
from leakguard.use_cases.letters.people_file import people_in, row_rules
from leakguard.use_cases.letters.send_notice import refuse_other_version, refuse_unapproved
from leakguard.use_cases.letters.wanted_letter import RequestedLetter

if TYPE_CHECKING:
    from leakguard.cli.options import Context


class SendOptions(Frozen):
    """The options of `send` alone."""

    incident: str
    facts: str | None
    manifest: str | None
    lang: Lang
    to: str | None
    recipients: str | None
    encoding: Encoding
    key: str | None
    channel: str | None
    rate: str
    per_connection: int
    passes: int
    wait: float
    attach: str | None
    own_domain: tuple[str, ...]
    accepted_log: str | None
    settle: float
    in_doubt: InDoubt | None
    only: tuple[str, ...]
    retry_refused: bool
    again: bool
    although: str
    by: str
    is_json: bool

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> SendOptions:
        """Out of what click hands over."""
        values = {name: words[name] for name in names_of(cls) if name in words}
        return cls(**values, is_json=words["output_format"] == "json")

    @property
    def pace(self) -> Pace:
        """How fast; raises `UsageProblem`."""
        return Pace(
            per_second=parse_rate(self.rate), per_connection=self.per_connection, passes=self.passes,
            first_wait=self.wait, settle=self.settle,
        )  # fmt: skip


class Mailing(Frozen):
    """What is to be sent, and through what."""

    proposal: Proposal
    letters: Letters
    reference: str
    """What the filing is found by."""
    mailer: Mailer
    key: str = ""
    """Of the one letter; empty for a mail merge."""


def prepared(context: Context, options: SendOptions, wanted: RequestedLetter) -> Mailing:
    """Raises whatever speaks against sending this, before anything is opened."""
    store, wiring = context.wiring.existing_store, context.wiring
    _ = options.pace
    if wanted.single is not None and not options.although.strip():
        refuse_other_channel(wanted.single.notice, wanted.single.office(wiring.time.now()))
    proposal = approved_version(store, options.incident, wanted.subject, wanted.draft)
    refuse_unapproved(proposal)
    if not options.again:
        refuse_other_version(store, tuple(store.read(options.incident)), proposal, options.incident)
    mailer, sender = wiring.letter_mailer(options.channel)
    way = MailRoute(proposal=proposal, mailer=mailer, sender=sender)
    prepare = _merge if wanted.subject.covers == MERGE else _single
    return prepare(context, options, wanted, way)


class MailRoute(Frozen):
    """An approved version and the mail server that it goes through."""

    proposal: Proposal
    mailer: Mailer
    sender: str


def _single(context: Context, options: SendOptions, wanted: RequestedLetter, way: MailRoute) -> Mailing:
    if options.to is None:
        raise UsageProblem("where does the letter go?", next_step="Name it: --to office@authority.example")
    letter = single_letter(wanted).letter(way.proposal.written_at, way.proposal.head)
    letter_to_send = letter_to(
        options.to, way.proposal, letter, sender=way.sender, makers=cache(context.wiring.document_maker),
        pdf=options.attach == "pdf",
    )  # fmt: skip
    if not options.again:
        refuse_second_address(context.wiring.existing_store, options.incident, way.proposal.digest, letter_to_send.key)
    return Mailing(
        proposal=way.proposal, letters=lambda: (letter_to_send,), reference=letter_to_send.message_id,
        mailer=way.mailer, key=letter_to_send.key,
    )  # fmt: skip


def _merge(context: Context, options: SendOptions, _: RequestedLetter, way: MailRoute) -> Mailing:
    if options.facts is None or options.recipients is None or options.manifest is None:
        raise UsageProblem(
            "a mail merge is sent from the files that it was made of",
            next_step="Name them: leakguard notice send FACTS --manifest DIR --recipients people.csv",
        )
    wiring, ready = context.wiring, context.wiring.ready_letters(options.manifest)
    head = ready.head()
    work = given(context, options.facts, now=None, incident=options.incident if head.head else None)
    order = MergeOrder(
        book=work.book, folders=wiring.bundled, facts=work.facts, facts_sha256=work.sha256,
        duty=work.book.duty(head.duty), stage=head.stage or None, form=head.form, now=made_at(head),
        rows=Rows(
            name=options.recipients, open=people_in(options.recipients), places=head.places,
            rules=row_rules(work, options.lang, options.encoding, wiring.sign_checker(head.form)),
        ),
        is_drill=wiring.settings.drill, head=named_head(head),
    )  # fmt: skip
    mailing = MergeMailing(
        ready=ready, order=order, key=wiring.letters_key(options.key, is_made=True), proposal=way.proposal,
        makers=cache(wiring.document_maker), sender=way.sender, attaches_pdf=options.attach == "pdf",
        own_domains=(*options.own_domain, *domains_of(work.facts)),
    )  # fmt: skip
    reference = f"letters {way.proposal.digest[:16]}"
    return Mailing(proposal=way.proposal, letters=mailing.checked(), reference=reference, mailer=way.mailer)
