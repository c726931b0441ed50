"""Who approved a letter, how its sending ended, and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.frozen import Frozen
from leakguard.mailing.approvals import NEEDED, Proposal, Subject, changed_words, latest
from leakguard.mailing.mailboxes import ANOTHER_WAY
from leakguard.models.deliveries import Delivery, DeliveryCounts, DeliveryState
from leakguard.models.events import Event
from leakguard.models.moments import to_z
from leakguard.models.people import alike_text
from leakguard.models.records import KeptRecord
from leakguard.models.sending import RunResult
from leakguard.models.texts import counted
from leakguard.notices.filings import promised_in
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.approve_notice import ApprovalResult, names_of
from leakguard.use_cases.letters.look_up_deliveries import Proof
from leakguard.use_cases.letters.record_bounces import BounceCount

SHORT = 16
NOTE = (
    "Names are as they were typed, and LeakGuard does not check who types them, unless `logged in` stands beside one."
)


def approval_lines(done: ApprovalResult) -> Iterator[str]:
    """What was approved, part by part, and who is still missing."""
    yield printable(done.proposal.subject.words)
    for name, digest in done.proposal.parts.digests.items():
        yield f"  {name:<11} {digest[:SHORT]}{'  changed' if name in done.changed else ''}"
    yield f"  digest      {done.proposal.digest}"
    if done.changed and done.before is not None:
        who = printable(names_of(done.before.approvals))
        yield f"Changed since {who} approved {done.before.digest[:SHORT]}: {changed_words(done.changed)}."
    earlier = done.proposal.approval_of(done.who)
    if not done.is_new and earlier is not None:
        why = printable(alike_text(earlier.by, done.by), longest=600)
        yield f"This person approved exactly this before, and counts once: {why}."
    yield status(done.proposal)
    yield from _uncounted_lines(done.proposal)
    yield NOTE


def _uncounted_lines(proposal: Proposal) -> Iterator[str]:
    """Who approves and does not count, as the store has accounts."""
    for approval in proposal.uncounted:
        yield f"Not counted, as nobody logged in: {printable(approval.who)}, entry {approval.sequence}"


def list_lines(proposals: Sequence[Proposal]) -> Iterator[str]:
    """Every version with its people, the last one at the end."""
    for proposal in proposals:
        yield f"{proposal.digest[:SHORT]}  {printable(proposal.subject.words)}"
        yield from (f"  {line}" for line in _basis_lines(proposal))
        is_last = proposal.approvals and latest(proposals, proposal.subject) is proposal
        yield f"  {status(proposal) if is_last or not proposal.approvals else 'Replaced by a later version.'}"
        for approval in proposal.approvals:
            role = f" ({printable(approval.role)})" if approval.role else ""
            yield f"  {to_z(approval.at)}  {printable(approval.who)}{role}, entry {approval.sequence}"
        yield from (f"  {line}" for line in _uncounted_lines(proposal))


def _basis_lines(proposal: Proposal) -> Iterator[str]:
    """What the letter rests on and does not say itself; nothing of an approval from before this was kept."""
    basis, head = proposal.basis, proposal.head
    if basis.rules_version:
        rule = f"Rule {printable(proposal.subject.duty)}, version {printable(basis.rules_version)}"
        yield f"{rule}, checked on {basis.checked_on}"
    if head is not None:
        yield f"Ledger head when it was written: entry {head.sequence}, {head.hash[:SHORT]}"


def status(proposal: Proposal) -> str:
    """Whether it may be sent, in a sentence."""
    if proposal.is_approved:
        return f"Approved by {printable(names_of(proposal.approvals))}: it may be sent."
    missing = NEEDED - len(proposal.approvals)
    if missing == NEEDED:
        return "Nobody approves it now."
    return f"Approved by {printable(names_of(proposal.approvals))}: one more person has to approve it."


def approved_json(done: ApprovalResult) -> dict[str, Any]:
    """As `proposal_json`, with what changed."""
    return {**proposal_json(done.proposal), "new": done.is_new, "changed": list(done.changed), "note": NOTE}


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """One version with its approvals."""
    subject = proposal.subject
    return {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage or None, "lang": subject.lang or None,
        "digest": proposal.digest, "parts": dict(proposal.parts.digests), "letters": proposal.letters,
        "rules_version": proposal.basis.rules_version or None, "checked_on": proposal.basis.checked_on or None,
        "head": {"sequence": proposal.head.sequence, "hash": proposal.head.hash} if proposal.head else None,
        "written_at": to_z(proposal.written_at), "approved": proposal.is_approved, "needed": NEEDED,
        "approvals": [
            {
                "by": approval.by, "by_source": approval.by_source, "by_id": approval.by_id or None,
                "role": approval.role or None,
                "login_method": approval.method or None, "at": to_z(approval.at), "entry": approval.sequence,
            }
            for approval in proposal.approvals
        ],
        "uncounted": [
            {"by": each.by, "by_source": each.by_source, "entry": each.sequence} for each in proposal.uncounted
        ],
    }  # fmt: skip


SHOWN = 20
"""Lines of a list on the screen; `--format json` has them all."""
_WORDS = {
    DeliveryState.SENT: "sent", DeliveryState.SET_ASIDE: "set aside", DeliveryState.REFUSED: "refused",
    DeliveryState.DEFERRED: "not taken yet", DeliveryState.IN_DOUBT: "in doubt",
}  # fmt: skip


class UnsentLetter(Frozen):
    """A letter that was not taken by the mail server, and the line of the recipients' file that it is for."""

    line: int
    delivery: Delivery


