"""Incidents, playbooks, filings and drills on SQLite and on PostgreSQL: the same words in, the same answers out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.incidents import IncidentState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_brief import incidents_in_brief
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.incidents.playbooks import start_playbook
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.drills import Drill, comparable, materials
from support.intakes import AnyFile
from support.ledgers import FakeClock, Tokens

pytestmark = pytest.mark.untraced

CONTAINED = StepStatement(step="contain", by="Ben", evidence=("config_before: a", "config_after: b"))


def open_store(place: str, clock: FakeClock | None = None, *, busy_seconds: float = 30.0) -> SqlStore:
    return SqlStore.open(place, now=clock or FakeClock(), token=Tokens(), busy_seconds=busy_seconds)


def test_an_incident_goes_from_opening_to_closing(place: str) -> None:
    clock = FakeClock()
    with closing(open_store(place, clock)) as store:
        incident = open_incident(store, (), now=clock(), title="Mail log").id
        record_event(store, incident, NewEvent(kind="awareness"), now=clock)
        start_playbook(store, BundledFiles(), incident, now=clock)
        tell_step(store, incident, CONTAINED, now=clock, intake=AnyFile())
        file_notice(
            store, materials().book, incident, NewFiling(duty="eu-gdpr-33-authority", stage="initial"), now=clock
        )
        record_event(store, incident, NewEvent(kind="closed", reason="a test"), now=clock)

        kinds = [record.kind for record in store.read(incident)]
        assert kinds == [
            "incident_opened",
            "awareness",
            "playbook_started",
            "evidence_added",
            "evidence_added",
            "step_done",
            "contained",
            "filed",
            "closed",
        ]
        assert load_incident(store, incident).state is IncidentState.CLOSED
        with pytest.raises(NotAllowed, match="is closed"):
            tell_step(store, incident, CONTAINED, now=clock, intake=AnyFile())
        assert {doubt.kind for doubt in verify_store(store).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def test_of_many_who_finish_the_same_step_one_does(place: str) -> None:
    """Two writers and more, each with a connection of its own."""
    clock = FakeClock()
    with closing(open_store(place, clock)) as store:
        incident = open_incident(store, (), now=clock(), title="Mail log").id
        start_playbook(store, BundledFiles(), incident, now=clock)

    def finish(_: int) -> bool:
        with closing(open_store(place, clock)) as own:
            try:
                tell_step(own, incident, CONTAINED, now=clock, intake=AnyFile())
            except NotAllowed:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(finish, range(6)))

    assert done.count(True) == 1
    with closing(open_store(place, clock)) as store:
        kinds = [record.kind for record in store.read(incident)]
        assert (kinds.count("step_done"), kinds.count("contained")) == (1, 1)


def test_many_who_open_incidents_at_once_get_numbers_of_their_own(place: str) -> None:
    clock = FakeClock()
    with closing(open_store(place, clock)):
        pass

    def opened(number: int) -> str:
        with closing(open_store(place, clock)) as own:
            return open_incident(own, (), now=clock(), title=f"number {number}").id

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(opened, range(6)))

    assert found == [f"IR-2026-000{number}" for number in range(1, 7)]
    with closing(open_store(place, clock)) as store:
        assert len(tuple(incidents_in_brief(store))) == len(found)
        assert {doubt.kind for doubt in verify_store(store).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def test_a_drill_ends_with_the_same_scorecard(place: str, tmp_path: Path) -> None:
    here, there = Drill(place=place), Drill(place=str(tmp_path / "yardstick.db"))
    with closing(here.world.store), closing(there.world.store):
        assert comparable(here.play().card()) == comparable(there.play().card())


def test_a_drill_on_a_store_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "leakguard.db"
    with closing(open_store(str(path))):
        pass
    drill = Drill(place=f"sqlite:///file:{path}?mode=ro&uri=true")

    with closing(drill.world.store), pytest.raises(StoreUnusable, match="may not be written"):
        drill.play()


def test_a_drill_whose_writer_is_held_up_says_so_and_goes_on_later(tmp_path: Path) -> None:
    path = str(tmp_path / "leakguard.db")
    drill = Drill(place=path)
    drill.world.store.close()
    drill.world.store = open_store(path, drill.world.time.now, busy_seconds=0.05)  # type: ignore[arg-type]
    with closing(drill.world.store), closing(open_store(path)) as other:
        with other._database.writing(), pytest.raises(StoreUnusable, match="in use by another process"):  # noqa: SLF001  (holding the lock is the point)
            drill.play()

        assert drill.play().card().steps_done > 0
