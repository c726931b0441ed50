"""What findings tell the facts of an incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from leakguard.frozen import replace
from leakguard.models.events import Interval
from leakguard.models.findings import ExposedSince, Finding, Outcome, RansomSigns, Size
from leakguard.models.kinds import Category, DataSeen, People
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, FactState
from leakguard.use_cases.incidents.incident_facts import facts_of_findings, read_incident_facts
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.given_facts import FactsQuery, read_given
from support.findings import make_finding
from support.memory_store import MemoryStore
from support.notices import NOW, book

_ONE = make_finding()


def seen(name: str, *, size: Size | None, cluster: str | None = None, outcome: Outcome = Outcome.EXPOSED) -> Finding:
    verdict = replace(_ONE.verdict, outcome=outcome, size=size, cluster_id=cluster, ransomed=RansomSigns())
    return replace(_ONE, id=name, target=f"{name}.example:9200", verdict=verdict)


def test_an_exposure_is_told_with_its_evidence_and_access_never() -> None:
    told = {fact.name: fact for fact in facts_of_findings([seen("F-1", size=None), seen("F-2", size=None)])}

    assert set(told) == {"exposure"}
    assert told["exposure"].value is True
    assert told["exposure"].evidence == "F-1, F-2"


def test_names_alone_are_no_exposure_of_data() -> None:
    assert facts_of_findings([seen("F-1", size=Size(records=5), outcome=Outcome.PARTIALLY_EXPOSED)]) == ()
    assert facts_of_findings([]) == ()


def test_records_are_added_over_servers_and_a_cluster_counts_once() -> None:
    found = [
        seen("F-1", size=Size(records=119), cluster="q1Wm2dTfRkqY"),
        seen("F-2", size=Size(records=120), cluster="q1Wm2dTfRkqY"),
        seen("F-3", size=Size(records=30)),
    ]
    count = facts_of_findings(found)[1]

    assert count.name == "record_count"
    assert count.state is FactState.KNOWN
    assert count.value == Span(low=150, high=150)


def test_an_estimate_stays_an_estimate() -> None:
    count = facts_of_findings([seen("F-1", size=Size(records=100, exact=False))])[1]

    assert count.state is FactState.ESTIMATED
    assert count.why == "counted in part or estimated: there may be more"


@pytest.mark.parametrize("verdict", ["yes", "suspected"])
def test_what_an_extortioner_left_is_not_told_as_what_was_there(verdict: Literal["yes", "suspected"]) -> None:
    """One record is left, the note: no letter may say that one record or one person is concerned."""
    finding = told_of("F-1", people(1, 1))
    emptied = replace(finding, verdict=replace(finding.verdict, ransomed=RansomSigns(verdict=verdict)))

    assert {"record_count", "subject_count"} & set(facts(emptied)) == set()
    assert "data_categories" in facts(emptied)


def test_a_server_that_did_not_say_leaves_the_total_open() -> None:
    found = [seen("F-1", size=Size(records=100)), seen("F-2", size=Size(bytes=7))]

    assert [fact.name for fact in facts_of_findings(found)] == ["exposure"]


FIRST = datetime(2019, 5, 22, tzinfo=UTC)


def told_of(name: str, data: DataSeen | None, *, since: ExposedSince | None = None) -> Finding:
    finding = seen(name, size=Size(records=1000))
    verdict = replace(finding.verdict, data=data)
    return replace(finding, verdict=verdict, exposed_since=since or finding.exposed_since)


def people(low: int | None, high: int | None) -> DataSeen:
    categories = (Category(category="contact.email", where="index users field email", by="field_name"),)
    return DataSeen(categories=categories, people=People(low=low, high=high, method="counted"))


def facts(*findings: Finding) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts_of_findings(findings)}


def test_kinds_of_data_are_told_as_an_estimate_with_their_evidence() -> None:
    health = DataSeen(categories=(Category(category="health", where="index patients", by="collection_name"),))

    told = facts(told_of("F-1", people(None, 7)), told_of("F-2", health))["data_categories"]

    assert (told.value, told.state) == (("contact.email", "health"), FactState.ESTIMATED)
    assert told.evidence == "F-1, F-2"


def test_people_are_bounded_over_all_stores() -> None:
    told = facts(told_of("F-1", people(20, 63)), told_of("F-2", people(None, 100)))["subject_count"]

    assert (told.value, told.state, told.why) == (Span(low=20, high=163), FactState.ESTIMATED, "counted")


@pytest.mark.parametrize("unknown", [None, DataSeen(), people(5, None)])
def test_a_store_of_which_nobody_knows_leaves_the_number_of_people_open(unknown: DataSeen | None) -> None:
    assert "subject_count" not in facts(told_of("F-1", people(20, 63)), told_of("F-2", unknown))


def test_the_breach_began_after_the_data_came_in_and_before_we_saw_it() -> None:
    early = ExposedSince(earliest=FIRST, latest=FIRST + timedelta(days=9), source="first_seen, oldest_data")
    late = ExposedSince(latest=FIRST + timedelta(days=4))

    told = facts(told_of("F-1", None, since=early), told_of("F-2", None, since=late))["breach_date"]

    assert told.value == Interval(earliest=FIRST, latest=FIRST + timedelta(days=4))
    assert "breach_date" not in facts(told_of("F-2", None, since=late))
    assert "breach_date" not in facts(told_of("F-2", None, since=ExposedSince(earliest=FIRST)))


FACTS = """organisation: {name: Example University, country: CN}
obligated_as: [controller]
facts:
  discovery_date: {value: "2026-06-12T05:00"}
  breach_date: {value: 2026-06-11}
"""


@pytest.mark.parametrize(
    ("named", "discovered"),
    [("", datetime(2026, 6, 11, 21, tzinfo=UTC)), ("zone: Europe/Berlin\n", datetime(2026, 6, 12, 3, tzinfo=UTC))],
)
def test_facts_without_a_zone_are_read_in_the_zone_of_their_incident(named: str, discovered: datetime) -> None:
    """A zone that the file names goes before it."""
    store = MemoryStore(lambda: NOW)
    opened = open_incident(store, (), now=NOW, title="a search server", zone="Asia/Shanghai")
    text = f"incident: {opened.id}\n{named}{FACTS}"
    facts = read_incident_facts(text, name="facts", book=book(), now=NOW, journal=store, incident=opened.id)
    found, day = facts.value_of("discovery_date", Interval), facts.value_of("breach_date", Interval)

    assert facts.zone == ("Europe/Berlin" if named else "Asia/Shanghai")
    assert found is not None
    assert day is not None
    assert found.earliest == discovered
    assert day.earliest == discovered.replace(day=discovered.day - 1) - timedelta(hours=5)


def test_a_moment_that_is_typed_is_in_the_zone_of_the_incident() -> None:
    store = MemoryStore(lambda: NOW)
    opened = open_incident(store, (), now=NOW, title="a search server", zone="Asia/Shanghai")
    asked = FactsQuery(name="facts", text=f"incident: {opened.id}\n{FACTS}", at="2026-06-12T06:00", incident=opened.id)

    assert read_given(asked, book(), store, now=lambda: NOW).now == datetime(2026, 6, 11, 22, tzinfo=UTC)
