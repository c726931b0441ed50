"""Sends what two people approved: passes over the batch, doubts, the ledger's word for it, and the filing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from leakguard.accounts.two_people import needs_accounts
from leakguard.errors import ApprovalGone, ChannelFailed, NotAllowed
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import KINDS, LETTER, NEEDED, Proposal, Subject, proposals_in
from leakguard.mailing.batch_subjects import may_be_same, subjects_in
from leakguard.mailing.sealing import SENT, seal_fields
from leakguard.models.deliveries import Delivery, DeliveryCounts, DeliveryState
from leakguard.models.events import Event, Interval
from leakguard.models.records import Record
from leakguard.models.sending import InDoubt, RunResult, Unwritten
from leakguard.models.texts import counted
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.duty_phases import only_stage
from leakguard.notices.filings import FILED
from leakguard.ports import DeliveryStore, Journal, Now
from leakguard.use_cases.incidents.incident_events import PROMPT
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.letter_doubts import AskLog, seconds_to_settle, settle_by_log, settle_by_person
from leakguard.use_cases.letters.letter_sender import Letters, LetterSender
from leakguard.use_cases.letters.letter_versions import ONE_BY_ONE, refuse_second_address


class SendingStore(DeliveryStore, Journal, Protocol):
    """A journal that keeps how letters stand."""


class SendOrder(Frozen):
    """What a person asked for."""

    proposal: Proposal
    by: str = ""
    in_doubt: InDoubt | None = None
    only: tuple[str, ...] = ()
    """The Message-IDs that `in_doubt` is about; empty for all of them."""
    is_drill: bool = False
    promised: tuple[str, ...] = ()
    """What the letter calls unknown and leaves to a later one."""
    unwritten: Unwritten = Unwritten()
    """For whom a mail merge has no letter."""


def settled_words(choice: InDoubt) -> str:
    """What the ledger says of a doubt that a person settled."""
    return f"{choice}, by what a person knows"


def refuse_unapproved(proposal: Proposal) -> None:
    """Raise `NotAllowed` unless two different people approve exactly this."""
    missing = NEEDED - len(proposal.approvals)
    if missing > 0:
        people = "two people have" if missing > 1 else "one more person has"
        raise NotAllowed(
            f"{proposal.subject.words}: {people} to approve {proposal.digest[:16]} before it is sent",
            next_step="Let another person look at it: leakguard notice approve ... --by NAME",
        )


def refuse_withdrawn(store: Journal, incident: str, proposal: Proposal) -> None:
    """Raise `ApprovalGone` when somebody took an approval back that this sending rests on."""
    kept = (record for record in store.read(incident) if record.kind in KINDS)
    known = proposals_in(kept, only_accounts=needs_accounts(store))
    now = next((known_proposal for known_proposal in known if _key(known_proposal) == _key(proposal)), None)
    if now is None or not now.is_approved:
        raise ApprovalGone(
            f"an approval of {proposal.subject.words} was taken back while it was sent",
            next_step=f"See who did, and why: leakguard incident timeline {incident}",
        )


def _key(proposal: Proposal) -> tuple[Subject, str]:
    return proposal.subject, proposal.digest


def refuse_other_version(store: DeliveryStore, records: Sequence[Any], proposal: Proposal, incident: str) -> None:
    """Raise `NotAllowed` when people were already sent another version of this letter, or may have been.

    A batch of which nothing tells any more which letter it was may be a version of this one.
    """
    subjects = subjects_in(records)
    for batch in store.batches(incident):
        subject = subjects.get(batch)
        if batch == proposal.digest or (subject is not None and not may_be_same(subject, proposal.subject)):
            continue
        counts = store.delivery_counts(incident, batch)
        sent = counts.of(DeliveryState.SENT) + counts.of(DeliveryState.IN_DOUBT)
        if sent:
            which = "another version of" if subject is not None else "a letter whose approvals were erased, perhaps"
            raise NotAllowed(
                f"{which} {proposal.subject.words} ({batch[:16]}) went to {counted(sent, 'recipient')}",
                next_step="A letter goes to each person once. To send this one as well: --again",
            )


def refuse_sent_before(store: SendingStore, incident: str, proposal: Proposal, *, key: str) -> None:
    """Raise `NotAllowed` when another version went out, or the one letter to another address than that of `key`.

    It is asked again by whoever holds the lock, for another process may have sent since it was asked first.
    """
    refuse_other_version(store, tuple(store.read(incident)), proposal, incident)
    if key:
        refuse_second_address(store, incident, proposal.digest, key)


@contextmanager
def _held(store: DeliveryStore, incident: str) -> Iterator[None]:
    """Be the only one who sends letters of this incident."""
    store.take_sending(incident)
    try:
        yield
    finally:
        store.release_sending(incident)


def run_sending(
    sender: LetterSender, letters: Letters, order: SendOrder, ask: AskLog | None, *, seal: dict[str, Any],
    check: Callable[[], None] = lambda: None,
) -> RunResult:  # fmt: skip
    """Send what is to be sent, be the only one who does, and let the ledger vouch for it.

    `seal` is what the ledger entry says beside the counts. `check` raises for what another process did before this one
    held the lock, see `refuse_sent_before`.
    Raises `NotAllowed` while another process sends letters of this incident, or once one has taken over.
    """
    store, incident, batch = sender.store, sender.incident, sender.batch
    with _held(store, incident):
        check()
        before = store.delivery_counts(incident, batch)
        try:
            if order.in_doubt is not None:
                settle_by_person(store, incident, batch, order.in_doubt, only=order.only, now=sender.time.now())
            stopped, why_left = _passes(sender, letters, ask)
        finally:
            sender.close()
            _seal(sender, seal, before)
    counts = store.delivery_counts(incident, batch)
    letters_in_all = order.proposal.letters  # not those that were looked at: a server that stays away ends a pass early
    return RunResult(
        letters=letters_in_all, unbegun=max(0, letters_in_all - sum(counts.by_state.values())), counts=counts,
        stopped=stopped[0], next_step=stopped[1], unresolved=why_left,
    )  # fmt: skip


def file_if_complete(
    store: SendingStore, book: DutyBook, incident: str, order: SendOrder, result: RunResult, *,
    reference: str, now: Now,
) -> Event | None:  # fmt: skip
    """Record the filing of the stage that the letter was drafted for, once, when every letter of it was taken.

    Nothing is filed where `why_not_filed` says why.

    It bears the time of the last letter: a process that was killed records it in a later run. A filing that was
    withdrawn or corrected since is not recorded anew.
    """
    subject = order.proposal.subject
    duty = _duty(book, subject)
    stage = _stage(subject, duty)
    if duty is None or not stage or not _is_taken(result) or why_not_filed(book, order, result):
        return None
    known = load_incident(store, incident)
    if any(_is_filing(event, subject.duty, reference) for event in known.events):
        return None
    sent = store.deliveries(incident, order.proposal.digest, DeliveryState.SENT)
    moment = now()
    at = min(max(delivery.at for delivery in sent), moment)
    words = "letter sent by e-mail" if subject.covers == LETTER else "letters sent by e-mail"
    new = NewFiling(
        duty=subject.duty, stage=stage, at=Interval(earliest=at, latest=at, zone=known.zone),
        reference=reference, by=order.by, to_be_determined=order.promised,
        reason="" if subject.covers == LETTER else words,
        why_late=f"{words}; recorded later" if moment - at > PROMPT / 2 else "",
    )  # fmt: skip
    return file_notice(store, book, incident, new, now=now)


def why_not_filed(book: DutyBook, order: SendOrder, result: RunResult) -> str:
    """Why letters that the mail server took do not meet their duty yet; empty where they do, or where some are left."""
    subject, people = order.proposal.subject, order.unwritten.words
    duty = _duty(book, subject)
    if duty is None or not _is_taken(result):
        return ""
    if people:
        return f"not everybody has a letter ({people})"
    if subject.covers == LETTER and duty.recipient.type in ONE_BY_ONE:
        return "one letter does not show that everybody was notified"
    return "" if _stage(subject, duty) else "the letter names no stage of its duty"


def _duty(book: DutyBook, subject: Subject) -> Duty | None:
    """The duty of a letter; `None` for one that no law demands."""
    return next((duty for duty in book.duties if duty.id == subject.duty), None)


def _stage(subject: Subject, duty: Duty | None) -> str:
    """The stage that the letter names; else the one that its duty has, as an earlier release approved letters."""
    return subject.stage or (only_stage(duty.phases) if duty is not None else None) or ""


def _is_taken(result: RunResult) -> bool:
    """Whether the mail server took every letter."""
    return 0 < result.letters == result.counts.of(DeliveryState.SENT)


def _is_filing(event: Event, duty: str, reference: str) -> bool:
    """Whether it is the filing of these letters, also one that does not stand any more."""
    fields = event.fields
    return event.kind == FILED and fields.get("obligation") == duty and fields.get("reference") == reference


def _passes(sender: LetterSender, letters: Letters, ask: AskLog | None) -> tuple[tuple[str, str], str]:
    """Why it ended early and what to do, and why the log left something in doubt."""
    why_left = ""
    try:
        for number in range(1, sender.pace.passes + 1):
            is_open = sender.one_pass(letters)
            sender.close()
            if ask is not None:
                is_more, why_left = _ask(sender, ask)
                is_open = is_open or is_more
            if not is_open:
                break
            if number < sender.pace.passes:
                sender.wait(sender.pace.wait(number), "some letters were not taken")
    except (ApprovalGone, ChannelFailed) as error:
        return (error.message, error.next_step), why_left
    return ("", ""), why_left


def _ask(sender: LetterSender, ask: AskLog) -> tuple[bool, str]:
    """Ask the log about what is in doubt; whether there is something to send again, and why something is left."""
    doubts = tuple(sender.store.deliveries(sender.incident, sender.batch, DeliveryState.IN_DOUBT))
    if doubts:
        sender.knock()
    wait = seconds_to_settle(doubts, sender.pace.settle, now=sender.time.now())
    if wait:
        sender.wait(wait, "the mail server may still be writing its log")
    return settle_by_log(sender.store, sender.incident, sender.batch, ask, now=sender.time.now)


def _seal(sender: LetterSender, fields: dict[str, Any], before: DeliveryCounts) -> None:
    """One ledger entry over what was sent and is not vouched for, also by a run that was killed before it got here."""
    counts = sender.store.delivery_counts(sender.incident, sender.batch)
    now = sender.time.now()

    def entry(sent: Sequence[Delivery]) -> Record | None:
        if not sent and counts == before:
            return None
        by_state = {state.value: counts.of(state) for state in DeliveryState}
        content = {
            **fields,
            "digest": sender.batch,
            **seal_fields(sent),
            "counts": {**by_state, "bounced": counts.bounced},
        }
        return Record(kind=SENT, occurred_at=_span(sent, now), content=content)

    sender.store.seal(sender.incident, sender.batch, entry)


def _span(sent: Sequence[Delivery], now: datetime) -> Interval:
    """From the first letter to the last."""
    moments = [delivery.at for delivery in sent] or [now]
    return Interval(earliest=min(moments), latest=max(moments))
