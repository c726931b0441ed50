"""A person decides about a duty against its rule; the decision is an event like any other, and moves the clocks."""

from __future__ import annotations

from leakguard.errors import UsageProblem
from leakguard.models.events import Event
from leakguard.notices.book import DutyBook
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event


def override_duty(
    store: Journal,
    book: DutyBook,
    incident_id: str,
    *,
    duty_id: str,
    applies: bool,
    reason: str,
    by: str,
    now: Now,
) -> Event:
    """Keep the decision; returns the event.

    Raises `NotFound` for an unknown incident or duty, `UsageProblem` for an empty reason or name and for one that
    holds a value of a person, `NotAllowed` for a closed incident.
    """
    duty = book.duty(duty_id)
    refuse_decision(reason, by)
    kind = "applicable" if applies else "not_applicable"
    fields = {"obligation": duty.id, "decider": by.strip()}
    new = NewEvent(kind=kind, reason=reason.strip(), fields=fields)
    checked = NoNameCheck(reason="the duty was looked up in the book of duties")
    return record_event(store, incident_id, new, now=now, names=checked)


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
