"""Scans of the fleet that go on: what was seen before is neither lost nor held against anybody."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.models.fleet_settings import FleetSettings
from leakguard.use_cases.scans.scan_assets import exit_code
from support.fake_prober import FakeServer, store_server
from support.fleet import LEASE_SECONDS, Fleet, Killed, told, without_its_last

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
