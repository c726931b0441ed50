"""What a live view shows: who is told by whom, and what needs somebody first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.calendars import Calendars
from leakguard.errors import NotFound
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.use_cases.alerts.watched_clocks import ClockReader, ClocksView, view_at
from leakguard.use_cases.incidents.incident_rules import Reach
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import start_playbook
from support.memory_store import MemoryStore

START = datetime(2026, 5, 24, 0, 0, tzinfo=UTC)
REACH = Reach(laws=frozenset({"eu"}), obligated_as=frozenset({"controller"}))


@pytest.fixture
def store() -> MemoryStore:
    kept = MemoryStore(now=lambda: START)
    open_incident(kept, (), now=START, title="Mail log open", zone="Asia/Shanghai")
    return kept


def record(store: MemoryStore, kind: str, hours: int = 0, **fields: object) -> None:
    at = START + timedelta(hours=hours)
    store.append(
        "IR-2026-0001", (record_of_event(kind=kind, occurred_at=Interval(earliest=at, latest=at), fields=fields),)
    )


def view(store: MemoryStore, hours: float) -> ClocksView:
    watched = ClockReader(BundledFiles(), store, REACH).read("IR-2026-0001", START)
    return view_at(watched, Calendars(), START + timedelta(hours=hours))


def test_before_anything_happened_no_clock_runs(store: MemoryStore) -> None:
    seen = view(store, 1)

    assert seen.open == ()
    assert "remediate" in [one.id for one in seen.not_begun]
    assert seen.next_change is None


def test_what_is_overdue_comes_first_then_the_next_threshold_then_what_has_none(store: MemoryStore) -> None:
    record(store, "notice_received")
    record(store, "awareness")
    seen = view(store, 26)
    ids = [one.id for one in seen.open]

    assert ids[:2] == ["remediate", "eu-gdpr-33-authority.initial"]
    assert seen.open[-1].work_by is None
    assert seen.next_change == START + timedelta(hours=36)
    assert len({one.id for one in seen.statuses}) == len(seen.open) + len(seen.not_begun)


def test_what_is_met_needs_nobody(store: MemoryStore) -> None:
    record(store, "notice_received")
    record(store, "remediation_verified")

    assert "remediate" in [one.id for one in view(store, 1).over]


def test_a_duty_names_its_recipient_and_a_step_its_owner(store: MemoryStore) -> None:
    watched = ClockReader(BundledFiles(), store, REACH).read("IR-2026-0001", START)

    assert watched.recipients["eu-gdpr-33-authority.initial"]
    assert "remediate" not in watched.recipients
    assert watched.owners["remediate"] == "analyst"
    assert {rule.zone for rule in watched.rules if rule.id == "remediate"} == {"Asia/Shanghai"}


def test_the_playbook_that_was_started_counts(store: MemoryStore) -> None:
    start_playbook(store, BundledFiles(), "IR-2026-0001", now=lambda: START)

    assert ClockReader(BundledFiles(), store, REACH).read("IR-2026-0001", START).owners["remediate"] == "analyst"


def test_an_unknown_incident_is_refused(store: MemoryStore) -> None:
    with pytest.raises(NotFound):
        ClockReader(BundledFiles(), store).read("IR-2026-0009", START)
