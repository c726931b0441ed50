"""What the settings of an account open, as it was met from outside: who is probed, who is not, what is told of it."""

from __future__ import annotations

import pytest

from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, ReachVerdict, Severity
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.owners.cloud_findings import JudgedResource
from leakguard.use_cases.owners.cloud_reach import ReachPlan, joined, met_by, plan_knocks
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from support.fake_prober import FakeProber, FakeServer, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import finding_of, gate_of, scope_of

PUBLIC, NAME = "93.184.216.34", "db.example.edu"
OWNED = replace(
    finding_of(reason="its settings open it", severity=Severity.MEDIUM),
    target="aws://123456789012/eu-west-1/rds/db", address="", port=0,
)  # fmt: skip


def knocks(*endpoints: str, **names: tuple[str, ...]) -> ReachPlan:
    gate = gate_of("10.0.0.0/24", NAME, "nowhere.example.edu", "s3://campus", "aws://123456789012")
    return plan_knocks(endpoints, gate, lambda name: (PUBLIC,) if name == NAME else names.get(name, ()))


def test_only_what_the_scope_names_is_probed() -> None:
    found = knocks(f"{NAME}:5432", "10.0.0.7:5432", "10.0.1.7:5432", "other.example.edu:5432", "s3://theirs")

    assert [target.text for target in found.targets] == [f"{NAME}:5432", "10.0.0.7:5432"]
    assert set(found.left.values()) == {ReachVerdict.OUT_OF_SCOPE}
    assert list(found.left) == ["10.0.1.7:5432", "other.example.edu:5432", "s3://theirs"]


def test_a_name_outside_is_not_even_resolved() -> None:
    asked: list[str] = []

    def resolve(name: str) -> tuple[str, ...]:
        asked.append(name)
        return ()

    plan_knocks(["other.example.edu:5432"], gate_of("aws://123456789012"), resolve)

    assert asked == []


def test_what_leads_nowhere_and_what_is_no_target_is_told_apart() -> None:
    assert knocks("nowhere.example.edu:5432", "db:99999", "amqp://x").left == {
        "nowhere.example.edu:5432": ReachVerdict.NO_ADDRESS, "db:99999": ReachVerdict.NOT_PROBED,
        "amqp://x": ReachVerdict.NOT_PROBED,
    }  # fmt: skip


def looked_at(*targets: str, **servers: FakeServer) -> tuple[ScanSummary, FakeTools]:
    tools = FakeTools(network=FakeProber(servers={key.replace("at_", "127.0.0."): one for key, one in servers.items()}))
    tools.network.servers = {f"127.0.0.1:{port.removeprefix('p')}": server for port, server in servers.items()}
    options = ScanOptions(targets=tuple(map(parse_target, targets)))
    return start_scan(options, scope_of("127.0.0.0/24"), tools, NotedProgress()), tools


def met(summary: ScanSummary, tools: FakeTools, text: str) -> ReachVerdict | None:
    return met_by(summary, tools.store, [parse_target(text)]).get(text)


def test_one_open_port_of_an_address_is_enough() -> None:
    summary, tools = looked_at("127.0.0.1", p9200=store_server(), p6379=FakeServer())

    assert met(summary, tools, "127.0.0.1") is ReachVerdict.OPEN
    assert met(summary, tools, "127.0.0.1:9200") is ReachVerdict.OPEN
    assert met(summary, tools, "127.0.0.1:6379") is ReachVerdict.REACHED


def test_what_a_finished_run_does_not_list_is_not_clear_and_what_a_stopped_one_left_out_is_not_probed() -> None:
    summary, tools = looked_at("127.0.0.1:9200", p9200=store_server(locked=True))

    assert met(summary, tools, "127.0.0.1:9200") is ReachVerdict.REACHED
    assert met(summary, tools, "127.0.0.2:9200") is ReachVerdict.NOT_CLEAR
    assert met(replace(summary, is_interrupted=True), tools, "127.0.0.2:9200") is None


def test_a_bucket_is_met_by_its_own_name_alone() -> None:
    summary, tools = looked_at("127.0.0.1:9200", p9200=store_server())

    assert met(summary, tools, "s3://127.0.0.1:9200/campus") is ReachVerdict.OPEN
    tools.store.save_findings(summary.run, [], {"127.0.0.3:9000/other": "exposed"}, {})
    assert met(replace(summary, is_interrupted=True), tools, "s3://127.0.0.3:9000/campus") is None


def told(*verdicts: ReachVerdict) -> Finding:
    endpoints = tuple(f"10.0.0.{number}:5432" for number in range(len(verdicts)))
    here = dict(zip(endpoints, verdicts, strict=True))
    looked = JudgedResource(finding=OWNED, endpoints=endpoints)
    return joined(looked, ReachPlan(targets=(), left={}), here, vantage="office", run="R-2")


@pytest.mark.parametrize(
    ("verdict", "words", "severity"),
    [
        (ReachVerdict.OPEN, "proved open without a login from office", Severity.HIGH),
        (ReachVerdict.REACHED, "proved reachable from office", Severity.MEDIUM),
        (ReachVerdict.NOT_REACHED, "not reachable from office", Severity.MEDIUM),
        (ReachVerdict.NOT_CLEAR, "no clear answer from office", Severity.MEDIUM),
    ],
)
def test_the_finding_says_what_was_met(verdict: ReachVerdict, words: str, severity: Severity) -> None:
    found = told(verdict).verdict

    assert found.reason == f"its settings open it; {words}: 10.0.0.0:5432"
    assert (found.outcome, found.severity) == (Outcome.EXPOSED, severity)


def test_many_endpoints_are_told_by_what_was_met_and_cut_short() -> None:
    found = told(*[ReachVerdict.NOT_REACHED] * 5, ReachVerdict.REACHED)

    assert (
        "; proved reachable from office: 10.0.0.5:5432; not reachable from office: 10.0.0.0:5432"
        in found.verdict.reason
    )
    assert found.verdict.reason.endswith("10.0.0.2:5432 and 2 more")
    assert {each.run for each in found.reach} == {"R-2"}


def test_what_was_never_come_to_is_not_probed() -> None:
    looked = JudgedResource(finding=OWNED, endpoints=("10.0.0.1:5432",))

    found = joined(looked, ReachPlan(targets=(), left={}), {}, vantage="local", run="R-2")

    assert (found.reach[0].verdict, found.reach[0].run) == (ReachVerdict.NOT_PROBED, None)
    assert found.verdict.reason.endswith("; not probed: 10.0.0.1:5432")
