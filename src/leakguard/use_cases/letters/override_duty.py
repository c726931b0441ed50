"""A person decides about a duty against its rule; the decision is an event like any other, and moves the clocks."""

from __future__ import annotations

from leakguard.clocks.adjustments import ORGANISATION
from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.notices.book import DutyBook
from leakguard.notices.facts import Facts
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event

EVERY = "all"
"""What names every organisation of the facts."""


class DutyDecision(Frozen):
    """What a person decides about a duty, as typed."""

    duty: str
    applies: bool
    reason: str
    by: str
    organisation: str = ""
    """The one of several organisations that it is about, `all`, or nothing where there is one."""


def override_duty(
    store: Journal, book: DutyBook, incident_id: str, decided: DutyDecision, *, now: Now, facts: Facts | None = None
) -> Event:
    """Keep the decision; returns the event.

    With `facts` that state several organisations it has to say whom it is about. One that binds a single organisation
    of several ends no clock: the duty may bind the others.

    Raises `NotFound` for an unknown incident or duty, `UsageProblem` for an empty reason or name, for one that holds a
    value of a person and for an organisation that the facts do not state, `NotAllowed` for a closed incident.
    """
    duty = book.duty(decided.duty)
    refuse_decision(decided.reason, decided.by)
    kind = "applicable" if decided.applies else "not_applicable"
    fields = {"obligation": duty.id, "decider": decided.by.strip()}
    about = _about(decided.organisation.strip(), facts)
    if about:
        fields[ORGANISATION] = about
    new = NewEvent(kind=kind, reason=decided.reason.strip(), fields=fields)
    checked = NoNameCheck(reason="the duty was looked up in the book of duties")
    return record_event(store, incident_id, new, now=now, names=checked)


def _about(stated: str, facts: Facts | None) -> str:
    """The organisation that the decision is about; empty where it is about every one, or about the only one."""
    known = [facts.organisation, *facts.others] if facts is not None else []
    names = [organisation.name.first for organisation in known]
    if len(known) > 1 and not stated:
        raise UsageProblem(
            f"the facts state {len(known)} organisations, and the decision does not say which one it is about",
            next_step=f"Add --organisation NAME: one of {'; '.join(names)}; or {EVERY}.",
        )
    if not stated or stated == EVERY:
        return ""
    found = next((organisation for organisation in known if organisation.is_called(stated)), None)
    if known and found is None:
        near = nearest_name(stated[:200], names)
        hint = f"Did you mean `{near}`?" if near else f"Use one of {'; '.join(names)}."
        raise UsageProblem(f"the facts state no organisation `{stated[:60]}`", next_step=hint)
    return "" if len(known) == 1 else found.name.first if found is not None else stated


def about_of(decision: Event) -> str:
    """The one of several organisations that a decision is about; empty where it is about every one."""
    return str(decision.fields.get(ORGANISATION) or "")


def refuse_decision(reason: str, by: str) -> None:
    """Raise `UsageProblem` for a decision without a reason or a name, and for one that holds a value of a person."""
    if not reason.strip() or not by.strip():
        raise UsageProblem("a decision needs a reason and a name", next_step='Write: --reason "..." --by "..."')
    try:
        refuse_personal_values(f"{reason} {by}")
    except ValueError as error:
        raise UsageProblem(
            f"the decision {error}", next_step="The ledger keeps it for good: say it without."
        ) from error
