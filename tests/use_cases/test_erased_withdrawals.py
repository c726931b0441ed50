"""What the fleet and a watch count with cannot be erased; stores in which it was erased can be read all the same."""

from __future__ import annotations

import json

import pytest

from leakguard.ledger.erasure import erasure_of, is_erasable
from leakguard.models.events import exactly
from leakguard.models.findings import Outcome
from leakguard.models.records import Record
from leakguard.use_cases.fleets import fleet_reports
from leakguard.use_cases.fleets.fleet_plan import SHARDS_SENT
from leakguard.use_cases.scans.exposure_changes import NOTED
from leakguard.use_cases.scans.exposures import history_of_places
from leakguard.use_cases.scans.runs import load_run
from leakguard.use_cases.scans.withdrawals import WITHDRAWN
from support.fleet import Fleet
from support.ledgers import make_chain
from support.scans import NOW


@pytest.mark.parametrize("kind", sorted({*fleet_reports.KINDS, WITHDRAWN, SHARDS_SENT, NOTED, "fleet_scan_started"}))
def test_what_the_fleet_and_the_watch_count_with_cannot_be_erased(kind: str) -> None:
    assert not is_erasable(kind)


def test_a_withdrawal_that_an_earlier_release_erased_is_one_of_the_whole_run() -> None:
    """Nobody knows any more of which shards it was."""
    fleet = Fleet()
    scan = fleet.scan("127.0.0.0/29:9200", vantage="outside").scan
    run, store = f"{scan}-outside", fleet.store
    found = list(store.findings(run))
    content = {
        "shards": [1, 2],
        "of": 4,
        "worker": "worker-1",
        "since": "2026-11-24T08:00:00Z",
        "by": "A",
        "reason": "-",
    }
    (entry,) = make_chain(content, kind=WITHDRAWN)
    left = json.loads(erasure_of(entry).tombstone)
    assert left["of"] == 0

    store.append(run, [Record(kind=WITHDRAWN, occurred_at=exactly(NOW), content=left)])

    assert Outcome.EXPOSED in {each.verdict.outcome for each in found}
    assert {each.verdict.outcome for each in load_run(store, run).findings} == {Outcome.INCONCLUSIVE}
    assert {report.became for report in fleet_reports.fleet_reports(store)} == {"withdrawn"}
    places = {(each.check_id, each.place) for each in found}
    assert not any(map(history_of_places(store, places).open_spots, places))
    assert {*fleet.scan(vantage="local", resume=scan).counts} == {"not_checked"}
