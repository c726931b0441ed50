"""Assigns a step of a response to a person, or to nobody."""

from __future__ import annotations

from leakguard.accounts.registry import KINDS, SUBJECT, registry_of
from leakguard.accounts.two_people import needs_accounts
from leakguard.errors import NotAllowed, NotFound, RightMissing
from leakguard.files.names import nearest_name
from leakguard.models.people import Signatory, refuse_nameless
from leakguard.models.records import Record
from leakguard.playbooks.assignments import STEP_ASSIGNED, assigned_content
from leakguard.playbooks.states import SETTLED
from leakguard.ports import Now
from leakguard.use_cases.accounts.changing import person_named
from leakguard.use_cases.accounts.rosters import PeopleStore
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbooks import Response, instant, open_incident_of, response_of


def person_of(store: PeopleStore, word: str, *, option: str) -> Signatory:
    """Whom a word means: an account as soon as the store has any, else just a name.

    Raises `NotFound` where no enabled account is called so, `UsageProblem` for what is no name.
    """
    refuse_nameless(word, option=option)
    if not needs_accounts(store):
        return Signatory(name=" ".join(word.split()))
    person = person_named(store.people(), word)
    state = registry_of(store.of_kinds(KINDS, SUBJECT)).account(person.actor) if person is not None else None
    if person is None or state is None or not state.is_enabled:
        raise NotFound(f"no enabled account is called `{word[:60]}`", next_step="List them: leakguard account list")
    return Signatory(name=person.name, actor=person.actor)


def assign_step(
    store: PeopleStore, incident_id: str, step: str, *, to: str, by: Signatory, now: Now, may_assign_others: bool = True
) -> Response:
    """Record whose step it is from now on; an empty `to` makes it nobody's.

    Raises `NotFound` for an unknown step or person, `NotAllowed` for a step that is settled, and without
    `may_assign_others` for everything but taking a step that is nobody's, or giving one's own back.
    """
    person = person_of(store, to, option="--to") if to else None
    for _ in range(TRIES):
        records = tuple(store.read(incident_id))
        open_incident_of(incident_id, records)
        response = response_of(incident_id, records, now=now())
        _refuse_settled(response, step)
        if not may_assign_others:
            _refuse_others(response, step, person, by)
        at = instant(response.now, response.incident.zone)
        record = Record(kind=STEP_ASSIGNED, occurred_at=at, content={**assigned_content(step, person), "by": by.name})
        try:
            kept = store.append(incident_id, (record,), after=records[-1].sequence)
        except NotAllowed:
            continue
        return response_of(incident_id, (*records, *kept), now=now())
    raise NotAllowed(f"{incident_id} is being written by many at this very moment", next_step="Try again.")


def _refuse_settled(response: Response, step: str) -> None:
    see = f"See: leakguard playbook next {response.incident.id}"
    found = response.progress.steps.get(step)
    if found is None:
        near = nearest_name(step, list(response.progress.steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(f"the playbook has no step `{step[:60]}`{hint}", next_step=see)
    if found.state in SETTLED:
        raise NotAllowed(f"`{step}` is settled, so nobody has to do it any more", next_step=see)


def _refuse_others(response: Response, step: str, to: Signatory | None, by: Signatory) -> None:
    before = response.assigned.get(step)
    is_own = (to is None or to.actor == by.actor) and (before is None or before.is_for(by))
    if not is_own:
        raise RightMissing(
            f"{by.name} may take a step that is nobody's, and not assign others'; that needs the right `assign_steps`",
            next_step="Ask the commander, or see who may: leakguard account rights",
        )
