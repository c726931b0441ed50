"""Which clocks an incident has: those of its playbook, and those of every duty that was law on its day."""

from __future__ import annotations

from datetime import date

from leakguard.clocks.rules import ClockRule
from leakguard.notices.duties import Duty
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.draft_notices import load_duties
from leakguard.use_cases.incidents import load_incident
from leakguard.use_cases.playbooks import DEFAULT, clock_rules, find_playbook


def incident_rules(folders: DataFolders, journal: Journal, incident_id: str) -> tuple[ClockRule, ...]:
    """The clocks to watch for an incident; raises `NotFound`.

    The 24 hours run from the first minute, so before a playbook is started the clocks of the usual one count.
    Whether a duty applies is for `notice assess`; until somebody knows, its clock is shown.
    """
    incident = load_incident(journal, incident_id)
    own = clock_rules(journal, incident_id) or tuple(find_playbook(folders, DEFAULT).clocks.values())
    day = incident.opened_at.date()
    legal = (phase.clock for duty in load_duties(folders).duties if _is_law(duty, day) for phase in duty.phases)
    return (*own, *legal)


def _is_law(duty: Duty, day: date) -> bool:
    """Old incidents are judged by the law of their day."""
    if duty.status not in {"in_force", "voluntary"}:
        return False
    begun = duty.in_force_from is None or duty.in_force_from <= day
    return begun and (duty.in_force_to is None or day <= duty.in_force_to)
