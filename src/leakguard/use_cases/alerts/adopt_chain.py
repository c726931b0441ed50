"""Adopts an edited chain of roles for an incident that runs: shown as a difference, decided by a person, kept."""

from __future__ import annotations

from leakguard.alerts.chains import Comparison, compared
from leakguard.alerts.history import history_of
from leakguard.alerts.records import chain_record
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.models.alerts import Escalation
from leakguard.ports import AlertStore, Journal, Now
from leakguard.use_cases.incidents.incidents import incident_of

MOST_CHARACTERS = 500


def compare_chain(journal: Journal, incident: str, settings: Escalation) -> Comparison:
    """What holds for the incident, beside what the settings say now; raises `NotFound`."""
    records = tuple(journal.read(incident))
    incident_of(incident, records)
    return compared(history_of(incident, records).chain, settings)


def adopt_chain(
    store: AlertStore, incident: str, settings: Escalation, *, by: str, reason: str, now: Now
) -> Comparison:
    """Let the chain of the settings hold for the incident from now on, as a new generation; returns what changed.

    Raises `UsageProblem` without a name or a reason, or for settings that tell nobody; `NotAllowed` when nothing
    differs, or when somebody else changed the chain at this very moment.
    """
    if not by.strip() or not reason.strip() or max(len(by), len(reason)) > MOST_CHARACTERS:
        raise UsageProblem(
            f"a change of the chain needs a name and a reason of up to {MOST_CHARACTERS} characters",
            next_step='Say who and why: --by NAME --reason "..."',
        )
    if not settings.levels:
        raise UsageProblem(
            "leakguard.toml names no [escalation] levels, so nobody would be notified",
            next_step="Write the levels and their roles first.",
        )
    found = compare_chain(store, incident, settings)
    if not found.is_changed:
        raise NotAllowed(f"{incident} follows the chain of leakguard.toml already", next_step="There is nothing to do.")
    keyed = chain_record(found.edited, incident=incident, now=now(), by=by.strip(), reason=reason.strip())
    if not store.append_once(incident, (keyed,)):
        raise NotAllowed(
            f"the chain of {incident} was changed at this very moment", next_step="Look at the difference again."
        )
    return found
