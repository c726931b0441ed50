"""The clocks of a stored incident, over a journal in memory and the data that ships."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import FAILED, FINAL_STATES, State
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.use_cases.incidents.incident_clocks import clock_events, statuses
from leakguard.use_cases.incidents.incident_rules import incident_rules
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_migration import migrate_playbook
from support.ledgers import START, FakeClock, MemoryJournal, exactly, make_record

pytestmark = pytest.mark.untraced

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
    found = statuses(journal, INCIDENT, [RULE], Calendars(), START + timedelta(hours=1))[0]

    assert (found.state, found.rule.zone) == (State.RUNNING, "Asia/Shanghai")
    assert found.work_by == START + timedelta(hours=23)


def test_an_incident_without_an_opening_is_reckoned_in_utc() -> None:
    journal = MemoryJournal(FakeClock())
    journal.append(INCIDENT, [record_of_event(kind="awareness", occurred_at=exactly(START))])

    assert statuses(journal, INCIDENT, [RULE], Calendars(), START)[0].computed.frame.zone.key == "UTC"


def test_records_that_are_no_events_are_left_out(journal: MemoryJournal) -> None:
    journal.append(INCIDENT, [make_record("step_done", {"step": "contain"}), make_record("awareness", {"x": 1})])

    assert [event.kind for event in clock_events(journal.read(INCIDENT))] == ["incident_opened", "awareness"]


def test_rules_come_from_the_playbook_and_from_the_duties_in_force(journal: MemoryJournal) -> None:
    before = incident_rules(BundledFiles(), journal, INCIDENT)
    start_playbook(journal, BundledFiles(), INCIDENT, now=lambda: START)
    after = incident_rules(BundledFiles(), journal, INCIDENT)

    assert [rule.id for rule in before] == [rule.id for rule in after]
    assert {"remediate", "eu-gdpr-33-authority.initial"} <= {rule.id for rule in before}


def test_an_old_incident_has_the_clocks_of_the_law_of_its_day() -> None:
    """It may be written down years later; assessment judges it by the day on which it came into sight."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, (), now=START, title="Of years ago", zone="Asia/Shanghai")
    day = datetime(2019, 5, 22, 2, tzinfo=UTC)
    noticed = record_of_event(kind="notice_received", occurred_at=exactly(day), reason="from the archive")
    before = {rule.id for rule in incident_rules(BundledFiles(), journal, INCIDENT)}
    first = journal.append(INCIDENT, [noticed])[0]
    then = {rule.id for rule in incident_rules(BundledFiles(), journal, INCIDENT)}

    assert {"eu-gdpr-33-authority.initial", "remediate"} <= then
    assert {one for one in before - then if one.startswith("cn-pipl")}

    mended = record_of_event(kind="notice_received", occurred_at=exactly(START), corrects=f"E-{first.sequence}")
    journal.append(INCIDENT, [mended])

    assert {rule.id for rule in incident_rules(BundledFiles(), journal, INCIDENT)} == before


def test_a_rough_time_on_both_sides_of_a_change_of_the_law_shows_its_clocks() -> None:
    journal = MemoryJournal(FakeClock())
    open_incident(journal, (), now=START, title="Of years ago", zone="UTC")
    rough = Interval(earliest=datetime(2021, 10, 20, tzinfo=UTC), latest=datetime(2021, 11, 2, tzinfo=UTC))
    journal.append(INCIDENT, [record_of_event(kind="discovery", occurred_at=rough, reason="from the archive")])

    shown = {rule.id for rule in incident_rules(BundledFiles(), journal, INCIDENT)}

    assert "cn-pipl-57-authority.initial" in shown  # in force since 1 November 2021


def move_to_48_hours(journal: MemoryJournal) -> None:
    file = read_playbook(BundledFiles().text("playbooks", "processor_incident.yaml"), name="processor_incident.yaml")
    migrate_playbook(journal, BundledFiles(), INCIDENT, now=journal.clock, file=file, by="Ada", reason="it is theirs")


@pytest.fixture
def reported() -> MemoryJournal:
    """A response to a finder's notice, one hour after its 24 hours."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, (), now=START, title="Somebody wrote", zone="Asia/Shanghai")
    journal.append(INCIDENT, [record_of_event(kind="notice_received", occurred_at=exactly(START))])
    start_playbook(journal, BundledFiles(), INCIDENT, now=lambda: START, name="third-party-report")
    journal.clock.move(hours=25)
    return journal


def test_a_promise_that_ended_is_judged_by_the_playbook_of_its_day(reported: MemoryJournal) -> None:
    """Another playbook with 48 hours must not turn late into on time, nor take a clock away that it does not have."""
    for kind, fields in (("remediation_verified", {}), ("status_sent", {"recipient": "finder"})):
        reported.append(INCIDENT, [record_of_event(kind=kind, occurred_at=exactly(reported.clock()), fields=fields)])
    before = over(reported)
    move_to_48_hours(reported)

    assert before == {"remediate": State.MET_LATE, "reply": State.MET_LATE}
    assert over(reported) == before | {"facts": State.OVERDUE}  # a promise of the new one, over from the first
    assert {"facts", "review"} <= {rule.id for rule in incident_rules(BundledFiles(), reported, INCIDENT)}


def test_a_promise_that_was_missed_stays_so_under_another_playbook(reported: MemoryJournal) -> None:
    move_to_48_hours(reported)
    assert over(reported) == dict.fromkeys(("remediate", "reply", "facts"), State.OVERDUE)

    reported.append(INCIDENT, [record_of_event(kind="reopened", occurred_at=exactly(reported.clock()))])
    again = next(rule for rule in incident_rules(BundledFiles(), reported, INCIDENT) if rule.id == "remediate")

    assert again.limbs[0].amount.elapsed == "PT48H"


BY_NOTICE = "in-certin-6h.initial"
"""A clock of the law that a notice begins; the tests below are about promises."""


def over(journal: MemoryJournal) -> dict[str, State]:
    rules = incident_rules(BundledFiles(), journal, INCIDENT)
    found = statuses(journal, INCIDENT, rules, Calendars(), journal.clock())
    return {one.id: one.state for one in found if one.state in FINAL_STATES | FAILED and one.id != BY_NOTICE}
