"""How far a letter is: from the facts that it lacks to the answer of the mail server, or to its filing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from leakguard.frozen import Frozen, field
from leakguard.mailing.approvals import KINDS, NEEDED, Proposal, Subject, latest, proposals_in
from leakguard.mailing.sealing import BOUNCED, SENT
from leakguard.models.deliveries import DeliveryCounts, DeliveryState
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.notices.filings import FILED, filings_of

READ = (*KINDS, SENT, BOUNCED, FILED)
"""Kinds of entries that tell how the letters of an incident stand."""


class LetterState(StrEnum):
    """How far a letter is, from the beginning on."""

    TO_DRAFT = "to_draft"
    """Facts are missing, so that there is no letter that somebody could approve."""
    TO_APPROVE = "to_approve"
    """It waits for the first person."""
    CHANGED = "changed"
    """It was approved, and says something else now."""
    SECOND = "second"
    """It waits for the second person."""
    APPROVED = "approved"
    """It may be sent or filed, and was not."""
    UNSENT = "unsent"
    """The mail server did not take it or not all of it, or nobody knows whether it did, or somebody has no letter."""
    BOUNCED = "bounced"
    FILED = "filed"
    SENT = "sent"
    LATER = "later"
    """Its clock begins with something that has not happened yet."""


DONE = (LetterState.SENT, LetterState.FILED)


class SendingStatus(Frozen):
    """What became of the sending of a letter."""

    by_state: Mapping[DeliveryState, int] = field(default_factory=dict)
    """In every language and version."""
    bounced: int = 0
    unbegun: int = 0
    """Letters that nobody began, of the version in each language that was begun last."""
    left: int = 0
    """Letters of those versions that the mail server did not take, with the ones that nobody began."""
    without_letter: int = 0
    """Rows of the file of people for whom those versions have no letter."""

    @property
    def is_begun(self) -> bool:
        """Whether any letter was handed over, or tried to be."""
        return any(self.by_state.values())


class Progress(Frozen):
    """What the ledger and the deliveries tell of the letters of one incident."""

    proposals: tuple[Proposal, ...] = ()
    events: tuple[Event, ...] = ()
    counts: Mapping[str, DeliveryCounts] = field(default_factory=dict)
    """By the digest of what was approved."""
    written: int = 0
    """The entry in which the facts were written last; 0 where nobody asked for it."""

    def of(self, duty: str, stage: str) -> tuple[Proposal, ...]:
        """The last approved version of this letter in each language."""
        subjects = dict.fromkeys(proposal.subject for proposal in self.proposals)
        mine = (subject for subject in subjects if subject.duty == duty and subject.stage == stage)
        return tuple(
            proposal for proposal in (latest(self.proposals, subject) for subject in mine) if proposal is not None
        )

    def sent(self, duty: str, stage: str) -> SendingStatus:
        """What was sent of this letter, in every language and version."""
        by_state: dict[DeliveryState, int] = {}
        bounced = 0
        last: dict[Subject, tuple[int, int, int]] = {}
        for proposal in self.proposals:
            counts = self.counts.get(proposal.digest) if _is(proposal.subject, duty, stage) else None
            if counts is None or not any(counts.by_state.values()):
                continue
            by_state |= {state: by_state.get(state, 0) + counts.of(state) for state in DeliveryState}
            bounced += counts.bounced
            unbegun = max(0, proposal.letters - sum(counts.by_state.values()))
            left = unbegun + sum(counts.by_state.values()) - counts.of(DeliveryState.SENT)
            last[proposal.subject] = (unbegun, left, proposal.without_letter)
        unbegun, left, without = map(sum, zip(*last.values(), strict=True)) if last else (0, 0, 0)
        return SendingStatus(by_state=by_state, bounced=bounced, unbegun=unbegun, left=left, without_letter=without)

    def older(self, duty: str, stage: str) -> tuple[str, ...]:
        """The digests of approved versions that are older than the facts."""
        found = self.of(duty, stage)
        return tuple(
            proposal.digest
            for proposal in found
            if max(approval.sequence for approval in proposal.approvals) < self.written
        )

    def filing(self, duty: str, stage: str) -> Event | None:
        """The last filing of this stage that stands."""
        found = [filing for filing in filings_of(self.events, duty) if str(filing.fields.get("stage") or "") == stage]
        return found[-1] if found else None


def _is(subject: Subject, duty: str, stage: str) -> bool:
    return subject.duty == duty and subject.stage == stage


def progress_in(
    records: Iterable[KeptRecord], counts: Mapping[str, DeliveryCounts], *, only_accounts: bool
) -> Progress:  # fmt: skip
    """What these records of one incident tell of its letters."""
    known = tuple(records)
    events = tuple(event_of(record) for record in known if is_event_record(record))
    return Progress(proposals=proposals_in(known, only_accounts=only_accounts), events=events, counts=counts)


def state_of(
    progress: Progress, duty: str, stage: str, *, lacks: bool, changed: Sequence[str] = (), is_later: bool = False
) -> LetterState:
    """How far a letter is; `changed` are the digests of approved versions that no longer hold."""
    done = _done(progress, duty, stage)
    if done is not None:
        return done
    holding = progress.of(duty, stage)
    best = max((len(proposal.approvals) for proposal in holding if proposal.digest not in changed), default=0)
    if best:
        return LetterState.APPROVED if best >= NEEDED else LetterState.SECOND
    if is_later and not holding:
        return LetterState.LATER
    return LetterState.TO_DRAFT if lacks else LetterState.CHANGED if holding else LetterState.TO_APPROVE


def _done(progress: Progress, duty: str, stage: str) -> LetterState | None:
    """What came of a letter that left the house; `None` for one that did not."""
    sent = progress.sent(duty, stage)
    if sent.bounced:
        return LetterState.BOUNCED
    if sent.is_begun and not sent.left and not sent.without_letter:
        return LetterState.SENT
    if progress.filing(duty, stage) is not None:
        return LetterState.FILED
    return LetterState.UNSENT if sent.is_begun else None
