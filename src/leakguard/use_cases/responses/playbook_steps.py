"""Finishes a step, or records that it failed or is not needed; the event that the step stands for goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.accounts.two_people import needs_accounts, refuse_unauthenticated
from leakguard.alerts.marks import REVIEWED
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.people import refuse_nameless
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_CLAIMED, STEP_DONE, STEP_FAILED, STEP_WAIVED, StepProgress
from leakguard.playbooks.forms import parse_answers
from leakguard.playbooks.gates import Claim, event_fields, why_no_second
from leakguard.playbooks.states import OPEN, SETTLED, StepState
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import happened_at
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbook_closure import refuse_unproved
from leakguard.use_cases.incidents.playbooks import (
    Response,
    instant,
    open_incident_of,
    response_of,
    running_playbook,
)
from leakguard.use_cases.proofs.evidence_items import Intake
from leakguard.use_cases.responses.step_complete import refuse_incomplete
from leakguard.use_cases.responses.step_evidence import (
    EvidenceIntake,
    GatheredEvidence,
    file_records,
    gather,
    keep_missing,
    with_items,
)

MOST_CHARACTERS = 2000
"""A text longer than this is a document, which is kept elsewhere and named here."""


class StepStatement(Frozen):
    """What a person tells about a step."""

    step: str
    by: str
    """A person's name, never a role."""
    second: str = ""
    evidence: Sequence[str] = ()
    """As typed: `config_after=@es.yml`, `config after: EV-12`; see `step_evidence`."""
    keep: bool = False
    """Whether copies of files that are taken in are kept beside the store."""
    form: str | None = None
    """The text of the form file."""
    form_name: str = "form"
    at: Interval | None = None
    """`None` is now."""
    reason: str = ""
    """Why it is recorded late."""
    failure: str = ""
    """What was seen, when the step failed; empty when it is done."""
    is_waived: bool = False
    """Two people decided that the step is not needed, for `reason`."""


def tell_step(
    journal: Journal, incident_id: str, statement: StepStatement, *, now: Now, intake: Intake | None = None
) -> Response:
    """Record that a step is done, failed, or not needed; returns where the response stands then.

    Files among the evidence are taken in first, each as an item of the ledger; `intake` reads them.
    Whoever loses a race looks again, so a step is never finished twice.
    Raises `NotFound`, `BadFile` for a bad form, `UsageProblem` for what is said wrongly, and `NotAllowed` for a step
    out of turn, with evidence, answers or a second person missing, or whose event claims more than was seen.
    """
    _refuse_wrong_texts(statement)
    with_accounts = needs_accounts(journal)
    taking = EvidenceIntake(step=statement.step, by=statement.by.strip(), intake=intake, keep=statement.keep)
    for _ in range(TRIES):
        records = tuple(journal.read(incident_id))
        if not may_follow_closing(statement.step, records):
            open_incident_of(incident_id, records)
        response = response_of(incident_id, records, now=now())
        found = _open_step(response, statement, with_accounts=with_accounts)
        is_claim = with_accounts and _takes_two(found, statement)
        if is_claim:
            _refuse_claim(journal, found, statement, incident_id)
        gathered = gather(statement.evidence, records, taking)
        new = _records(response, found, statement, gathered, is_claim=is_claim)
        if not statement.reason:
            for record in new:
                refuse_unproved(incident_id, record.kind, records)
        if gathered.files:
            files = file_records(gathered, taking, instant(response.now, response.incident.zone))
            items = journal.append(incident_id, files)
            keep_missing(gathered, items, taking)
            statement = replace(statement, evidence=with_items(gathered, items))
            continue
        try:
            kept = journal.append(incident_id, new, after=records[-1].sequence)
        except NotAllowed:
            continue
        return response_of(incident_id, (*records, *kept), now=now())
    raise NotAllowed(f"{incident_id} is being written by many at this very moment", next_step="Try again.")


