"""The second person of a step: whoever logs in under another account confirms what the first one did, or left out."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.accounts.two_people import needs_accounts, present, refuse_unauthenticated
from leakguard.errors import NotAllowed, NotFound, RightMissing
from leakguard.models.people import may_be_one_person, signatory_of
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STARTED, STEP_CLAIMED, STEP_DONE, STEP_WAIVED, StepProgress
from leakguard.playbooks.gates import Claim
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbook_closure import refuse_unproved
from leakguard.use_cases.incidents.playbooks import Response, open_incident_of, response_of
from leakguard.use_cases.responses.playbook_steps import done_records, may_follow_closing
from leakguard.use_cases.responses.step_complete import refuse_incomplete
from leakguard.use_cases.responses.step_evidence import EvidenceIntake, gather


def confirm_step(
    journal: Journal, incident_id: str, step: str, *, by: str, now: Now, may_waive: bool = True,
    claim: int | None = None,
) -> Response:  # fmt: skip
    """Record that a second person agrees to a step that awaits one; only then does it count.

    `claim` is the entry of what they read; without it only what was recorded once can be confirmed.
    Raises `NotFound` for an unknown step, `NotAllowed` for one that awaits nobody, that was changed since it was read,
    or that lacks what the playbook asks for by now, in a store without accounts, and for the person who did it;
    without `may_waive` also for a step that the first person left out.
    """
    if not needs_accounts(journal):
        raise NotAllowed(
            "this store has no accounts, so the second person is named beside the first",
            next_step=f"Name both: leakguard playbook done {incident_id} {step} --by NAME --second NAME",
        )
    refuse_unauthenticated(journal, by, what="confirm a step")
    for _ in range(TRIES):
        records = tuple(journal.read(incident_id))
        if not may_follow_closing(step, records):
            open_incident_of(incident_id, records)
        response = response_of(incident_id, records, now=now())
        found, kept_claim = _claimed(response, step)
        _refuse(journal, found, kept_claim, by, may_waive=may_waive)
        _refuse_unread(incident_id, found, kept_claim, records, claim)
        _refuse_outdated(found, kept_claim, records)
        new = _confirmed(found, kept_claim, by.strip())
        if not kept_claim.content.get("reason"):
            for record in new:
                refuse_unproved(incident_id, record.kind, records)
        try:
            kept = journal.append(incident_id, new, after=records[-1].sequence)
        except NotAllowed:
            continue
        return response_of(incident_id, (*records, *kept), now=now())
    raise NotAllowed(f"{incident_id} is being written by many at this very moment", next_step="Try again.")


def _refuse(journal: Journal, found: StepProgress, claim: KeptRecord, by: str, *, may_waive: bool) -> None:
    if may_be_one_person(signatory_of(claim.content), present(journal, by)):
        raise NotAllowed(
            f"{by} did `{found.id}`, so another person has to confirm it",
            next_step="Let somebody else log in and run this command.",
        )
    if claim.content.get("waived") and not may_waive:
        raise RightMissing(
            f"{by} may not leave `{found.id}` out: that needs the right `waive_steps`",
            next_step="Let somebody confirm it who has the right: leakguard account rights",
        )


def _refuse_unread(
    incident: str, found: StepProgress, claim: KeptRecord, records: Sequence[KeptRecord], read: int | None
) -> None:
    """Nobody agrees to what was recorded after they had read something else."""
    if read == claim.sequence or (read is None and not _is_changed(found.id, claim, records)):
        return
    raise NotAllowed(
        f"`{found.id}` was recorded again, so it may not be what you read: entry {claim.sequence} holds now",
        next_step=f"Read it: leakguard playbook next {incident}; "
        f"then: leakguard playbook confirm {incident} {found.id} --claim {claim.sequence}",
    )


def _is_changed(step: str, claim: KeptRecord, records: Sequence[KeptRecord]) -> bool:
    """Whether another claim of the step stood before this one, in this response and since it was settled last."""
    for record in reversed(records):
        is_own = record.content.get("step") == step
        if record.kind == STARTED or (is_own and record.kind in {STEP_DONE, STEP_WAIVED}):
            return False
        if is_own and record.kind == STEP_CLAIMED and record.sequence != claim.sequence:
            return True
    return False


def _refuse_outdated(found: StepProgress, claim: KeptRecord, records: Sequence[KeptRecord]) -> None:
    """What was complete when it was recorded may lack something now: evidence was retracted, or the playbook moved."""
    if claim.content.get("waived"):
        return
    first = _first(claim, "")
    gathered = gather(first.evidence, records, EvidenceIntake(step=found.id, by=first.by, intake=None))
    again = f"Let {first.by} record it again: leakguard playbook done {claim.subject} {found.id}"
    refuse_incomplete(found, first, gathered, asks_second=False, next_step=again)


def _first(claim: KeptRecord, second: str) -> Claim:
    """What the first person told."""
    content = claim.content
    return Claim(
        by=signatory_of(content).name, second=second, answers=dict(content.get("form") or {}),
        evidence=tuple(map(str, content.get("evidence") or ())),
    )  # fmt: skip


def _claimed(response: Response, name: str) -> tuple[StepProgress, KeptRecord]:
    see = f"See: leakguard playbook next {response.incident.id}"
    found = response.progress.steps.get(name)
    if found is None:
        raise NotFound(f"the playbook has no step `{name[:60]}`", next_step=see)
    if found.claim is None:
        raise NotAllowed(f"`{found.id}` awaits no second person", next_step=see)
    return found, found.claim


def _confirmed(found: StepProgress, claim: KeptRecord, second: str) -> tuple[Record, ...]:
    """What counts: the step as the first person told it, at the time that they told, with the name of the second."""
    content, first = claim.content, signatory_of(claim.content)
    more = {"by_source": first.how, "claimed_by": first.said, "claim": claim.sequence}
    reason = str(content.get("reason") or "")
    if content.get("waived"):
        waived = {"step": found.id, "by": first.name, "second": second, "reason": reason, **more}
        return (Record(kind=STEP_WAIVED, occurred_at=claim.occurred_at, content=waived),)
    return done_records(found, _first(claim, second), at=claim.occurred_at, reason=reason, more=more)