class FilingOutcome(Frozen):
    """What became of the filing of the stage."""

    filed: str = ""
    """The event; empty where nothing was recorded."""
    why_not: str = ""
    """Why letters that were all taken are no filing."""
    promised: tuple[str, ...] = ()
    """What the letter leaves to a later one."""

    @classmethod
    def of(cls, filed: Event | None, why_not: str) -> FilingOutcome:
        """As the filing says."""
        if filed is None:
            return cls(why_not=why_not)
        return cls(filed=filed.id, why_not=why_not, promised=promised_in(filed))


def outcome_lines(proposal: Proposal, outcome: FilingOutcome, incident: str) -> Iterator[str]:
    """Under which event the filing is recorded, or why it is not and how a person records it."""
    if outcome.filed:
        yield f"Filed as {outcome.filed}."
        if outcome.promised:
            yield f"Promised for later: {', '.join(outcome.promised)}."
    elif outcome.why_not:
        subject = proposal.subject
        yield f"Nothing was filed: {printable(outcome.why_not)}. Record it when the duty is met:"
        yield f"  leakguard notice file {incident} --duty {subject.duty} --stage {subject.stage or 'NAME'}"


def result_lines(
    proposal: Proposal, result: RunResult, entry: KeptRecord | None, left: Sequence[UnsentLetter]
) -> Iterator[str]:
    """Counts, the ledger's word, what is left and what to do about it."""
    yield f"{printable(proposal.subject.words)}  {proposal.digest[:16]}"
    counts = [f"{result.counts.of(state):,} {word}" for state, word in _WORDS.items()]
    noun = "letter" if result.letters == 1 else "letters"
    yield f"{result.letters:,} {noun}: {', '.join(counts)}, {result.unbegun:,} not begun"
    if entry is not None:
        yield f"Entry {entry.sequence} of the ledger vouches for {entry.content.get('leaves', 0):,} of them."
    yield from _left_lines(left)
    if any(letter.delivery.state is DeliveryState.SET_ASIDE for letter in left):
        yield f"Set aside: {ANOTHER_WAY}"
    if any(letter.delivery.state is DeliveryState.REFUSED for letter in left):
        yield "Refused: not tried again by itself. Look at the address and the server's log, then use --retry-refused."
    if result.counts.of(DeliveryState.IN_DOUBT):
        yield "In doubt: it is not known whether the mail server took these, so they are not sent again by themselves."
        if result.unresolved:
            yield f"The log could not settle it: {result.unresolved}."
        yield "Settle it by the mail server's log (--accepted-log FILE), or by what you know (--in-doubt sent|resend)."
    if result.stopped:
        yield f"Stopped early: {printable(result.stopped)}. {printable(result.next_step)}"


def _left_lines(left: Sequence[UnsentLetter]) -> Iterator[str]:
    for letter in left[:SHOWN]:
        where = f"line {letter.line}: " if letter.line else ""
        named = f" <{letter.delivery.message_id}>" if letter.delivery.message_id else ""
        reason = f": {printable(letter.delivery.reason)}" if letter.delivery.reason else ""
        yield f"  {where}{_WORDS[letter.delivery.state]}{reason}{named}"
    if len(left) > SHOWN:
        yield f"  and {len(left) - SHOWN:,} more (--format json names all)"


