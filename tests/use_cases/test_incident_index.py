"""Which incident is about which finding: what a server remembers is what the ledger has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.ledger.custody import NewEvidence, new_evidence_record
from leakguard.ledger.erasure import erasing_record
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Outcome
from leakguard.models.records import Record
from leakguard.outputs.finding import finding_json
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_closures import VERIFIED, incidents_about
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.reports.incident_list import IncidentList, IncidentSummary
from leakguard.use_cases.scans import closed_since
from leakguard.use_cases.scans.closed_since import known_finding
from leakguard.use_cases.scans.incident_index import IncidentIndex
from support.findings import SEEN, make_finding
from support.ledgers import Tokens

NAMES = ("F-1", "F-2", "F-3")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=lambda: SEEN, token=Tokens())) as made:
        for number, name in enumerate(NAMES):
            note(made, f"R-{number}", "run_started", targets=["127.0.0.1:9200"], planned=1, resolved={})
            made.save_findings(f"R-{number}", [make_finding(name, run=f"R-{number}", outcome=Outcome.EXPOSED)], {})
            note(made, f"R-{number}", "run_finished", counts={})
        yield made


def note(store: SqlStore, subject: str, kind: str, **content: object) -> None:
    store.append(subject, (Record(kind=kind, occurred_at=exactly(SEEN), content=content),))


def opened(store: SqlStore, *names: str, title: str) -> str:
    found = tuple(store.findings(ids=names)) if names else ()
    return open_incident(store, found, now=SEEN, title=title).id


def both(store: SqlStore, index: IncidentIndex, *names: str) -> dict[str, list[tuple[str, str]]]:
    """What the index says, which is what the ledger says."""
    findings = tuple(store.findings(ids=names))
    told = {incident: sorted(pairs) for incident, pairs in index.about(store, findings).items()}
    read = incidents_about(store, findings)
    assert told == {incident: sorted((own.id, seen.id) for own, seen in pairs) for incident, pairs in read.items()}
    assert list(told) == list(read)
    return told


def test_an_empty_ledger_has_no_incident(tmp_path: Path) -> None:
    with closing(SqlStore.open(str(tmp_path / "empty.db"), now=lambda: SEEN, token=Tokens())) as empty:
        assert IncidentIndex().about(empty, [make_finding("F-1")]) == {}


def test_it_follows_the_ledger(store: SqlStore) -> None:
    index = IncidentIndex()
    assert both(store, index, "F-1") == {}

    first = opened(store, "F-1", title="first")
    opened(store, title="without a finding")
    assert both(store, index, "F-1") == {first: [("F-1", "F-1")]}
    assert both(store, index, "F-2") == {first: [("F-1", "F-2")]}  # another run saw the same

    seen_again = record_of_event(kind="exposure_seen_again", occurred_at=exactly(SEEN), fields={"finding": "F-3"})
    store.append(first, (seen_again,))
    second = opened(store, "F-2", title="second")
    told = both(store, index, "F-1")
    assert set(told) == {first, second}
    assert dict(told[first]) == {"F-1": "F-1", "F-3": "F-1"}


def test_after_an_erasure_it_begins_again(store: SqlStore) -> None:
    index = IncidentIndex()
    first = opened(store, "F-1", title="first")
    assert set(both(store, index, "F-2")) == {first}
    erased = erasing_record([], findings=["F-1"], by="Anna Berg", reason="asked for", at=exactly(SEEN))
    head = store.head()
    store.erase([], ["F-1"], {"R-0": erased}, seen=head.sequence if head is not None else 0)
    assert both(store, index, "F-2") == {}


def test_a_finding_is_the_same_by_the_index_and_by_the_ledger(store: SqlStore) -> None:
    index = IncidentIndex()
    opened(store, "F-1", title="first")

    by_ledger = known_finding(store, "F-2")
    assert known_finding(store, "F-2", about=lambda findings: index.about(store, findings)) == by_ledger
    assert [one.title for one in by_ledger.incidents] == ["first"]


def test_many_incidents_about_one_finding_are_read_at_once_and_tell_the_same_as_one_by_one(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [opened(store, "F-1", title=f"incident {number}") for number in range(closed_since._FEW + 2)]  # noqa: SLF001  (one more than are read one by one)
    taken = NewEvidence(name="es.yml", sha256="ab" * 32, size=3, by="A", source="", note="", has_copy=False)
    for number, name in enumerate(names):
        store.append(name, (new_evidence_record(taken, at=exactly(SEEN)),))
        note(store, name, VERIFIED, finding="F-1", closure="still_open" if number else "closed")
    note(store, "IR-2026-0999", VERIFIED, finding="F-1", closure="unknown")
    index, lines = IncidentIndex(), IncidentList()

    def named(asked: Collection[str]) -> Sequence[IncidentSummary]:
        listed = {one.id: one for one in lines.lines(store)}
        return [listed[one] for one in asked]

    at_once = known_finding(store, "F-1", about=lambda found: index.about(store, found), named=named)
    monkeypatch.setattr(closed_since, "_FEW", len(names))
    one_by_one = known_finding(store, "F-1")

    assert finding_json(at_once) == finding_json(one_by_one)
    assert [one["id"] for one in finding_json(at_once)["incidents"]] == names
    assert (at_once.items, at_once.last_look, at_once.closed) == (one_by_one.items, "still_open", one_by_one.closed)
    assert len(at_once.items) == len(names)
