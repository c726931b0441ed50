"""Metrics of the incidents of a store: each is reckoned as its own report would be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from leakguard.bundled import BundledFiles
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.reports.metrics import Metrics
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import find_playbook, start_playbook
from leakguard.use_cases.reports.incident_metrics import incident_metrics
from support.ledgers import FakeClock, MemoryJournal, exactly

EVER = Interval(earliest=datetime(1970, 1, 1, tzinfo=UTC), latest=datetime(2199, 1, 1, tzinfo=UTC))
PLAYBOOK = find_playbook(BundledFiles(), "exposed-datastore-24h")


def rules(_: str, __: Sequence[KeptRecord]) -> tuple[ClockRule, ...]:
    return tuple(PLAYBOOK.clocks.values())


def tell(journal: MemoryJournal, incident: str, *kinds: str) -> None:
    for kind in kinds:
        record_event(journal, incident, NewEvent(kind=kind), now=journal.clock)
        journal.clock.move(hours=1)


def three_incidents() -> MemoryJournal:
    journal = MemoryJournal(FakeClock())
    for _ in range(3):
        open_incident(journal, (), now=journal.clock(), title="x")
        journal.clock.move(days=10)
    tell(journal, "IR-2026-0001", "notice_received", "contained", "remediation_verified", "closed", "reopened")
    tell(journal, "IR-2026-0001", "notice_received")
    tell(journal, "IR-2026-0002", "notice_received", "awareness")
    start_playbook(journal, BundledFiles(), "IR-2026-0002", now=journal.clock)
    return journal


def metrics(journal: MemoryJournal, opened: Interval = EVER, later: timedelta = timedelta(0)) -> Metrics:
    return incident_metrics(journal, rules, opened, journal.clock() + later)


def test_every_incident_and_every_cycle_counts() -> None:
    found = metrics(three_incidents())
    proofs = found.durations["notice_to_proof"]

    assert [one.incident for one in found.incidents] == ["IR-2026-0001", "IR-2026-0002", "IR-2026-0003"]
    assert (proofs.count, proofs.open_count, proofs.shortest) == (3, 2, 2 * 3600)
    assert ("remediate", State.MET_ON_TIME) in found.incidents[0].clocks
    assert {one.step for one in found.steps} == {
        "exposed-datastore-24h/contain", "exposed-datastore-24h/take_command",
    }  # fmt: skip


def test_the_day_of_the_opening_chooses() -> None:
    journal = three_incidents()
    early = Interval(earliest=EVER.earliest, latest=datetime(2026, 6, 4, tzinfo=UTC))

    assert len(metrics(journal, early).incidents) == 2
    assert len(metrics(journal, Interval(earliest=early.latest, latest=EVER.latest)).incidents) == 1


def test_what_was_recorded_later_is_not_known_yet() -> None:
    found = metrics(three_incidents(), later=-timedelta(days=25))

    assert [one.incident for one in found.incidents] == ["IR-2026-0001"]
    assert found.durations["notice_to_proof"].count == 0


def test_an_alarm_that_nobody_took_over_is_open() -> None:
    journal = three_incidents()
    raised = {
        "clock": "remediate", "generation": 1, "threshold": "50%", "severity": "warning", "due_at": None,
        "at": "2026-06-24T00:00:00Z", "statutory": False, "title": "", "message": "A-1",
    }  # fmt: skip
    journal.append("IR-2026-0003", (Record(kind="alarm_raised", occurred_at=exactly(journal.clock()), content=raised),))
    found = metrics(journal, later=timedelta(minutes=5)).durations["alarm_to_acknowledgement"]

    assert (found.count, found.open_count, found.median) == (1, 1, None)