def result_json(
    proposal: Proposal,
    result: RunResult,
    entry: KeptRecord | None,
    left: Sequence[UnsentLetter],
    outcome: FilingOutcome,
) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "covers": proposal.subject.covers, "duty": proposal.subject.duty, "stage": proposal.subject.stage or None,
        "digest": proposal.digest, "letters": result.letters, "not_begun": result.unbegun,
        "counts": {state.value: result.counts.of(state) for state in DeliveryState},
        "entry": entry.sequence if entry is not None else None, "filed": outcome.filed or None,
        "not_filed": outcome.why_not or None, "promised": list(outcome.promised), "stopped": result.stopped or None,
        "unresolved": result.unresolved or None,
        "left": [
            {
                "line": letter.line or None, "state": letter.delivery.state.value,
                "reason": letter.delivery.reason or None,
                "message_id": letter.delivery.message_id or None, "code": letter.delivery.code,
            }
            for letter in left
        ],
    }  # fmt: skip


def proof_json(proof: Proof) -> dict[str, Any]:
    """The sending of one letter, with the hashes that lead to the root of its entry."""
    return {
        **_delivery_json(proof.delivery), "proved": proof.is_proved, "entry": proof.delivery.sealed,
        "record": proof.record, "place": proof.place, "size": proof.size, "path": list(proof.path), "root": proof.root,
    }  # fmt: skip


def _delivery_json(delivery: Delivery) -> dict[str, Any]:
    bounced_at = to_z(delivery.bounced_at) if delivery.bounced_at is not None else None
    return {
        "message_id": delivery.message_id, "state": delivery.state.value, "at": to_z(delivery.at),
        "digest": delivery.digest,
        "approved": delivery.batch, "code": delivery.code, "queue_id": delivery.queue_id or None,
        "reason": delivery.reason or None,
        "attempts": delivery.attempts, "bounced": delivery.bounced or None, "bounced_at": bounced_at,
    }  # fmt: skip


def batch_json(batch: str, subject: Subject | None, counts: DeliveryCounts) -> dict[str, Any]:
    """How many letters of one approved version stand how, as plain values."""
    about = {"duty": subject.duty, "stage": subject.stage or None, "covers": subject.covers} if subject else {}
    return {
        "digest": batch, **about, "counts": {state.value: counts.of(state) for state in DeliveryState},
        "bounced": counts.bounced,
    }  # fmt: skip


def bounces_json(found: BounceCount) -> dict[str, object]:
    """What a mailbox held, as plain values."""
    return {
        "messages": found.messages, "bounces": found.bounces, "late": found.late,
        "new": [{"message_id": bounce.message_id, "status": bounce.status} for bounce in found.new],
    }  # fmt: skip


def bounce_lines(found: BounceCount) -> Iterator[str]:
    """What a mailbox held, and what to do for those whose letter came back."""
    read = f"{counted(found.messages, 'message')}, {counted(found.bounces, 'bounce')}"
    yield f"{read}, {found.late:,} of them only about a delay"
    yield f"{counted(len(found.new), 'letter')} of this incident came back that nobody knew of"
    for status, count in sorted(Counter(bounce.status for bounce in found.new).items()):
        yield f"  {status}  {count:,}"
    if found.new:
        yield "These people are not told yet. Write to them by post, or in another way."


def batch_lines(batch: str, subject: Subject | None, counts: DeliveryCounts) -> Iterator[str]:
    """How many letters of one approved version stand how."""
    yield f"{batch[:SHORT]}  {printable(subject.words) if subject is not None else '(approval erased)'}"
    states = ", ".join(f"{counts.of(state):,} {state.value.replace('_', ' ')}" for state in DeliveryState)
    yield f"  {states}, {counts.bounced:,} came back"


def proof_lines(proof: Proof) -> Iterator[str]:
    """The sending of one letter, and what vouches for it."""
    delivery = proof.delivery
    yield f"<{delivery.message_id}>  {delivery.state.value.replace('_', ' ')} at {to_z(delivery.at)}"
    yield f"  letter    {delivery.digest}"
    yield f"  approved  {delivery.batch}"
    if delivery.code is not None:
        yield f"  answer    {delivery.code}{f', queued as {delivery.queue_id}' if delivery.queue_id else ''}"
    if delivery.reason:
        yield f"  because   {printable(delivery.reason)}"
    if delivery.bounced and delivery.bounced_at is not None:
        yield f"  came back {delivery.bounced} at {to_z(delivery.bounced_at)}"
    if proof.is_proved:
        yield f"  proved by entry {delivery.sealed}: letter {proof.place + 1} of {proof.size}"
    else:
        yield "  no entry of the ledger vouches for it"
