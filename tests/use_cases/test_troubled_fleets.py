"""Fleets under trouble: whatever is lost, late, doubled or killed, the result is that of a quiet day."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.models.fleet_settings import FleetSettings
from support.fleet import LEASE_SECONDS, Fleet, Killed, told

pytestmark = pytest.mark.long

TARGETS = ("127.0.0.0/28:9200",)


@settings(max_examples=10)
@given(data=st.data())
def test_losses_repeats_delays_and_dead_coordinators_change_nothing(data: st.DataObject) -> None:
    """The set of results is that of the undisturbed scan, whoever dies when."""
    fleet = Fleet(fleet=FleetSettings(broker="redis://localhost", workers=2, lease_seconds=LEASE_SECONDS, attempts=9))
    troubles = data.draw(st.integers(0, 12))

    def fate(order: dict[str, Any]) -> str:
        nonlocal troubles
        if troubles == 0 or order["kind"] != "shard":
            return "serve"
        troubles -= 1
        drawn = str(data.draw(st.sampled_from(["serve", "lose", "twice", "late", "die"])))
        if drawn == "die":
            raise Killed
        return drawn

    fleet.broker.on_order = fate
    options: dict[str, Any] = {}
    for _ in range(20):
        try:
            summary = fleet.scan(*(() if options else TARGETS), **options)
        except Killed:
            options = {"resume": next(record.subject for record in fleet.store.records)}
            fleet.broker.workers = fleet.new_workers()
            continue
        break

    quiet = Fleet().scan(*TARGETS)
    assert told(summary.findings) == told(quiet.findings)
    assert summary.counts == quiet.counts
    assert all(set(one.given_up) == set() for one in summary.vantages)
    assert summary.differences == quiet.differences
