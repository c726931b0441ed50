"""The views that are kept beside the findings: what an overview asks, without reading a finding."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.ledger.canonical import canonical
from leakguard.ledger.verification_result import Answer
from leakguard.models.findings import Finding, Outcome, Size
from leakguard.models.glances import CheckHistory, KeptText, glance_of
from leakguard.models.wire import finding_to_json
from leakguard.store.rows import PAGE, page_of
from leakguard.store.sql_store import SqlStore
from leakguard.store.view_rows import LARGEST, LAST_MEASURED, PLACES_AT_ONCE, SOUGHT
from leakguard.store.views import ALL_FINDINGS
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import SEEN, make_finding
from support.ledgers import make_record
from support.memory_store import MemoryStore

PLACE, ENDPOINT = "mail.example.edu:9200", "127.0.0.1:9200 (mail.example.edu)"


def sized(identifier: str, size: Size | None, **fields: Any) -> Finding:  # noqa: ANN401  (a finding's own fields)
    finding = make_finding(identifier, **fields)
    return replace(finding, verdict=replace(finding.verdict, size=size))


VARIED = [
    make_finding("F-1"),
    sized("F-2", None, datastore="redis"),
    sized("F-3", Size(records=2**80, bytes=2**90, exact=True), datastore="etcd"),
    make_finding("F-4", outcome=Outcome.NOT_EXPOSED, host=None),
    make_finding("F-5", outcome=Outcome.INCONCLUSIVE, address="192.0.2.1"),
    make_finding("F-6", outcome=Outcome.PARTIALLY_EXPOSED, address="192.0.2.1", datastore="mongodb"),
]


def test_a_glance_of_the_store_is_the_glance_of_the_finding(store: SqlStore) -> None:
    store.save_findings("R-1", VARIED, {})
    store.save_findings("R-2", [make_finding("F-9")], {})

    glances = list(store.glances("R-1"))

    assert sorted(glances) == sorted(map(glance_of, VARIED))
    assert [one.datastore for one in glances] == sorted(one.datastore for one in glances)
    assert [one.id for one in glances if one.datastore == "elasticsearch"] == ["F-1", "F-4", "F-5"]


def test_the_texts_are_those_that_the_ledger_has_hashed(store: SqlStore) -> None:
    many = [make_finding(f"F-{number}") for number in range(PAGE + 2)]
    store.save_findings("R-1", many, {})

    assert list(store.texts("R-1")) == [KeptText(one.id, canonical(finding_to_json(one))) for one in many]


def test_outcomes_and_crowds_are_counted_by_the_database_as_in_memory(store: SqlStore) -> None:
    memory = MemoryStore(lambda: SEEN)
    for each in (store, memory):
        each.save_findings("R-1", [replace(one, run="R-1") for one in VARIED], {})

    assert store.outcomes("R-1") == memory.outcomes("R-1")
    assert store.outcomes("R-2") == {}
    for crowd in (1, SOUGHT * PLACES_AT_ONCE + 1):  # sought by the database, and here
        places = {(VARIED[0].check_id, VARIED[0].place), *(("none", f"127.0.0.1:{port}") for port in range(crowd))}
        assert store.ids_at("R-1", places) == memory.ids_at("R-1", places) != frozenset()
        assert store.ids_at("R-2", places) == frozenset()
    for beyond in range(4):
        for apart in ((), ("etcd",), ("elasticsearch", "redis", "etcd")):
            crowds = store.crowds("R-1", beyond=beyond, apart_from=apart)
            assert crowds == memory.crowds("R-1", beyond=beyond, apart_from=apart)


def test_of_all_runs_the_first_sight_and_the_largest_size_are_remembered(store: SqlStore) -> None:
    hour = timedelta(hours=1)
    store.save_findings("R-1", [sized("F-1", Size(records=5), observed_at=SEEN + hour)], {})
    store.save_findings("R-2", [sized("F-2", None, observed_at=SEEN)], {})
    store.save_findings("R-3", [sized("F-3", Size(records=3), observed_at=SEEN + 2 * hour)], {})
    store.save_findings(
        "R-3", [sized("F-4", Size(records=9), outcome=Outcome.NOT_EXPOSED, observed_at=SEEN - hour)], {}
    )

    assert list(store.seen()) == [CheckHistory("elasticsearch_open", PLACE, ENDPOINT, SEEN, 9)]


def test_hosts_that_are_named_are_asked_for_alone(store: SqlStore) -> None:
    """Neither a name that begins alike, nor one that would mean something to a pattern, brings another's places."""
    hosts = ["mail.example.edu", "mail.example.edu.cn", "mail_example.edu", None]
    found = [make_finding(f"F-{number}", host=host) for number, host in enumerate(hosts)]
    store.save_findings("R-1", [*found, make_finding("F-6", host=None, address="2001:db8::1")], {})

    assert [one.place for one in store.seen(["mail_example.edu"])] == ["mail_example.edu:9200"]
    assert {one.place for one in store.seen(["mail.example.edu", "2001:db8::1", "x"])} == {PLACE, "[2001:db8::1]:9200"}
    assert len(list(store.seen())) == 5


def test_what_was_closed_first_is_open_since_it_was_open(store: SqlStore) -> None:
    store.save_findings("R-1", [sized("F-1", Size(records=5), outcome=Outcome.NOT_EXPOSED)], {})
    assert [one.first_open_at for one in store.seen()] == [None]

    store.save_findings("R-1", [sized("F-2", None)], {})

    assert list(store.seen()) == [CheckHistory("elasticsearch_open", PLACE, ENDPOINT, SEEN, 5)]


