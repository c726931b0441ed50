"""A few findings in memory, seen in the ways in which thousands of a store are."""

from __future__ import annotations

import json

from leakguard.models.findings import Outcome
from leakguard.models.glances import glance_of
from leakguard.models.wire import finding_from_json
from leakguard.scanning.run_findings import FindingsInMemory, found_of
from support.scans import finding_of

ONE, TWO = finding_of(id="F-1", datastore="redis"), finding_of(Outcome.NOT_EXPOSED, id="F-2", cluster_id="abc")
HELD = FindingsInMemory([ONE, TWO])


def test_they_stay_in_their_order_and_can_be_gone_through_again() -> None:
    assert [*HELD] == [*HELD] == [ONE, TWO]
    assert len(HELD) == 2
    assert ONE in HELD
    assert finding_of(id="F-3") not in HELD
    assert list(HELD.some(["F-2", "F-9"])) == [TWO]


def test_their_glances_come_one_cluster_behind_the_other() -> None:
    assert list(HELD.glances()) == [glance_of(TWO), glance_of(ONE)]
    assert HELD.outcomes == {Outcome.EXPOSED: 1, Outcome.NOT_EXPOSED: 1}


def test_each_is_a_line_of_json() -> None:
    assert [finding_from_json(json.loads(line)) for line in HELD.lines()] == [ONE, TWO]


def test_what_can_be_gone_through_again_is_not_held_twice() -> None:
    assert found_of(HELD) is HELD
    assert [*found_of(iter([ONE]))] == [ONE]