def _takes_two(found: StepProgress, statement: StepStatement) -> bool:
    """Whether a second person has to agree to what is told."""
    return statement.is_waived or (found.step.second_person is not None and not statement.failure)


def _refuse_claim(journal: Journal, found: StepProgress, statement: StepStatement, incident: str) -> None:
    """In a store with accounts each of the two logs in: nobody names the second person for them."""
    confirm = f"leakguard playbook confirm {incident} {found.id}"
    refuse_unauthenticated(journal, statement.by, what="do a step that takes two people")
    if statement.second.strip():
        raise NotAllowed(
            "this store has accounts, so the second person logs in and confirms the step",
            next_step=f"Leave --second out, and let them run: {confirm}",
        )
    if found.claim is not None and found.claim.content.get("by") != statement.by.strip():
        raise NotAllowed(
            f"{found.claim.content.get('by')} did `{found.id}` already, and it awaits a second person",
            next_step=f"Confirm it: {confirm}; or take it back: leakguard playbook take-back {incident} {found.id}",
        )


def may_follow_closing(name: str, records: Sequence[KeptRecord]) -> bool:
    """Whether the step is the review, which is often held after the incident was closed."""
    playbook = running_playbook(records[-1].subject, records) if records else None
    step = playbook.steps.get(name) if playbook is not None else None
    return step is not None and step.emits == REVIEWED


def _records(
    response: Response, found: StepProgress, statement: StepStatement, gathered: GatheredEvidence, *, is_claim: bool
) -> tuple[Record, ...]:
    """The record of the step and, when it is done, that of its event."""
    at, by = _placed(response, statement), statement.by.strip()
    if statement.is_waived and is_claim:
        claimed = {"step": found.id, "by": by, "waived": True, "reason": statement.reason}
        return (Record(kind=STEP_CLAIMED, occurred_at=at, content=claimed),)
    if statement.is_waived:
        waived = {"step": found.id, "by": by, "second": statement.second.strip(), "reason": statement.reason}
        return (Record(kind=STEP_WAIVED, occurred_at=at, content=waived),)
    if statement.failure:
        failed = {"step": found.id, "by": by, "failure": statement.failure, "reason": statement.reason}
        return (Record(kind=STEP_FAILED, occurred_at=at, content=failed),)
    claim = Claim(
        by=by, second=statement.second.strip(), answers=_answers(response, found, statement), evidence=gathered.texts
    )
    refuse_incomplete(found, claim, gathered, asks_second=not is_claim)
    if is_claim:
        claimed = {"step": found.id, "by": by, "form": dict(claim.answers), "evidence": list(claim.evidence)}
        return (Record(kind=STEP_CLAIMED, occurred_at=at, content={**claimed, "reason": statement.reason}),)
    return done_records(found, claim, at=at, reason=statement.reason)


def done_records(
    found: StepProgress, claim: Claim, *, at: Interval, reason: str, more: Mapping[str, Any] | None = None
) -> tuple[Record, ...]:
    """The record that a step is done, and that of its event; `more` is what else the first has to say."""
    content = {
        "step": found.id,
        "by": claim.by,
        "second": claim.second,
        "form": dict(claim.answers),
        "evidence": list(claim.evidence),
        "reason": reason,
        **(more or {}),
    }
    done = Record(kind=STEP_DONE, occurred_at=at, content=content)
    fields = event_fields(found.id, found.step, claim)
    if fields is None or found.step.emits is None:
        return (done,)
    source = f"step {found.id}, {claim.by}"
    return (
        done,
        record_of_event(kind=found.step.emits, occurred_at=at, source=source, reason=reason, fields=fields),
    )


