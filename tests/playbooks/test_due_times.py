"""Due times are shares of a clock, and move with its pauses."""

from __future__ import annotations

from datetime import timedelta

from leakguard.models.event_records import event_of, is_event_record
from leakguard.playbooks.due_times import due_times
from support.ledgers import START
from support.responses import Incident, after, small


def due(incident: Incident, *, hours: float = 10) -> dict[str, float]:
    """Hours from the start of the response until each step is due."""
    events = [event_of(record) for record in incident.records if is_event_record(record)]
    found = due_times(incident.playbook, events, after(hours))
    return {name: (at - START) / timedelta(hours=1) for name, at in found.items()}


def test_a_step_is_due_at_its_share_of_the_clock_or_its_time_after_the_anchor() -> None:
    incident = Incident()
    incident.event("notice_received", hours=-2)

    assert due(incident) == {"contain": 4, "tell": 18}


def test_without_an_anchor_nothing_is_due() -> None:
    assert due(Incident()) == {}


def test_a_pause_of_the_clock_moves_the_steps_that_are_due_after_it() -> None:
    incident = Incident()
    incident.journal.clock.at = START - timedelta(hours=3)
    incident.event("notice_received", hours=0)
    pause = {"clock": "remediate", "until": "2026-05-24T14:00:00Z", "basis": "contract", "reason_code": "waiting"}
    incident.event("paused", hours=10, fields=pause)
    incident.journal.clock.at = START

    assert due(incident, hours=20) == {"contain": 6, "tell": 23}


def test_the_end_of_the_clock_does_not_take_the_due_times_away() -> None:
    incident = Incident()
    incident.event("notice_received", hours=0)
    incident.event("remediation_verified", hours=1)

    assert due(incident)["tell"] == 20


def test_a_playbook_without_clocks_has_no_due_times() -> None:
    changes = {'    due: {of: remediate, at: "25%"}\n': "", "    due: {of: remediate, at: PT20H}\n": ""}

    assert due(Incident(small(**changes))) == {}
