"""A finding that was added to an incident by mistake and taken back is not of the incident, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.models.event_records import event_id, record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_brief import incidents_in_brief
from leakguard.use_cases.incidents.incident_closures import (
    Closure,
    findings_of,
    incidents_about,
    refuse_known_place,
)
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.reports.incident_list import IncidentList
from leakguard.use_cases.scans.incident_index import IncidentIndex
from leakguard.use_cases.scans.open_exposures import Exposures
from leakguard.use_cases.scans.verify_findings import VerifiedFinding, record_closure
from support.findings import SEEN, make_finding
from support.ledgers import Tokens

MISTAKEN, RIGHT = "F-1", "F-2"
PLACES = {MISTAKEN: "127.0.0.1", RIGHT: "127.0.0.2"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=lambda: SEEN, token=Tokens())) as made:
        for name, address in PLACES.items():
            run, place = f"R-{name}", f"{address}:9200"
            note(made, run, "run_started", targets=[place], planned=1, resolved={})
            found = make_finding(name, run=run, target=place, address=address, host=None)
            made.save_findings(run, [found], {})
            note(made, run, "run_finished", counts={})
        yield made


def note(store: SqlStore, subject: str, kind: str, **content: object) -> None:
    store.append(subject, (Record(kind=kind, occurred_at=exactly(SEEN), content=content),))


def told(
    store: SqlStore, incident: str, kind: str, finding: str = "", corrects: str | None = None, source: str = ""
) -> str:
    """The id of an event that somebody records."""
    event = record_of_event(
        kind=kind, occurred_at=exactly(SEEN), corrects=corrects, source=source, reason="the wrong one",
        fields={"finding": finding} if finding else {},
    )  # fmt: skip
    return event_id(store.append(incident, (event,))[0].sequence)


def finding(store: SqlStore, name: str) -> Finding:
    (found,) = store.findings(ids=[name])
    return found


def reported(store: SqlStore) -> tuple[str, str]:
    """An incident that is opened by a title, and the event that added a finding to it by mistake."""
    incident = open_incident(store, (), now=SEEN, title="a dump is for sale").id
    told(store, incident, "notice_received", source="a researcher")
    return incident, told(store, incident, "exposure_first_seen", MISTAKEN)


def by_everybody(store: SqlStore, incident: str) -> list[set[str]]:
    """The findings of an incident: of whoever reads all its records, and of whoever reads a few kinds of events."""
    every = tuple(store.findings(ids=list(PLACES)))
    (brief,) = (each for each in incidents_in_brief(store) if each.id == incident)
    (line,) = (each for each in IncidentList().lines(store) if each.id == incident)
    return [
        set(load_incident(store, incident).findings),
        findings_of(store.read(incident)),
        set(brief.findings),
        set(line.findings),
        {own.id for own, _ in incidents_about(store, every).get(incident, ())},
        {own for own, _ in IncidentIndex().about(store, every).get(incident, ())},
        {row.traits.glance.id for row in Exposures().rows(store) if incident in row.incidents},
    ]


def all_say(store: SqlStore, incident: str) -> set[str]:
    first, *others = by_everybody(store, incident)
    assert others == [first] * len(others)
    return first


def test_an_event_adds_its_finding_until_it_is_taken_back(store: SqlStore) -> None:
    incident, added = reported(store)
    assert all_say(store, incident) == {MISTAKEN}

    told(store, incident, "retracted", corrects=added)
    assert all_say(store, incident) == set()


def test_a_correction_adds_the_finding_that_it_names_alone(store: SqlStore) -> None:
    incident, added = reported(store)

    told(store, incident, "exposure_first_seen", RIGHT, corrects=added)

    assert all_say(store, incident) == {RIGHT}


def test_a_correction_that_names_no_finding_is_about_the_same_one_until_it_is_taken_back_itself(
    store: SqlStore,
) -> None:
    incident, added = reported(store)
    again = told(store, incident, "exposure_first_seen", corrects=added)
    assert all_say(store, incident) == {MISTAKEN}

    told(store, incident, "retracted", corrects=again)
    assert all_say(store, incident) == set()


def test_what_an_incident_was_opened_with_stays_whatever_becomes_of_its_events(store: SqlStore) -> None:
    incident = open_incident(store, [finding(store, RIGHT)], now=SEEN)
    told(store, incident.id, "retracted", corrects=incident.events[-1].id)

    assert incident.events[-1].kind == "exposure_first_seen"
    assert all_say(store, incident.id) == {RIGHT}


def test_what_a_server_remembers_follows_a_finding_that_is_taken_back(store: SqlStore) -> None:
    incident, added = reported(store)
    index, exposures = IncidentIndex(), Exposures()
    looked = [finding(store, MISTAKEN)]
    assert set(index.about(store, looked)) == {incident}
    assert [row.incidents for row in exposures.rows(store) if row.traits.glance.id == MISTAKEN] == [(incident,)]
    assert exposures.cases(store, [incident])[incident].findings == (MISTAKEN,)

    told(store, incident, "retracted", corrects=added)

    assert index.about(store, looked) == {}
    assert [row.incidents for row in exposures.rows(store) if row.traits.glance.id == MISTAKEN] == [()]
    assert exposures.cases(store, [incident])[incident].findings == ()


def test_a_look_at_what_was_taken_back_proves_nothing_in_the_incident(store: SqlStore) -> None:
    incident, added = reported(store)
    told(store, incident, "retracted", corrects=added)
    before = [record.kind for record in store.read(incident)]
    look = VerifiedFinding(finding=finding(store, MISTAKEN), closure=Closure.CLOSED, run="R-9", now=None)

    assert record_closure(store, [look], vantage="local", now=lambda: SEEN) == ()
    assert [record.kind for record in store.read(incident)] == before


def test_the_right_incident_may_be_opened_about_what_was_taken_back_elsewhere(store: SqlStore) -> None:
    incident, added = reported(store)
    told(store, incident, "retracted", corrects=added)

    refuse_known_place(store, [finding(store, MISTAKEN)])

    assert open_incident(store, [finding(store, MISTAKEN)], now=SEEN).findings == (MISTAKEN,)
