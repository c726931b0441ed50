"""Runs as the ledger tells of them."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from leakguard.errors import NotFound
from leakguard.models.events import exactly
from leakguard.models.findings import DecoyVerdict, Outcome
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.models.wire import finding_from_json
from leakguard.outputs.json_text import jsonl_parts, scan_json_parts
from leakguard.outputs.table import findings_table
from leakguard.scanning.crowds import suspect_crowds
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.scans.killed import end_killed
from leakguard.use_cases.scans.runs import RunFindings, list_runs, load_run
from support.ledgers import Tokens
from support.memory_store import MemoryStore
from support.scans import NOW, finding_of

pytestmark = pytest.mark.untraced

STARTED = {
    "targets": ["127.0.0.1:9200", "s3://campus"],
    "ports": [9200],
    "checks": ["store_open@2", "redis_open@1"],
    "vantage": "outside",
}


def store_with(run: str, *kinds: str) -> MemoryStore:
    store = MemoryStore(lambda: NOW)
    for kind in kinds:
        content = STARTED if kind == "run_started" else {}
        store.append(run, [Record(kind=kind, occurred_at=exactly(NOW), content=content)])
    return store


def test_a_run_knows_how_it_was_started() -> None:
    run = load_run(store_with("R-1", "run_started"), "R-1")

    assert run.targets == ("127.0.0.1:9200", "s3://campus")
    assert not run.is_finished


@pytest.mark.parametrize(
    ("kinds", "is_finished"),
    [
        (("run_started", "run_interrupted"), False),
        (("run_started", "run_finished"), True),
        (("run_started", "run_interrupted", "run_resumed", "run_finished"), True),
    ],
)
def test_a_run_is_finished_when_the_ledger_says_so(kinds: tuple[str, ...], is_finished: bool) -> None:  # noqa: FBT001  (a table's column)
    assert load_run(store_with("R-1", *kinds), "R-1").is_finished is is_finished


def test_the_latest_word_on_an_endpoint_counts() -> None:
    """A resumed run may repeat what was in flight."""
    store = store_with("R-1", "run_started")
    store.save_findings("R-1", [finding_of(run="R-1")], {"127.0.0.1:9200": "not_checked", "127.0.0.2:9200": "closed"})
    store.save_findings("R-1", [], {"127.0.0.1:9200": "exposed"})

    run = load_run(store, "R-1")

    assert run.counts == {"exposed": 1, "closed": 1}
    assert [finding.id for finding in run.findings] == ["F-1a2b3c4d5e"]


def test_what_is_no_run_is_not_found() -> None:
    store = store_with("IR-2026-0001", "incident_opened")

    for name in ("IR-2026-0001", "R-2"):
        with pytest.raises(NotFound, match=name):
            load_run(store, name)


def test_runs_are_listed_the_oldest_first_with_their_state() -> None:
    store = store_with("R-1", "run_started", "run_finished")
    store.append("R-2", [Record(kind="run_started", occurred_at=exactly(NOW), content={"targets": ["x" * 100]})])

    first, second = list_runs(store)

    assert first.line == "R-1  2026-11-24 16:00:00Z  finished  127.0.0.1:9200, s3://campus"
    assert second.line == "R-2  2026-11-24 16:00:00Z  stopped   " + "x" * 60


def test_a_run_that_goes_on_now_is_not_called_stopped() -> None:
    store = store_with("R-1", "run_started")
    store.elsewhere = ("R-1",)

    (only,) = list_runs(store)

    assert "  running   " in only.line


def test_a_run_that_was_killed_is_ended_and_told_once() -> None:
    store = store_with("R-1", "run_started", "run_interrupted", "run_resumed")
    store.killed = ("R-1",)

    assert end_killed(store, now=lambda: NOW) == ("R-1",)
    assert end_killed(store, now=lambda: NOW) == ()
    assert [record.kind for record in store.read("R-1")][-2:] == ["run_resumed", "run_interrupted"]


@pytest.mark.parametrize("kinds", [(), ("run_started", "run_finished"), ("run_started", "run_interrupted")])
def test_of_a_killed_process_a_run_that_had_ended_or_never_begun_is_no_news(kinds: tuple[str, ...]) -> None:
    store = store_with("R-1", *kinds)
    store.killed = ("R-1",)

    assert end_killed(store, now=lambda: NOW) == ()
    assert [record.kind for record in store.read("R-1")] == list(kinds)


def crowd_store() -> MemoryStore:
    """Five kinds of stores on one address, and one elsewhere whose product is written in another script."""
    store = store_with("R-1", "run_started")
    kinds = ("elasticsearch", "redis", "mongodb", "couchdb", "etcd")
    crowd = [
        finding_of(id=f"F-{number}", run="R-1", datastore=kind, target=f"192.0.2.1:{number}", address="192.0.2.1")
        for number, kind in enumerate(kinds)
    ]
    alone = finding_of(id="F-9", run="R-1", target="192.0.2.2:9200", address="192.0.2.2", product="数据\x7f")
    store.save_findings("R-1", [*crowd, alone], {})
    return store


def test_findings_of_a_run_are_read_with_the_suspicion_that_rests_on_all_of_them() -> None:
    store = crowd_store()

    found = load_run(store, "R-1").findings

    assert [*found] == [*suspect_crowds(store.findings("R-1"))]
    assert [one.verdict.decoy.verdict for one in found] == [DecoyVerdict.SUSPECTED] * 5 + [DecoyVerdict.NO]
    assert [one.id for one in found.some(["F-0", "F-9"])] == ["F-0", "F-9"]
    assert len(found) == 6
    assert found.outcomes == {Outcome.EXPOSED: 6}
    assert next(iter(found)) in found
    assert next(store.findings("R-1")) not in found
    assert "F-0" not in found


def test_lines_are_the_stored_texts_but_where_something_was_added() -> None:
    store = crowd_store()
    found = load_run(store, "R-1").findings

    lines = [*found.lines()]

    assert [finding_from_json(json.loads(line)) for line in lines] == [*found]
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert lines[-1] != [*store.texts("R-1")][-1].text


def test_without_a_crowd_every_text_goes_straight_through() -> None:
    store = store_with("R-1", "run_started")
    store.save_findings("R-1", [finding_of(run="R-1")], {})

    assert [*load_run(store, "R-1").findings.lines()] == [one.text for one in store.texts("R-1")]


def test_all_parts_of_a_run_are_added_up() -> None:
    """The states count every endpoint; the ledger names the notable ones alone."""
    store = store_with("R-1", "run_started")
    one, two = ({"closed": 40, "exposed": 1}, {"closed": 2, "silent": 3})
    store.save_findings("R-1", [], {"127.0.0.2:9200": "closed"}, {0: RunState(counts=one), 1: RunState(counts=two)})

    assert load_run(store, "R-1").counts == {"closed": 42, "exposed": 1, "silent": 3}


def test_thousands_of_findings_of_a_store_take_no_more_room_than_some(tmp_path: Path) -> None:
    """Held at once they would take some six million bytes; a page is five hundred of them."""
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=lambda: NOW, token=Tokens())) as store:
        many = (finding_of(id=f"F-{number}", run="R-1", cluster_id=f"cluster-{number}") for number in range(2000))
        while batch := [*islice(many, 200)]:
            store.save_findings("R-1", batch, {})
        found = RunFindings(store, "R-1")
        parts: dict[str, Iterable[object]] = {
            "jsonl": jsonl_parts(found),
            "json": scan_json_parts("R-1", {}, found),
            "findings": found,
        }
        tracemalloc.start()
        for name, each in parts.items():
            tracemalloc.reset_peak()
            count = sum(1 for _ in each)

            assert count >= 2000, name
            assert tracemalloc.get_traced_memory()[1] < 3_000_000, name
        tracemalloc.reset_peak()
        assert len(findings_table(found).rows) == 200
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()
