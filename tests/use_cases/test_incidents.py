"""Opening incidents, and what their events make of them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.event_history import EventHistory
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.findings import ExposedSince, Outcome
from leakguard.models.incidents import Incident, IncidentState
from leakguard.notices.book import load_duties
from leakguard.use_cases.incidents.imported_events import Naming, open_from_events
from leakguard.use_cases.incidents.incident_brief import incidents_in_brief
from leakguard.use_cases.incidents.incident_closures import findings_of, refuse_known_place
from leakguard.use_cases.incidents.incidents import (
    TRIES,
    incident_of,
    load_incident,
    open_incident,
    superseded,
)
from support.findings import SEEN, make_finding
from support.ledgers import START, FakeClock, MemoryJournal, exactly, make_record
from support.memory_store import MemoryStore


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


def opened(journal: MemoryJournal, title: str = "mail log open") -> Incident:
    return open_incident(journal, [], now=START, title=title)


def test_an_incident_opens_from_a_finding_with_the_moment_it_was_first_seen(journal: MemoryJournal) -> None:
    incident = open_incident(journal, [make_finding()], now=START + timedelta(hours=2), zone="Asia/Shanghai")

    assert incident.id == "IR-2026-0001"
    assert incident.title == "elasticsearch open at mail.example.edu:9200"
    assert (incident.state, incident.zone, incident.findings) == (IncidentState.OPEN, "Asia/Shanghai", ("F-1",))
    assert [event.kind for event in incident.events] == ["incident_opened", "exposure_first_seen"]
    seen = incident.events[1]
    assert (seen.occurred_at.earliest, seen.source) == (SEEN, "scan run R-1")
    assert seen.fields == {"finding": "F-1", "run": "R-1", "vantage": "local", "check": "elasticsearch_open"}
    assert load_incident(journal, incident.id) == incident


def test_an_incident_is_also_about_what_its_exposure_was_met_by_again(journal: MemoryJournal) -> None:
    incident = open_incident(journal, [make_finding()], now=START).id
    at = Interval(earliest=START, latest=START)
    for fields in ({"finding": "F-2"}, {"finding": "F-1"}, {}):
        journal.append(incident, [record_of_event(kind="exposure_seen_again", occurred_at=at, fields=fields)])

    assert load_incident(journal, incident).findings == ("F-1", "F-2")


def test_an_incident_that_somebody_reported_is_about_what_a_scan_showed_of_it(journal: MemoryJournal) -> None:
    incident = opened(journal).id
    at = Interval(earliest=START, latest=START)
    journal.append(incident, [record_of_event(kind="exposure_first_seen", occurred_at=at, fields={"finding": "F-1"})])

    assert load_incident(journal, incident).findings == ("F-1",)
    assert findings_of(journal.read(incident)) == {"F-1"}


def test_what_is_known_at_the_opening_is_recorded_with_it(journal: MemoryJournal) -> None:
    at = Interval(earliest=START, latest=START)

    incident = open_incident(
        journal, [make_finding()], now=START, then=[record_of_event(kind="detected", occurred_at=at)]
    )

    assert [event.kind for event in incident.events] == ["incident_opened", "detected", "exposure_first_seen"]


def test_the_earliest_look_of_all_findings_counts(journal: MemoryJournal) -> None:
    hour = timedelta(hours=1)
    findings = [
        make_finding("F-1"),
        make_finding("F-2", exposed_since=ExposedSince(latest=SEEN - 5 * hour)),
        make_finding("F-3", observed_at=SEEN - 9 * hour, outcome=Outcome.NOT_EXPOSED),
        make_finding("F-4", exposed_since=ExposedSince(latest=SEEN - 7 * hour, source="file_date")),
    ]

    incident = open_incident(journal, findings, now=START + hour)

    assert incident.events[1].occurred_at.earliest == SEEN - 5 * hour
    assert incident.events[1].fields["finding"] == "F-2"
    assert incident.title == "elasticsearch open at mail.example.edu:9200 and 3 more"


def test_an_incident_opens_from_a_title_alone(journal: MemoryJournal) -> None:
    incident = open_incident(journal, [], now=START, title="A researcher wrote", playbook="exposed_datastore")

    assert [event.kind for event in incident.events] == ["incident_opened"]
    assert incident.events[0].fields["playbook"] == "exposed_datastore"


def test_an_incident_about_nothing_is_refused(journal: MemoryJournal) -> None:
    with pytest.raises(UsageProblem, match="needs something to be about"):
        open_incident(journal, [], now=START)

    assert journal.kept == []


def test_findings_that_are_no_exposure_open_nothing(journal: MemoryJournal) -> None:
    harmless = [make_finding("F-1", outcome=Outcome.NOT_EXPOSED), make_finding("F-2", outcome=Outcome.INCONCLUSIVE)]

    with pytest.raises(NotAllowed, match="F-1 is not_exposed, F-2 is inconclusive"):
        open_incident(journal, harmless, now=START, title="x")

    assert journal.kept == []


def test_incidents_are_numbered_within_the_year(journal: MemoryJournal) -> None:
    opened(journal)
    opened(journal)
    next_year = open_incident(journal, [], now=START.replace(year=2027), title="x")

    assert [incident.id for incident in incidents_in_brief(journal)] == ["IR-2026-0001", "IR-2026-0002", "IR-2027-0001"]
    assert next_year.id == "IR-2027-0001"


def test_an_incident_in_brief_tells_what_its_whole_record_tells(journal: MemoryJournal) -> None:
    """After each event, a closure that a later event takes back among them."""
    identifier = open_incident(journal, [make_finding()], now=START).id
    corrected: str | None
    for kind, fields, corrected in (
        ("note", {}, None), ("closed", {}, None), ("reopened", {}, None),
        ("exposure_spread", {"finding": "F-2"}, None), ("closed", {}, None), ("note", {}, "last"),
    ):  # fmt: skip
        last = load_incident(journal, identifier).events[-1].id
        corrects = last if corrected else None
        event = record_of_event(kind=kind, occurred_at=exactly(START), fields=fields, corrects=corrects)
        journal.append(identifier, [event])
        whole = load_incident(journal, identifier)
        (brief,) = incidents_in_brief(journal)

        assert replace(brief, events=()) == replace(whole, events=())

    assert whole.state is IncidentState.OPEN


class Crowded(MemoryJournal):
    """Somebody else is always a number ahead of what `subjects` says."""

    def __init__(self, losses: int) -> None:
        super().__init__()
        self.losses = losses

    def append(self, subject, records, *, after=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  (as in the base)
        if self.losses:
            self.losses -= 1
            raise NotAllowed(f"{subject} has changed in the meantime")
        return super().append(subject, records, after=after)


def test_whoever_loses_the_race_for_a_number_takes_the_next_one() -> None:
    assert opened(Crowded(losses=3)).id == "IR-2026-0004"


def test_a_race_that_never_ends_is_given_up() -> None:
    with pytest.raises(NotAllowed, match="at this very moment"):
        opened(Crowded(losses=TRIES))


class Rivalled(MemoryStore):
    """Somebody else opens an incident about the same finding just before the first writing."""

    is_rivalled = True

    def append(self, subject, records, *, after=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  (as in the base)
        if self.is_rivalled:
            self.is_rivalled = False
            open_incident(self, [make_finding()], now=START)
        return super().append(subject, records, after=after)


def test_of_two_openings_about_one_finding_at_once_the_second_is_refused_with_the_name_of_the_first() -> None:
    store, found = Rivalled(FakeClock()), make_finding()
    store.save_findings("R-1", [found], {})

    with pytest.raises(NotAllowed, match="IR-2026-0001 is already about elasticsearch_open at mail"):
        open_incident(store, [found], now=START, refuse=partial(refuse_known_place, store, [found]))
    assert store.subjects("IR-") == ("IR-2026-0001",)


def test_an_incident_that_nobody_opened_is_not_found(journal: MemoryJournal) -> None:
    journal.append("IR-2026-0001", [make_record("step_done", {"step": "contain"})])

    for identifier in ("IR-2026-0001", "IR-2026-0002"):
        with pytest.raises(NotFound, match=f"no incident `{identifier}`"):
            load_incident(journal, identifier)


def test_steps_of_a_playbook_are_no_events(journal: MemoryJournal) -> None:
    incident = opened(journal)
    journal.append(incident.id, [make_record("step_done", {"step": "contain"})])

    assert [event.kind for event in load_incident(journal, incident.id).events] == ["incident_opened"]


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), IncidentState.OPEN),
        (("closed",), IncidentState.CLOSED),
        (("closed", "reopened"), IncidentState.OPEN),
        (("closed", "reopened", "closed"), IncidentState.CLOSED),
    ],
)
def test_the_state_is_what_the_last_turn_says(
    journal: MemoryJournal, kinds: tuple[str, ...], state: IncidentState
) -> None:
    incident = opened(journal)
    for kind in kinds:
        journal.append(incident.id, [record_of_event(kind=kind, occurred_at=exactly(START))])

    assert load_incident(journal, incident.id).state is state


def test_a_closing_that_was_retracted_leaves_the_incident_open(journal: MemoryJournal) -> None:
    incident = opened(journal)
    journal.append(incident.id, [record_of_event(kind="closed", occurred_at=exactly(START))])
    journal.append(incident.id, [record_of_event(kind="retracted", occurred_at=exactly(START), corrects="E-2")])

    assert load_incident(journal, incident.id).state is IncidentState.OPEN


def test_an_opening_whose_words_were_erased_still_opens(journal: MemoryJournal) -> None:
    content: dict[str, object] = {"fields": {}, "source": "", "reason": "", "corrects": None, "stated": "", "zone": ""}
    journal.append("IR-2026-0001", [make_record("incident_opened", content)])

    incident = load_incident(journal, "IR-2026-0001")

    assert (incident.title, incident.zone, incident.findings) == ("(no title)", "UTC", ())


def written(identifier: str, kind: str, *, corrects: str | None = None) -> Event:
    day = Interval(earliest=START - timedelta(days=1), latest=START, stated="2026-05-23", zone="Asia/Shanghai")
    return Event(
        id=identifier,
        kind=kind,
        occurred_at=day,
        recorded_at=START,
        source="mail",
        reason="read again" if corrects else "",
        corrects=corrects,
        fields={"evidence": "b"},
    )


def test_events_from_a_file_keep_their_order_and_their_corrections() -> None:
    """The ledger gives them ids of its own, wherever in the ledger they come to stand."""
    journal = MemoryJournal(FakeClock(START + timedelta(days=1)))
    opened(journal)
    events = [written("e1", "notice_received"), written("e2", "awareness"), written("e3", "awareness", corrects="e2")]

    incident = open_from_events(journal, events, now=START, title="before us", zone="Asia/Shanghai")

    assert incident.id == "IR-2026-0002"
    assert [(event.id, event.kind) for event in incident.events] == [
        ("E-2", "incident_opened"), ("E-3", "notice_received"), ("E-4", "awareness"), ("E-5", "awareness")
    ]  # fmt: skip
    assert superseded(incident.events) == {"E-4": "E-5"}
    imported = incident.events[1]
    assert (imported.occurred_at, imported.source, imported.fields) == (
        events[0].occurred_at,
        "mail",
        {"evidence": "b"},
    )
    assert imported.recorded_at == START + timedelta(days=1)
    assert journal.kept[2].content is not None
    assert '"recorded_elsewhere_at":"2026-05-24T01:00:00Z"' in journal.kept[2].content


def test_a_correction_may_stand_before_what_it_corrects(journal: MemoryJournal) -> None:
    events = [written("e2", "awareness", corrects="e1"), written("e1", "awareness")]

    incident = open_from_events(journal, events, now=START, title="x")
    believed = EventHistory(incident.events, START).view(START).by_kind["awareness"]

    assert superseded(incident.events) == {"E-3": "E-2"}
    assert [event.id for event in believed] == ["E-2"]


def test_a_correction_of_something_that_is_not_in_the_file_is_refused(journal: MemoryJournal) -> None:
    with pytest.raises(UsageProblem, match="event e1 corrects `e9`"):
        open_from_events(journal, [written("e1", "awareness", corrects="e9")], now=START, title="x")

    assert journal.kept == []


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("not_applicable", {"fields": {"obligation": "eu-gdpr-34-individuals"}}, "so it needs a reason"),
        ("awareness", {"fields": {"decider": "Ann", "second_person": "Ann"}}, "the second person is another one"),
        ("awareness", {"corrects": "e0", "reason": ""}, "a correction needs a reason"),
        ("filed", {"fields": {"obligation": "eu-gdpr-33-athority"}}, "did you mean `eu-gdpr-33-authority`?"),
        ("filed", {"fields": {"obligation": "eu-gdpr-33-authority", "stage": "last"}}, "has no stage `last`"),
        ("extension_granted", {"fields": {"clock": "nope", "until": "2026-06-01"}, "reason": "x"}, "`clock=nope`"),
        ("exposure_seen_again", {"fields": {"finding": "F-2"}}, "`finding=F-2` names no finding that there is"),
        ("incident_opened", {"fields": {}}, "recorded by the opening itself"),
    ],
)
def test_an_event_from_a_file_that_nobody_could_record_opens_nothing(kind: str, more: dict[str, Any], why: str) -> None:
    store = MemoryStore(FakeClock())
    store.save_findings("R-1", [make_finding("F-1")], {})
    known = replace(written("e2", "exposure_seen_again"), fields={"finding": "F-1"})
    events = [replace(written("e0", "awareness"), fields={}), replace(written("e1", kind), **more), known]

    with pytest.raises(UsageProblem, match="events that nobody could record: e1: ") as caught:
        open_from_events(store, events, now=START, title="x", naming=naming_in(store))
    assert why in caught.value.message
    assert "e2" not in caught.value.message
    assert store.subjects("IR-") == ()


def test_all_events_that_nobody_could_record_are_named_at_once_up_to_ten() -> None:
    store = MemoryStore(FakeClock())
    events = [replace(written(f"e{number}", "cancelled"), fields={"clock": "remediate"}) for number in range(12)]
    with pytest.raises(UsageProblem, match="; and 2 more") as caught:
        open_from_events(store, events, now=START, title="x", naming=naming_in(store))

    assert caught.value.message.count("so it needs a reason") == 10


def test_an_event_from_a_file_may_name_a_clock_of_the_usual_playbook_and_of_the_file_itself() -> None:
    store = MemoryStore(FakeClock())
    fields = ({"clock": name, "basis": "a contract"} for name in ("remediate", "contract"))
    events = [replace(written(f"e{place}", "paused"), fields=named) for place, named in enumerate(fields)]
    incident = open_from_events(store, events, now=START, title="x", naming=naming_in(store, "contract"))

    assert [event.kind for event in incident.events] == ["incident_opened", "paused", "paused"]


def naming_in(store: MemoryStore, *own_clocks: str) -> Naming:
    folders = BundledFiles()
    return Naming(folders=folders, book=lambda: load_duties(folders), findings=store, own_clocks=own_clocks)


def test_no_records_tell_of_no_incident() -> None:
    with pytest.raises(NotFound):
        incident_of("IR-2026-0001", [])
