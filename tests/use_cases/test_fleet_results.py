"""A worker that was taken over signs as well as ever: it can lie about its own part, and about nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.errors import FleetUnreachable, NotTrusted
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.fleet.messages import message_text, read_message
from leakguard.models.fleet import ShardResult
from leakguard.models.scope import Limits
from leakguard.scanning.parts import part_of_plan
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.fleets.fleet_plan import go_on
from leakguard.use_cases.fleets.fleet_requests import FleetRequest
from leakguard.use_cases.fleets.fleet_results import believed
from leakguard.use_cases.fleets.fleet_tools import VantageRun
from leakguard.use_cases.fleets.shards import run_shard
from support.fleet import CHECKS, COORDINATOR, WORKER, Fleet, shard_of, told, worker_seal
from support.scans import NOW, SCOPE_TEXT, finding_of

TARGETS = ("127.0.0.0/28:9200",)


def run_and_result() -> tuple[VantageRun, ShardResult]:
    """The run of a scan that ended, and the result of the part of it that holds an open server."""
    fleet = Fleet()
    scan = fleet.scan(*TARGETS).scan
    scope = parse_scope(SCOPE_TEXT, name="scope.yaml", now=NOW)
    request = FleetRequest(
        scan=scan, vantages=("campus", "outside"), targets=(parse_target(TARGETS[0]),), ports=(9200,), library=CHECKS,
        limits=Limits(), scope=scope, scope_text=SCOPE_TEXT,
    )  # fmt: skip
    run = go_on(request, fleet, "outside")
    number = next(
        number
        for number in range(run.of)
        if any(each.address == "127.0.0.1" for each in part_of_plan(run.plan, number, run.of).endpoints())
    )
    shard = shard_of(
        *TARGETS, scan=scan, run=run.run, vantage="outside", number=number, of=run.of, nonsense=run.nonsense
    )  # fmt: skip
    return run, run_shard(shard, fleet.tools["outside"], worker="w")


RUN, RESULT = run_and_result()
OPEN = next(finding for finding in RESULT.findings if finding["address"] == "127.0.0.1")


def changed(**fields: Any) -> ShardResult:  # noqa: ANN401  (fields of the result)
    return RESULT.model_copy(update=fields)


def with_finding(**fields: Any) -> ShardResult:  # noqa: ANN401  (fields of the finding)
    return changed(findings=({**OPEN, **fields},))


NAMED = {"category": "health", "where": "index patients", "by": "collection_name"}
SIZE = {"records": 1, "bytes": None, "collections": None, "exact": True, "method": "m"}
GREW = {"since": "2026-01-01T00:00:00Z", "run": "R-1", "bytes": None, "records_per_day": None}


def test_kinds_of_data_by_names_are_believed() -> None:
    """A worker sees names alone; it reads no record, and knows nothing of earlier runs."""
    people = {"low": None, "high": 7, "method": "one each"}

    (finding,) = believed(with_finding(categories=[NAMED], people=people), RUN, CHECKS)

    assert finding.verdict.data is not None
    assert finding.verdict.data.categories[0].category == "health"


def test_a_size_of_the_right_types_is_believed() -> None:
    (finding,) = believed(with_finding(size=SIZE), RUN, CHECKS)

    assert finding.verdict.size is not None
    assert finding.verdict.size.records == 1


def test_an_honest_result_is_believed() -> None:
    assert next(finding.address for finding in believed(RESULT, RUN, CHECKS)) == "127.0.0.1"


@pytest.mark.parametrize(
    "result",
    [
        changed(run="R-0-outside"),
        changed(vantage="campus"),
        changed(of=RESULT.of + 1),
        changed(number=RESULT.of),
        changed(number=(RESULT.number + 1) % RESULT.of),
        changed(counts={"closed": 99}),
        changed(counts={"safe": sum(RESULT.counts.values())}),
        changed(standings={**RESULT.standings, "127.0.0.1:9200": "safe"}),
        changed(standings={"192.0.2.1:9200": "closed"}),
        with_finding(run="R-0"),
        with_finding(vantage="campus"),
        with_finding(id="F-0000000000"),
        with_finding(address="192.0.2.1"),
        with_finding(target="192.0.2.1:9200"),
        with_finding(port=22),
        with_finding(host="mail.example.edu"),
        with_finding(check_id="redis_open"),
        with_finding(check_id="no_such_check"),
        with_finding(check_id=["store_open"]),
        with_finding(check_version=99),
        with_finding(remediation="Install this: https://evil.example"),
        with_finding(references=["https://evil.example"]),
        with_finding(datastore="mongodb"),
        with_finding(more="than a finding has"),
        with_finding(outcome="fine"),
        with_finding(reason={"no": "text"}),
        with_finding(product=7),
        with_finding(observed_at=None),
        with_finding(categories=[{**NAMED, "where": 7}]),
        with_finding(categories=[{**NAMED, "where": "x" * 501}]),
        with_finding(categories=[{**NAMED, "count": 1, "looked_at": 1}]),
        with_finding(categories=[{"category": "health"}]),
        with_finding(categories=[NAMED], people={"low": "1", "high": 2, "method": "m"}),
        with_finding(categories=[NAMED], people={"low": 1, "high": 2, "method": 7}),
        with_finding(categories=[NAMED], sampled="7 records were read"),
        with_finding(growth={**GREW, "records": 1}),
        with_finding(size={**SIZE, "records": "many"}),
        with_finding(size={**SIZE, "exact": "yes"}),
        with_finding(severity_axes={"authority": 1, "volume": 2, "sensitivity": 3, "aggravation": 4}),
        with_finding(cluster_id=["a"]),
        with_finding(proof={**OPEN["proof"], "requests": [{"method": 7, "what": "/", "status": 200, "bytes": 1}]}),
        changed(findings=({},)),
    ],
)  # fmt: skip
def test_what_the_shard_could_not_have_found_is_not_taken(result: ShardResult) -> None:
    with pytest.raises(NotTrusted, match="a result was not taken"):
        believed(result, RUN, CHECKS)


def test_a_whole_scan_does_not_take_it_either_and_says_so() -> None:
    fleet = Fleet()

    def lie(answer: dict[str, Any]) -> dict[str, Any]:
        message = read_message(answer["kind"], answer["body"])
        if not isinstance(message, ShardResult) or message.vantage != "outside":
            return answer
        lied = message.model_copy(update={"counts": {"closed": 1_000}})
        return worker_seal().close(*message_text(lied)).model_dump()

    fleet.broker.on_answer = lie

    summary = fleet.scan(*TARGETS)

    assert summary.vantages[0].counts == {"protected": 1, "closed": 14}
    assert summary.vantages[1].counts == {"not_checked": 15}
    assert any("do not add up" in line for line in fleet.said)
    assert [one.vantage for one in summary.findings] == ["campus"]


def test_a_refusal_of_a_shard_is_told_with_its_reason() -> None:
    """A worker whose scope has ended by its own clock refuses; the other vantage goes on."""
    fleet = Fleet()
    fleet.tools["outside"].checks = CHECKS

    def later(order: dict[str, Any]) -> str:
        fleet.tools["outside"].checks = CHECKS[:1] if order["kind"] == "shard" else CHECKS
        return "serve"

    fleet.broker.on_order = later

    summary = fleet.scan(*TARGETS)

    (reason,) = summary.vantages[1].given_up
    assert "this worker does not have" in reason
    assert summary.vantages[1].counts == {"not_checked": 15}
    told = [line for line in fleet.said if "was refused by worker-1" in line]
    assert len(told) == 1, "thousands of shards may be refused for one reason"


def test_an_earlier_finding_by_name_is_known_where_the_name_leads() -> None:
    names = {"mail.example.edu": ("127.0.0.1",)}
    fleet = Fleet(names={"campus": names, "outside": names})
    known = [
        finding_of(
            id=f"F-{number}", run="R-0", check_id="store_open", target=target, observed_at=NOW.replace(year=2025)
        )
        for number, target in enumerate(["mail.example.edu:9200", "gone.example.edu:9200"])
    ]
    fleet.store.save_findings("R-0", known, {})

    summary = fleet.scan("mail.example.edu:9200")

    assert {finding.exposed_since.latest for finding in summary.findings} == {NOW.replace(year=2025)}


def test_a_worker_of_one_vantage_cannot_speak_for_another() -> None:
    """Its key is good, and what it says of its own vantage is taken."""
    fleet = Fleet(seal=KeyRing(COORDINATOR, {"worker-1": f"{public_text(WORKER)} campus"}))

    with pytest.raises(FleetUnreachable, match="no worker of `outside`"):
        fleet.scan(*TARGETS)

    assert told(fleet.scan(*TARGETS, vantage="campus").findings) == {
        ("campus", "127.0.0.2:9200", "store_open", "not_exposed")
    }
