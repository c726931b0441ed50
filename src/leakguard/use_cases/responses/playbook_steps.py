"""Finishes a step, or records that it failed or is not needed; the event that the step stands for goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakguard.alarms.marks import REVIEWED
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.shapes import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_DONE, STEP_FAILED, STEP_WAIVED, StepProgress
from leakguard.playbooks.forms import parse_answers
from leakguard.playbooks.gates import Claim, event_fields, missing_for
from leakguard.playbooks.states import OPEN, SETTLED, StepState
from leakguard.ports import Journal, Now
from leakguard.use_cases.cases.incident_events import happened_at
from leakguard.use_cases.cases.incidents import TRIES
from leakguard.use_cases.responses.playbook_closure import refuse_unproved
from leakguard.use_cases.responses.playbooks import (
    Response,
    instant,
    open_incident_of,
    response_of,
    running_playbook,
)

MOST_CHARACTERS = 2000
"""A text longer than this is a document, which is kept elsewhere and named here."""


class Told(Frozen):
    """What a person tells about a step."""

    step: str
    by: str = ""
    """Empty means the role that owns the step."""
    second: str = ""
    evidence: Sequence[str] = ()
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


def tell_step(journal: Journal, incident_id: str, told: Told, *, now: Now) -> Response:
    """Record that a step is done, failed, or not needed; returns where the response stands then.

    Whoever loses a race looks again, so a step is never finished twice.
    Raises `NotFound`, `BadFile` for a bad form, `UsageProblem` for what is said wrongly, and `NotAllowed` for a step
    out of turn, with evidence, answers or a second person missing, or whose event claims more than was seen.
    """
    _refuse_long_texts(told)
    for _ in range(TRIES):
        records = tuple(journal.read(incident_id))
        if not _may_follow_closing(told, records):
            open_incident_of(incident_id, records)
        response = response_of(incident_id, records, now=now())
        new = _records(response, told)
        if not told.reason:
            for record in new:
                refuse_unproved(incident_id, record.kind, records)
        try:
            kept = journal.append(incident_id, new, after=records[-1].sequence)
        except NotAllowed:
            continue
        return response_of(incident_id, (*records, *kept), now=now())
    raise NotAllowed(f"{incident_id} is being written by many at this very moment", next_step="Try again.")


def _may_follow_closing(told: Told, records: Sequence[KeptRecord]) -> bool:
    """Whether the step is the review, which is often held after the incident was closed."""
    playbook = running_playbook(records[-1].subject, records) if records else None
    step = playbook.steps.get(told.step) if playbook is not None else None
    return step is not None and step.emits == REVIEWED


def _records(response: Response, told: Told) -> tuple[Record, ...]:
    """The record of the step and, when it is done, that of its event."""
    found = _open_step(response, told)
    at = _placed(response, told)
    by = told.by.strip() or found.step.owner or ""
    if told.is_waived:
        waived = {"step": found.id, "by": by, "second": told.second.strip(), "reason": told.reason}
        return (Record(kind=STEP_WAIVED, occurred_at=at, content=waived),)
    if told.failure:
        failed = {"step": found.id, "by": by, "failure": told.failure, "reason": told.reason}
        return (Record(kind=STEP_FAILED, occurred_at=at, content=failed),)
    claim = Claim(by=by, second=told.second, answers=_answers(response, found, told), evidence=tuple(told.evidence))
    _refuse_incomplete(found, claim)
    content = {
        "step": found.id,
        "by": claim.by,
        "second": claim.second,
        "form": dict(claim.answers),
        "evidence": list(claim.evidence),
        "reason": told.reason,
    }
    done = Record(kind=STEP_DONE, occurred_at=at, content=content)
    fields = event_fields(found.id, found.step, claim)
    if fields is None or found.step.emits is None:
        return (done,)
    source = f"step {found.id}, {claim.by}"
    return (
        done,
        record_of_event(kind=found.step.emits, occurred_at=at, source=source, reason=told.reason, fields=fields),
    )


def _open_step(response: Response, told: Told) -> StepProgress:
    steps = response.progress.steps
    incident = response.incident.id
    found = steps.get(told.step)
    if found is None:
        near = nearest_name(told.step, list(steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(
            f"the playbook has no step `{told.step[:60]}`{hint}", next_step=f"See: leakguard playbook next {incident}"
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
    if told.is_waived:
        _refuse_lonely_waiver(found, told)
    elif found.step.kind == "automated" and not told.failure:
        _refuse_by_hand(found, told, incident)
    return found


def _refuse_lonely_waiver(found: StepProgress, told: Told) -> None:
    """What is left out needs two people and a reason, since nobody else would see it."""
    by, second = told.by.strip(), told.second.strip()
    if not (by and second and told.reason.strip()) or by.casefold() == second.casefold():
        raise NotAllowed(
            f"`{found.id}` can be left out by two people who say why",
            next_step='Name both and the reason: --by NAME --second NAME --reason "..."',
        )


def _refuse_by_hand(found: StepProgress, told: Told, incident: str) -> None:
    """A person speaks for a machine only where nobody knows how it ended, or where no event tells, and says why."""
    if found.step.emits is not None and found.state is not StepState.UNSURE:
        raise NotAllowed(
            f"`{found.id}` closes by itself when its event is recorded",
            next_step=f"Its command stands in: leakguard playbook next {incident}",
        )
    if not (told.by.strip() and told.reason.strip()):
        raise NotAllowed(
            f"`{found.id}` is a machine's, so whoever speaks for it says who they are and how they know",
            next_step='Name yourself and the reason: --by NAME --reason "..."',
        )


def _why_not(response: Response, found: StepProgress) -> str:
    if found.state in SETTLED:
        return f"`{found.id}` is {found.state} already"
    steps = response.progress.steps.values()
    before = [one.id for one in steps if found.id in one.step.next and one.state not in SETTLED]
    return f"`{found.id}` waits for {', '.join(before)}"


def _answers(response: Response, found: StepProgress, told: Told) -> dict[str, Any]:
    if told.form is None:
        return {}
    if not found.step.form:
        raise UsageProblem(f"`{found.id}` asks no questions", next_step="Leave --form out.")
    return parse_answers(told.form, found.step.form, name=told.form_name, zone=response.incident.zone)


def _refuse_incomplete(found: StepProgress, claim: Claim) -> None:
    missing = missing_for(found.step, claim)
    if missing:
        lines = "\n".join(f"  {line}" for line in missing)
        raise NotAllowed(f"`{found.id}` is not complete:\n{lines}", next_step="Add what is missing and run it again.")


def _refuse_long_texts(told: Told) -> None:
    texts = (told.by, told.second, told.reason, told.failure, *told.evidence)
    if any(len(text) > MOST_CHARACTERS for text in texts) or len(told.evidence) > MOST_CHARACTERS // 10:
        raise UsageProblem(
            f"a text of a step may have {MOST_CHARACTERS:,} characters",
            next_step="Keep the document elsewhere and name it here.",
        )


def _placed(response: Response, told: Told) -> Interval:
    """When it was done: never in the future, and not long ago without a reason."""
    now = response.now
    if told.at is None:
        return instant(now, response.incident.zone)
    return happened_at(told.at, now, reason=told.reason, next_step="Record it when it has happened.")
