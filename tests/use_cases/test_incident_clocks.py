"""The clocks of a stored incident, over a journal in memory and the data that ships."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.bundled import Bundled
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.models.event_records import record_of_event
from leakguard.use_cases.cases.incident_clocks import clock_events, standings
from leakguard.use_cases.cases.incident_rules import incident_rules
from leakguard.use_cases.cases.incidents import open_incident
from leakguard.use_cases.responses.playbooks import start_playbook
from support.ledgers import START, FakeClock, MemoryJournal, exactly, make_record

INCIDENT = "IR-2026-0001"
RULE = ClockRule.model_validate({"id": "day", "anchor": "awareness", "amount": {"calendar": "P1D"}, "end": "filed"})


@pytest.fixture
def journal() -> MemoryJournal:
    """One incident in Shanghai of which we have been aware for an hour."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, (), now=START, title="Mail log open", zone="Asia/Shanghai")
    journal.append(INCIDENT, [record_of_event(kind="awareness", occurred_at=exactly(START - timedelta(hours=1)))])
    return journal


def test_events_start_the_clocks_in_the_zone_of_the_incident(journal: MemoryJournal) -> None:
    found = standings(journal, INCIDENT, [RULE], Calendars(), START + timedelta(hours=1))[0]

    assert (found.state, found.rule.zone) == (State.RUNNING, "Asia/Shanghai")
    assert found.work_by == START + timedelta(hours=23)


def test_an_incident_without_an_opening_is_reckoned_in_utc() -> None:
    journal = MemoryJournal(FakeClock())
    journal.append(INCIDENT, [record_of_event(kind="awareness", occurred_at=exactly(START))])

    assert standings(journal, INCIDENT, [RULE], Calendars(), START)[0].found.frame.zone.key == "UTC"


def test_records_that_are_no_events_are_left_out(journal: MemoryJournal) -> None:
    journal.append(INCIDENT, [make_record("step_done", {"step": "contain"}), make_record("awareness", {"x": 1})])

    assert [event.kind for event in clock_events(journal.read(INCIDENT))] == ["incident_opened", "awareness"]


def test_rules_come_from_the_playbook_and_from_the_duties_in_force(journal: MemoryJournal) -> None:
    before = incident_rules(Bundled(), journal, INCIDENT)
    start_playbook(journal, Bundled(), INCIDENT, now=lambda: START)
    after = incident_rules(Bundled(), journal, INCIDENT)

    assert [rule.id for rule in before] == [rule.id for rule in after]
    assert {"remediate", "eu-gdpr-33-authority.initial"} <= {rule.id for rule in before}
