"""A person settles a place whose rule is not known; the decision is an event like any other."""

from __future__ import annotations

from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.models.events import Event
from leakguard.notices.overrides import SETTLED
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.letters.override_duty import refuse_decision


def settle_place(
    store: Journal,
    vocabulary: Vocabulary,
    incident_id: str,
    *,
    place: str,
    role: str,
    reason: str,
    by: str,
    now: Now,
) -> Event:
    """Keep the decision; returns the event. A later decision about the same place and role replaces it.

    Raises `NotFound` for an unknown incident, `UsageProblem` for an unknown place or role, for an empty reason or name
    and for one that holds a value of a person.
    """
    code = vocabulary.place(place.strip().upper())
    if not vocabulary.is_place(code):
        raise UsageProblem(f"`{place[:20]}` is no code of a place", next_step="Write an ISO code, such as DE or US-OH.")
    if role not in vocabulary.obligated:
        near = nearest_name(role[:60], list(vocabulary.obligated))
        hint = f"Did you mean `{near}`?" if near else f"Use one of {', '.join(vocabulary.obligated)}."
        raise UsageProblem(f"no duty knows the role `{role[:60]}`", next_step=hint)
    refuse_decision(reason, by)
    fields = {"place": code, "role": role, "decider": by.strip()}
    new = NewEvent(kind=SETTLED, reason=reason.strip(), fields=fields)
    checked = NoNameCheck(reason="it names no duty, clock or stage")
    return record_event(store, incident_id, new, now=now, names=checked)
