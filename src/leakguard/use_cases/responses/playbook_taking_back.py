"""Takes back what was said of a step by mistake: the step is open again, and its event no longer counts."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.event_records import event_id, record_of_event
from leakguard.models.events import Event, in_force
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_DONE, STEP_TAKEN_BACK, StepProgress
from leakguard.playbooks.states import SETTLED, StepState
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbooks import Response, instant, open_incident_of, response_of
from leakguard.use_cases.responses.playbook_steps import MOST_CHARACTERS


class TakenBack(Frozen):
    """Where the response stands afterwards."""

    response: Response
    event: str | None
    """The event that no longer counts; nothing where the step had recorded none."""


def take_back_step(journal: Journal, incident_id: str, step: str, *, by: str, reason: str, now: Now) -> TakenBack:
    """Open a settled step again; the old record stays readable, and a new one says who took it back, and why.

    Raises `NotFound` for an unknown step, `UsageProblem` without a name or a reason, `NotAllowed` for a step that is
    not settled or that a machine or a condition settled, and for one of a closed incident.
    """
    if not by.strip() or not reason.strip() or len(by) > MOST_CHARACTERS or len(reason) > MOST_CHARACTERS:
        raise UsageProblem("a step is taken back by somebody who says why", next_step='Say: --by NAME --reason "..."')
    for _ in range(TRIES):
        records = tuple(journal.read(incident_id))
        open_incident_of(incident_id, records)
        moment = now()
        response = response_of(incident_id, records, now=moment)
        found = _settled_step(response, step)
        at = instant(moment, response.incident.zone)
        content = {"step": found.id, "by": by.strip(), "reason": reason}
        new = [Record(kind=STEP_TAKEN_BACK, occurred_at=at, content=content)]
        event = _event_of(found, response.incident.events, records)
        if event is not None:
            source = f"step {found.id}, {by.strip()}"
            new.append(record_of_event(kind="retracted", occurred_at=at, source=source, reason=reason, corrects=event))
        try:
            kept = journal.append(incident_id, new, after=records[-1].sequence)
        except NotAllowed:
            continue
        return TakenBack(response=response_of(incident_id, (*records, *kept), now=now()), event=event)
    raise NotAllowed(f"{incident_id} is being written by many at this very moment", next_step="Try again.")


def _settled_step(response: Response, name: str) -> StepProgress:
    steps, incident = response.progress.steps, response.incident.id
    found = steps.get(name)
    see = f"See: leakguard playbook next {incident}"
    if found is None:
        near = nearest_name(name, list(steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(f"the playbook has no step `{name[:60]}`{hint}", next_step=see)
    if found.claim is not None:
        return found
    if found.state not in SETTLED:
        raise NotAllowed(f"`{found.id}` is {found.state}, so there is nothing to take back", next_step=see)
    if found.state is StepState.SKIPPED and not found.by:
        asked = " and ".join(dict.fromkeys(f"`{condition.step}`" for condition in found.step.when))
        raise NotAllowed(
            f"`{found.id}` was passed over because of the answers of {asked}",
            next_step=f"Take those back: leakguard playbook take-back {incident} STEP --by NAME --reason TEXT",
        )
    if found.step.kind == "automated" and found.state is StepState.DONE:
        raise NotAllowed(
            f"`{found.id}` is a machine's, and ended by what the machine recorded",
            next_step=f"Retract it: leakguard incident event {incident} retracted --corrects E-... --reason TEXT",
        )
    return found


def _event_of(found: StepProgress, events: Sequence[Event], records: Sequence[KeptRecord]) -> str | None:
    """The event that the step recorded last, or what corrected it since; nothing where none counts any more.

    It stands right behind the record that the step is done. One of an earlier round, or response, is left alone.
    """
    done = (record.sequence for record in reversed(records) if _says_done(record, found.id))
    own = event_id(next(done, 0) + 1)
    recorded = any(event.id == own and event.kind == found.step.emits for event in events)
    if found.state is not StepState.DONE or not recorded:
        return None
    last = in_force(events)[own]
    return None if last.kind == "retracted" else last.id


def _says_done(record: KeptRecord, step: str) -> bool:
    return record.kind == STEP_DONE and record.content.get("step") == step
