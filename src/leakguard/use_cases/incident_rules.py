"""Which clocks an incident has: those of its playbook, and those of every duty that was law on its day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from leakguard.clocks.rules import ClockRule
from leakguard.models.records import KeptRecord
from leakguard.notices.duties import Duty
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.draft_notices import load_duties
from leakguard.use_cases.incidents import incident_of
from leakguard.use_cases.playbooks import DEFAULT, find_playbook, running_playbook


def incident_rules(folders: DataFolders, journal: Journal, incident_id: str) -> tuple[ClockRule, ...]:
    """The clocks to watch for an incident; raises `NotFound`."""
    return rule_book(folders)(incident_id, tuple(journal.read(incident_id)))


def rule_book(folders: DataFolders) -> Callable[[str, Sequence[KeptRecord]], tuple[ClockRule, ...]]:
    """Reads playbooks and duties once; the function then tells the clocks of an incident by its records.

    The 24 hours run from the first minute, so before a playbook is started the clocks of the usual one count.
    Whether a duty applies is for `notice assess`; until somebody knows, its clock is shown.
    """
    usual = tuple(find_playbook(folders, DEFAULT).clocks.values())
    duties = load_duties(folders).duties

    def rules(incident_id: str, records: Sequence[KeptRecord]) -> tuple[ClockRule, ...]:
        day = incident_of(incident_id, records).opened_at.date()
        playbook = running_playbook(incident_id, records)
        own = tuple(playbook.clocks.values()) if playbook is not None else ()
        legal = (phase.clock for duty in duties if _is_law(duty, day) for phase in duty.phases)
        return (*(own or usual), *legal)

    return rules


def _is_law(duty: Duty, day: date) -> bool:
    """Old incidents are judged by the law of their day."""
    if duty.status not in {"in_force", "voluntary"}:
        return False
    begun = duty.in_force_from is None or duty.in_force_from <= day
    return begun and (duty.in_force_to is None or day <= duty.in_force_to)