def test_what_is_closed_and_states_no_size_is_not_remembered(store: SqlStore) -> None:
    store.save_findings("R-1", [sized("F-1", None, outcome=Outcome.NOT_EXPOSED)], {})

    assert list(store.seen()) == []


def test_more_records_than_a_database_counts_are_as_good_as_the_most_it_does(store: SqlStore) -> None:
    store.save_findings("R-1", [sized("F-1", Size(records=2**80))], {})

    assert [one.most_records for one in store.seen()] == [LARGEST]


def test_the_views_are_made_again_from_the_findings(path: Path, store: SqlStore) -> None:
    many = [make_finding(f"F-m{number}", address=f"192.0.2.{number % 200}") for number in range(PAGE)]
    store.save_findings("R-1", [*VARIED, *many], {})
    before = (list(store.glances("R-1")), sorted(map(repr, store.seen())))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DELETE FROM glances WHERE id <> 'F-1'")
        raw.execute("UPDATE seen SET first_open_at = 0, most_records = 1")

    store.rebuild_views()

    assert (list(store.glances("R-1")), sorted(map(repr, store.seen()))) == before
    assert verify_store(store).answer is Answer.MATCH


def test_a_finding_that_is_unreadable_is_left_out_of_the_views(path: Path, store: SqlStore) -> None:
    """`evidence verify` names it; an upgrade must not stop at it."""
    store.save_findings("R-1", [make_finding("F-1"), make_finding("F-2")], {})
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE findings SET text = 'canary' WHERE id = 'F-1'")

    store.rebuild_views()

    assert [one.id for one in store.glances("R-1")] == ["F-2"]


def test_records_of_some_kinds_are_read_alone(store: SqlStore) -> None:
    store.append("R-1", [make_record("run_started"), make_record("note")])
    store.append("R-2", [make_record("run_started"), make_record("run_finished")])

    assert [one.subject for one in store.of_kinds(["run_started"])] == ["R-1", "R-2"]
    assert [one.kind for one in store.of_kinds(["run_started", "run_finished"], "R-2")] == [
        "run_started",
        "run_finished",
    ]


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb"])
def test_half_a_character_of_a_host_does_not_stop_a_scan(store: SqlStore, half: str) -> None:
    finding = make_finding()
    store.save_findings("R-1", [replace(finding, verdict=replace(finding.verdict, product=half))], {})

    assert [one.product for one in (each.verdict for each in store.findings())] == [
        half.encode("utf-8", "replace").decode()
    ]


def test_the_last_finding_with_a_size_of_each_place_is_found_without_one_run(store: SqlStore) -> None:
    store.save_findings("R-1", [sized("F-1", Size(records=1)), sized("F-2", Size(records=1), host="b.example.edu")], {})
    store.save_findings("R-2", [sized("F-3", Size(records=2)), sized("F-4", None, host="b.example.edu")], {})
    store.save_findings("R-3", [sized("F-5", Size(records=3))], {})
    here, there = ("elasticsearch_open", PLACE), ("elasticsearch_open", "b.example.edu:9200")

    found = store.last_measured({here, there, ("elasticsearch_open", "c:9200")}, apart_from="R-3")

    assert dict(found) == {here: "F-3", there: "F-2"}
    assert dict(store.last_measured(set(), apart_from="R-3")) == {}


def test_the_last_findings_of_very_many_places_are_found_each_by_itself(store: SqlStore) -> None:
    """Of more places than one statement may name, and by the index: a history grows with every round of a watch."""
    hosts = [f"10.0.{number // 250}.{number % 250}" for number in range(2 * PLACES_AT_ONCE + 3)]
    for run in ("R-1", "R-2"):
        found = [sized(f"F-{run}-{host}", Size(records=1), host=host) for host in hosts]
        store.save_findings(run, found, {})
    places = {("elasticsearch_open", f"{host}:9200"): f"F-R-2-{host}" for host in hosts}

    assert dict(store.last_measured(places.keys(), apart_from="R-3")) == places
    assert set(store.last_measured(places.keys(), apart_from="R-2").values()) == {f"F-R-1-{host}" for host in hosts}


def test_a_place_is_looked_up_by_its_index(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record()])
    query = LAST_MEASURED.format(wanted="(?, ?)")
    with closing(sqlite3.connect(path)) as raw:
        plan = " ".join(row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", ("R-1", "check", "place")))

    assert "USING INDEX glances_measured (place=? AND check_id=?)" in plan
    assert "USE TEMP B-TREE" not in plan


def test_all_findings_are_read_by_their_index_and_never_sorted_page_by_page(path: Path, store: SqlStore) -> None:
    """Sorting the whole table for each page takes four times as long where a history is twice as long."""
    store.save_findings("R-1", VARIED, {})
    with closing(sqlite3.connect(path)) as raw:
        query = page_of(ALL_FINDINGS, is_first=False)
        plan = " ".join(row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", ("R-1", 1, 2, "F-3")))

    assert "USING INDEX findings_by_run ((run,sequence,position)>(?,?,?))" in plan


def test_all_findings_come_run_by_run(store: SqlStore) -> None:
    for run in ("R-2", "R-1"):
        store.save_findings(run, [make_finding(f"F-{run}-{number:04}", run=run) for number in range(PAGE + 2)], {})

    with store.snapshot() as frozen:
        found = [item.id for item in frozen.finding_items()]

    assert found == [f"F-{run}-{number:04}" for run in ("R-1", "R-2") for number in range(PAGE + 2)]
