"""The second person of a step: whoever logs in under another account confirms what the first one did, or left out."""

from __future__ import annotations

from leakguard.accounts.two_people import needs_accounts, present, refuse_unauthenticated
from leakguard.errors import NotAllowed, NotFound, RightMissing
from leakguard.models.people import may_be_one_person, signatory_of
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_WAIVED, StepProgress
from leakguard.playbooks.gates import Claim
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbook_closure import refuse_unproved
from leakguard.use_cases.incidents.playbooks import Response, open_incident_of, response_of
from leakguard.use_cases.responses.playbook_steps import done_records, may_follow_closing


def confirm_step(
    journal: Journal, incident_id: str, step: str, *, by: str, now: Now, may_waive: bool = True
) -> Response:
    """Record that a second person agrees to a step that awaits one; only then does it count.

    Raises `NotFound` for an unknown step, `NotAllowed` for one that awaits nobody, in a store without accounts, and for
    the person who did it; without `may_waive` also for a step that the first person left out.
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
        found, claim = _claimed(response, step)
        _refuse(journal, found, claim, by, may_waive=may_waive)
        new = _confirmed(found, claim, by.strip())
        if not claim.content.get("reason"):
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
    first_claim = Claim(
        by=first.name, second=second, answers=dict(content.get("form") or {}),
        evidence=tuple(map(str, content.get("evidence") or ())),
    )  # fmt: skip
    return done_records(found, first_claim, at=claim.occurred_at, reason=reason, more=more)
