"""Sends one approved letter to one address, once; the filing of its stage is recorded when the server took it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import Proposal
from leakguard.mailing.pace import Pace
from leakguard.mailing.sealing import SENT
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.models.sending import InDoubt, LetterToSend, RunResult
from leakguard.notices.book import DutyBook
from leakguard.ports import DocumentMaker, Mailer, TimeSource
from leakguard.use_cases.letters.approve_notice import approved_version
from leakguard.use_cases.letters.letter_sender import LetterSender
from leakguard.use_cases.letters.letter_versions import (
    letter_to,
    refuse_other_channel,
    refuse_second_address,
)
from leakguard.use_cases.letters.send_notice import (
    SendingStore,
    SendOrder,
    file_if_complete,
    refuse_other_version,
    refuse_sent_before,
    refuse_unapproved,
    refuse_withdrawn,
    run_sending,
    settled_words,
    why_not_filed,
)
from leakguard.use_cases.letters.wanted_letter import RequestedLetter

ONE_PASS = Pace(passes=1)
"""Whoever asks waits for the answer: what was not taken is asked for again."""


class SendTools(Protocol):
    """What sending needs; `wiring` has it."""

    time: TimeSource

    def duties(self) -> DutyBook:
        """Every duty."""

    def letter_mailer(self, channel: str | None) -> tuple[Mailer, str]:
        """The mail server, and who sends."""

    def document_maker(self, format_name: str) -> DocumentMaker:
        """The maker of one form."""


class SingleSending(Frozen):
    """Where one letter goes."""

    incident: str
    to: str
    by: str
    channel: str | None = None
    attaches_pdf: bool = False
    although: str = ""
    """Why by e-mail, if the rule names another way."""
    is_again: bool = False
    """Although another version, or to another address, went out."""
    in_doubt: InDoubt | None = None
    """What the person knows of the letter, where nobody knew whether the mail server took it."""
    is_drill: bool = False


class SentLetter(Frozen):
    """What came of it."""

    proposal: Proposal
    result: RunResult
    entry: KeptRecord | None
    """The entry of the ledger that vouches for it."""
    filed: Event | None
    why_not_filed: str
    """Why a letter that the server took does not meet its duty."""
    left: Delivery | None
    """How it stands, where the server did not take it."""


class _Silent:
    """Watches, and says nothing."""

    def moved(self, delivery: Delivery) -> None:
        """See `SendWatcher`."""

    def waiting(self, seconds: float, why: str) -> None:
        """See `SendWatcher`."""


def send_single(store: SendingStore, tools: SendTools, wanted: RequestedLetter, sending: SingleSending) -> SentLetter:
    """Send the letter that two people approved; the same again sends nothing more. One in doubt is settled first.

    Raises `NotAllowed` for a letter that is not approved as it is now, that went out in another version or to another
    address, or that the rule wants in another way; `UsageProblem` for an address that is none; `ChannelFailed`.
    """
    if wanted.single is None:
        raise UsageProblem("a mail merge has many letters", next_step="Send it with: leakguard notice send")
    if not sending.although.strip():
        refuse_other_channel(wanted.single.notice, wanted.single.office(tools.time.now()))
    proposal = approved_version(store, sending.incident, wanted.subject, wanted.draft)
    refuse_unapproved(proposal)
    if not sending.is_again:
        refuse_other_version(store, tuple(store.read(sending.incident)), proposal, sending.incident)
    mailer, sender = tools.letter_mailer(sending.channel)
    letter = wanted.single.letter(proposal.written_at, proposal.head)
    letter_to_send = letter_to(
        sending.to, proposal, letter, sender=sender, makers=tools.document_maker, pdf=sending.attaches_pdf
    )
    if not sending.is_again:
        refuse_second_address(store, sending.incident, proposal.digest, letter_to_send.key)
    return _sent(store, tools, sending, wanted, proposal, letter_to_send, mailer)


def _sent(
    store: SendingStore,
    tools: SendTools,
    sending: SingleSending,
    wanted: RequestedLetter,
    proposal: Proposal,
    send: LetterToSend,
    mailer: Mailer,
) -> SentLetter:
    order = SendOrder(
        proposal=proposal, by=sending.by.strip(), in_doubt=sending.in_doubt, is_drill=sending.is_drill,
        promised=wanted.promised(proposal),
    )  # fmt: skip
    now: Callable[[], Any] = tools.time.now

    def leave() -> None:
        refuse_withdrawn(store, sending.incident, proposal)
        if wanted.single is not None:
            wanted.single.refuse_late(proposal, now())

    run = LetterSender(
        store=store, mailer=mailer, time=tools.time, incident=sending.incident, batch=proposal.digest, pace=ONE_PASS,
        watcher=_Silent(), leave=leave,
    )  # fmt: skip
    seal = _seal_fields(sending, proposal, send, mailer)

    def check() -> None:
        if not sending.is_again:
            refuse_sent_before(store, sending.incident, proposal, key=send.key)

    result = run_sending(run, lambda: (send,), order, None, seal=seal, check=check)
    filed = file_if_complete(store, tools.duties(), sending.incident, order, result, reference=send.message_id, now=now)
    known = store.delivery(sending.incident, proposal.digest, send.key)
    entries = [each for each in store.read(sending.incident) if each.kind == SENT]
    found = [entry for entry in entries if entry.content.get("digest") == proposal.digest]
    return SentLetter(
        proposal=proposal, result=result, entry=found[-1] if found else None, filed=filed,
        why_not_filed=why_not_filed(tools.duties(), order, result),
        left=known if known is not None and known.state is not DeliveryState.SENT else None,
    )  # fmt: skip


def _seal_fields(sending: SingleSending, proposal: Proposal, send: LetterToSend, mailer: Mailer) -> dict[str, Any]:
    subject = proposal.subject
    fields: dict[str, Any] = {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage, "lang": subject.lang,
        "channel": mailer.name, "by": sending.by.strip(), "reference": send.message_id,
    }  # fmt: skip
    if sending.although.strip():
        fields["although"] = sending.although.strip()
    if sending.in_doubt is not None:
        fields["in_doubt"] = settled_words(sending.in_doubt)
    return {**fields, "drill": True} if sending.is_drill else fields
