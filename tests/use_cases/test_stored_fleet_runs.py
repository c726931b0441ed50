"""Runs of the fleet as the store has them: what nobody looked at is missing from none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from leakguard.models.fleet_settings import FleetSettings
from leakguard.scanning.diff import ChangeKind
from leakguard.use_cases.fleets.fleet_tools import FleetSummary
from leakguard.use_cases.fleets.withdraw_results import Withdrawal, withdraw_results
from leakguard.use_cases.scans.exposures import compare_runs, exit_code_of
from leakguard.use_cases.scans.runs import StoredRun, load_run
from support.fleet import LEASE_SECONDS, Fleet, Killed, interrupted_behind, without_its_last
from support.scans import NOW

TARGETS = ("127.0.0.0/28:9200",)
ONE_ATTEMPT = FleetSettings(broker="redis://localhost", workers=2, lease_seconds=LEASE_SECONDS, attempts=1)


def stored(fleet: Fleet, summary: FleetSummary) -> list[StoredRun]:
    return [load_run(fleet.store, vantage.run) for vantage in summary.vantages]


def lost(order: dict[str, Any]) -> str:
    return "lose" if order["kind"] == "shard" else "serve"


def one_lost(order: dict[str, Any]) -> str:
    return "lose" if '"number":1,' in order["body"] else "serve"


@pytest.mark.parametrize("fate", [lambda _: "serve", one_lost, lost], ids=["none", "some", "all"])
def test_a_run_of_the_fleet_with_shards_given_up_is_kept_as_it_ended(fate: Callable[[dict[str, Any]], str]) -> None:
    fleet = Fleet(fleet=ONE_ATTEMPT)
    fleet.broker.on_order = fate

    summary = fleet.scan(*TARGETS)

    assert [run.counts for run in stored(fleet, summary)] == [vantage.counts for vantage in summary.vantages]
    assert [run.is_whole for run in stored(fleet, summary)] == [not vantage.given_up for vantage in summary.vantages]


def test_what_an_unfinished_attempt_came_to_is_kept_as_it_ended() -> None:
    fleet = Fleet(fleet=ONE_ATTEMPT)
    fleet.broker.on_answer = without_its_last

    summary = fleet.scan(*TARGETS, vantage="campus")

    (run,) = stored(fleet, summary)
    assert run.counts == summary.counts == {"protected": 1, "closed": 13, "not_checked": 1}


def test_a_closure_is_not_proved_by_a_run_in_which_nobody_looked() -> None:
    fleet = Fleet(fleet=ONE_ATTEMPT)
    before = fleet.scan(*TARGETS, vantage="outside").vantages[0].run
    fleet.tools["outside"].network.servers = {}
    fleet.broker.on_order, fleet.broker.workers = lost, fleet.new_workers()
    after = fleet.scan(*TARGETS, vantage="outside").vantages[0].run

    changes = compare_runs(fleet.store, before, after)

    assert {change.kind for change in changes} == {ChangeKind.UNKNOWN}
    assert exit_code_of((), load_run(fleet.store, before), load_run(fleet.store, after)) == 3


def test_a_stopped_run_of_the_fleet_tells_how_far_it_came() -> None:
    fleet = Fleet()
    fleet.broker.on_order = interrupted_behind(4)

    summary = fleet.scan(*TARGETS)

    assert [run.not_reached for run in stored(fleet, summary)] == [each.not_reached for each in summary.vantages]
    assert [run.counts for run in stored(fleet, summary)] == [each.reached for each in summary.vantages]
    assert any(each.not_reached for each in summary.vantages)


def test_a_killed_run_of_the_fleet_tells_what_it_had_done() -> None:
    """Nobody wrote its end: what is recorded of its shards is all there is."""
    fleet = Fleet()

    def killed(order: dict[str, Any]) -> str:
        if '"number":2,' in order["body"]:
            fleet.store.append = dead  # type: ignore[method-assign]  # it writes nothing more
            raise Killed
        return "serve"

    def dead(*_: object, **__: object) -> Any:  # noqa: ANN401  (never returns)
        raise Killed

    fleet.broker.on_order = killed
    with pytest.raises(Killed):
        fleet.scan(*TARGETS, vantage="campus")
    (run_id,) = [record.subject for record in fleet.store.records if record.kind == "run_started"]
    run = load_run(fleet.store, run_id)

    recorded = [record.content["counts"] for record in fleet.store.records if record.kind == "shard_recorded"]
    assert sum(run.counts.values()) == sum(sum(counts.values()) for counts in recorded) > 0
    assert run.not_reached == 15 - sum(run.counts.values()) > 0


def test_withdrawn_shards_of_a_run_count_as_not_checked_beside_those_given_up() -> None:
    fleet = Fleet(fleet=ONE_ATTEMPT)
    fleet.broker.on_order = one_lost
    summary = fleet.scan(*TARGETS, vantage="campus")
    withdrawal = Withdrawal(worker="worker-1", since=NOW, by="A. Responder", reason="its key was copied")

    withdraw_results(fleet.store, withdrawal, now=fleet.now)

    (run,) = stored(fleet, summary)
    assert run.counts == {"not_checked": 15}


def test_every_endpoint_of_a_large_run_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above some number only what is worth a line is listed, and what was closed stands in the counts alone."""
    monkeypatch.setattr("leakguard.use_cases.fleets.fleet_orders.LISTED_ENDPOINTS", 3)
    fleet = Fleet()

    summary = fleet.scan(*TARGETS, vantage="campus")

    (run,) = stored(fleet, summary)
    assert run.counts == {"protected": 1, "closed": 14}
