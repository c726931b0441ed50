"""Scans of the fleet that go on: what was seen before is neither lost nor held against anybody."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.models.fleet_settings import FleetSettings
from leakguard.use_cases.scans.killed import end_killed
from leakguard.use_cases.scans.scan_assets import exit_code
from support.fake_prober import FakeServer, store_server
from support.fleet import LEASE_SECONDS, Fleet, Killed, interrupted_behind, told, without_its_last
from support.scans import SCOPE_TEXT

TARGETS = ("127.0.0.0/29:9200",)
ONE_ATTEMPT = FleetSettings(broker="redis://localhost", workers=1, lease_seconds=LEASE_SECONDS, attempts=1)


LOCKED = store_server(locked=True)
UNCLEAR = FakeServer(answers={"http": {"/": (200, {"name": "store"}), "/list": (503, {})}})


@pytest.mark.parametrize(("server", "outcome"), [(LOCKED, "not_exposed"), (UNCLEAR, "inconclusive")])
def test_what_an_unfinished_attempt_saw_locked_is_told_open_by_the_resumed_scan(
    server: FakeServer, outcome: str
) -> None:
    """The two looks give the same id to what they find, and an id that is kept is never kept anew."""
    fleet = Fleet(fleet=ONE_ATTEMPT)
    fleet.tools["campus"].network.servers = {"127.0.0.2:9200": server}
    fleet.broker.on_answer = without_its_last
    first = fleet.scan(*TARGETS, vantage="campus")
    fleet.broker.on_answer = lambda answer: answer
    fleet.tools["campus"].network.servers = {"127.0.0.2:9200": store_server(records=9)}
    fleet.broker.workers = fleet.new_workers()

    resumed = fleet.scan(resume=first.scan)

    assert told(first.findings) == {("campus", "127.0.0.2:9200", "store_open", outcome)}
    assert first.is_unfinished
    assert told(resumed.findings) == {("campus", "127.0.0.2:9200", "store_open", "exposed")}
    assert exit_code(resumed) == 1


def test_a_kill_between_the_findings_of_a_shard_and_its_end_loses_nothing_that_is_found_later() -> None:
    """Its findings and the word that it is done are kept together, or neither is."""
    fleet = Fleet(fleet=ONE_ATTEMPT)
    fleet.tools["campus"].network.servers = {"127.0.0.2:9200": LOCKED}
    append = fleet.store.append

    def killed(subject: str, records: Any, **how: Any) -> Any:  # noqa: ANN401  (as it is called)
        if any(record.kind == "shard_recorded" for record in records):
            raise Killed
        return append(subject, records, **how)

    fleet.store.append = killed  # type: ignore[method-assign]  # before the shard is told as done
    with pytest.raises(Killed):
        fleet.scan(*TARGETS, vantage="campus")
    fleet.store.append = append  # type: ignore[method-assign]  # as it was
    scan = fleet.store.records[0].subject
    fleet.tools["campus"].network.servers = {"127.0.0.2:9200": store_server(records=9)}
    fleet.broker.workers = fleet.new_workers()

    resumed = fleet.scan(resume=scan)

    assert told(resumed.findings) == {("campus", "127.0.0.2:9200", "store_open", "exposed")}


def stopped(*targets: str, scope: str = SCOPE_TEXT) -> tuple[Fleet, str]:
    """A scan from campus that somebody interrupted, whose workers are there again."""
    fleet = Fleet(scope=scope)
    fleet.broker.on_order = interrupted_behind(3)
    scan = fleet.scan(*targets, vantage="campus").scan
    fleet.broker.on_order, fleet.broker.workers = lambda _: "serve", fleet.new_workers()
    fleet.broker.orders.clear()
    return fleet, scan


@pytest.mark.parametrize(
    ("was", "becomes"), [("scope: campus-2026", "scope: another"), ("Example University", "Another Owner Ltd")]
)
def test_a_fleet_scan_is_not_resumed_under_another_scope(was: str, becomes: str) -> None:
    fleet, scan = stopped(*TARGETS)
    fleet.scope = SCOPE_TEXT.replace(was, becomes)
    sent, records = len(fleet.broker.in_flight), len(fleet.store.records)

    with pytest.raises(NotAllowed, match=f"the run {scan} was begun under the scope campus-2026 of Example University"):
        fleet.scan(resume=scan)

    assert (len(fleet.broker.in_flight), len(fleet.store.records)) == (sent, records)


@pytest.mark.parametrize("targets", [TARGETS, ()], ids=["some targets", "the whole scope"])
def test_a_fleet_scan_is_not_resumed_under_a_scope_that_allows_less(targets: tuple[str, ...]) -> None:
    fleet, scan = stopped(*targets)
    fleet.scope = SCOPE_TEXT.replace("exclude: [127.0.0.7]", "exclude: [127.0.0.7, 127.0.0.3]")
    shards = len(fleet.broker.in_flight)

    with pytest.raises(NotAllowed, match=f"other endpoints than it did when the run {scan}-campus was begun"):
        fleet.scan(resume=scan)

    assert len(fleet.broker.in_flight) == shards + 1, "the roll is called, and that is all"


def test_a_fleet_scan_is_not_resumed_where_one_endpoint_takes_the_place_of_another() -> None:
    """Their number alone would tell nothing."""
    fleet, scan = stopped(*TARGETS, scope=SCOPE_TEXT.replace("exclude: [127.0.0.7]", "exclude: [127.0.0.3]"))
    fleet.scope = SCOPE_TEXT.replace("exclude: [127.0.0.7]", "exclude: [127.0.0.4]")

    with pytest.raises(NotAllowed, match="other endpoints"):
        fleet.scan(resume=scan)


def test_a_fleet_scan_of_an_earlier_release_is_resumed_as_long_as_its_endpoints_are_as_many() -> None:
    fleet, scan = stopped(*TARGETS)
    fleet.store.records = [
        replace(record, content={name: value for name, value in record.content.items() if name != "plan_sha256"})
        for record in fleet.store.records
    ]

    assert sum(fleet.scan(resume=scan).counts.values()) == 7


def test_a_resumed_fleet_scan_says_under_which_scope_it_went_on() -> None:
    """A scope that was renewed has its name and its owner, and another digest."""
    fleet, scan = stopped(*TARGETS)
    fleet.scope = SCOPE_TEXT.replace("until: 2027-02-01", "until: 2027-03-01")
    fleet.scan(resume=scan)
    run = f"{scan}-campus"

    began, again = (record.content for record in fleet.store.read(run) if record.kind in {"run_started", "run_resumed"})
    names = ("scan", "scope", "owner", "targets", "ports", "checks")
    assert [again[name] for name in names] == [began[name] for name in names]
    assert again["scope_sha256"] == hashlib.sha256(fleet.scope.encode()).hexdigest() != began["scope_sha256"]


def test_a_resumed_fleet_scan_that_is_killed_is_noted_as_interrupted() -> None:
    fleet, scan = stopped(*TARGETS)

    def killed(order: dict[str, Any]) -> str:
        if order["kind"] == "shard":
            raise Killed
        return "serve"

    fleet.broker.on_order = killed
    end = fleet.store.append
    fleet.store.append = lambda subject, records, **how: (  # type: ignore[method-assign]  # a killed one writes no end
        () if any("interrupted" in record.kind for record in records) else end(subject, records, **how)
    )
    with pytest.raises(Killed):
        fleet.scan(resume=scan)
    fleet.store.append, fleet.store.killed = end, (f"{scan}-campus",)  # type: ignore[method-assign]  # as it was

    assert end_killed(fleet.store, now=fleet.now) == (f"{scan}-campus",)


def test_a_result_that_comes_again_after_a_resume_is_no_refused_one() -> None:
    """A coordinator that is killed between keeping a result and settling it gets it out of the queue once more."""
    fleet = Fleet()
    done: list[dict[str, Any]] = []

    def copied(answer: dict[str, Any]) -> object:
        done.extend([answer] if answer["kind"] == "result" else [])
        return answer

    fleet.broker.on_answer, fleet.broker.on_order = copied, interrupted_behind(3)
    scan = fleet.scan(*TARGETS, vantage="campus").scan
    fleet.broker.on_answer = lambda answer: answer
    fleet.broker.on_order, fleet.broker.workers = lambda _: "serve", fleet.new_workers()
    fleet.broker.answers.extend(done)

    resumed = fleet.scan(resume=scan)

    assert len(done) == 2
    assert resumed.counts == {"protected": 1, "closed": 6}
    assert resumed.vantages[0].refused == {}
    assert not any(record.kind == "shard_result_refused" for record in fleet.store.records)


def test_a_late_result_of_an_earlier_attempt_counts_after_a_resume() -> None:
    """As it does before: the work is done, and need not be done again."""
    fleet = Fleet()
    late: list[dict[str, Any]] = []
    shards: list[int] = []

    def fate(order: dict[str, Any]) -> str:
        if order["kind"] != "shard":
            return "serve"
        shards.append(json.loads(order["body"])["number"])
        if shards.count(0) == 2:
            raise KeyboardInterrupt
        return "serve"

    def held_back(answer: dict[str, Any]) -> object:
        is_first = answer["kind"] == "result" and json.loads(answer["body"])["number"] == 0
        if is_first and not late:
            late.append(answer)
            return {"kind": "nothing"}
        return answer

    fleet.broker.on_order, fleet.broker.on_answer = fate, held_back
    stopped_scan = fleet.scan(*TARGETS, vantage="campus")
    looked_at = len(shards)
    fleet.broker.orders.clear()
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"
    fleet.broker.workers = fleet.new_workers()
    fleet.broker.answers.extend(late)

    resumed = fleet.scan(resume=stopped_scan.scan)

    assert stopped_scan.is_interrupted
    assert looked_at == len(set(shards)) + 1, "shard 0 alone was sent twice"
    assert resumed.counts == {"protected": 1, "closed": 6}
    assert resumed.vantages[0].refused == {}