def _open_step(response: Response, statement: StepStatement, *, with_accounts: bool) -> StepProgress:
    steps = response.progress.steps
    incident = response.incident.id
    found = steps.get(statement.step)
    if found is None:
        near = nearest_name(statement.step, list(steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(
            f"the playbook has no step `{statement.step[:60]}`{hint}",
            next_step=f"See: leakguard playbook next {incident}",
        )
    if found.state not in OPEN:
        next_step = f"See: leakguard playbook next {incident}"
        if found.state is StepState.DONE and found.step.kind != "automated":
            next_step += (
                f"; was that a mistake? leakguard playbook take-back {incident} {found.id} --by NAME --reason TEXT"
            )
        raise NotAllowed(_why_not(response, found), next_step=next_step)
    if found.state is StepState.RUNNING:
        raise NotAllowed(
            f"a machine is at `{found.id}`, or was stopped in the middle of it",
            next_step=f"This finds out: leakguard playbook run {incident}",
        )
    if statement.is_waived:
        _refuse_lonely_waiver(found, statement, with_accounts=with_accounts)
    elif found.step.kind == "automated" and not statement.failure:
        _refuse_by_hand(found, statement, incident)
    return found


def _refuse_lonely_waiver(found: StepProgress, statement: StepStatement, *, with_accounts: bool) -> None:
    """What is left out needs two people and a reason, since nobody else would see it."""
    why_not = "" if with_accounts else why_no_second(statement.by, statement.second)
    if why_not or not statement.reason.strip():
        raise NotAllowed(
            f"`{found.id}` can be left out by two people who say why{f' ({why_not})' if statement.second else ''}",
            next_step='Name both and the reason: --by NAME --second NAME --reason "..."',
        )


def _refuse_by_hand(found: StepProgress, statement: StepStatement, incident: str) -> None:
    """A person speaks for a machine only where nobody knows how it ended, or where no event tells, and says why."""
    if found.step.emits is not None and found.state is not StepState.UNSURE:
        raise NotAllowed(
            f"`{found.id}` closes by itself when its event is recorded",
            next_step=f"This prints its command: leakguard playbook next {incident}",
        )
    if not statement.reason.strip():
        raise NotAllowed(
            f"`{found.id}` is an automated step: a person who records its result gives a name and says how they know",
            next_step='Name yourself and the reason: --by NAME --reason "..."',
        )


def _why_not(response: Response, found: StepProgress) -> str:
    if found.state in SETTLED:
        who = f", by {found.by}" if found.by else ""
        at = f", at {to_z(found.since)}" if found.since is not None else ""
        return f"`{found.id}` is {found.state} already{who}{at}"
    steps = response.progress.steps.values()
    before = [step.id for step in steps if found.id in step.step.next and step.state not in SETTLED]
    return f"`{found.id}` waits for {', '.join(before)}"


def _answers(response: Response, found: StepProgress, statement: StepStatement) -> dict[str, Any]:
    if statement.form is None:
        return {}
    if not found.step.form:
        raise UsageProblem(f"`{found.id}` asks no questions", next_step="Leave --form out.")
    return parse_answers(statement.form, found.step.form, name=statement.form_name, zone=response.incident.zone)


def _refuse_wrong_texts(statement: StepStatement) -> None:
    refuse_nameless(statement.by)
    texts = (statement.second, statement.reason, statement.failure, *statement.evidence)
    if any(len(text) > MOST_CHARACTERS for text in texts) or len(statement.evidence) > MOST_CHARACTERS // 10:
        raise UsageProblem(
            f"a text of a step may have {MOST_CHARACTERS:,} characters",
            next_step="Keep the document elsewhere and name it here.",
        )
    if statement.failure and statement.evidence:
        raise UsageProblem(
            "a step that failed is not proved by evidence",
            next_step="Leave --evidence out, and take the files in: leakguard evidence add FILE --incident ID",
        )


def _placed(response: Response, statement: StepStatement) -> Interval:
    """When it was done: never in the future, and not long ago without a reason."""
    now = response.now
    if statement.at is None:
        return instant(now, response.incident.zone)
    return happened_at(statement.at, now, reason=statement.reason, next_step="Record it when it has happened.")
