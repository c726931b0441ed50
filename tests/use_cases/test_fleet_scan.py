"""A scan from several vantages: whatever is lost, late, doubled or forged, the result is that of a quiet day."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from leakguard.cli.scan.progress import NoProgress
from leakguard.errors import FleetUnreachable, InQuietHours, NotAllowed, NotFound, OutOfScope, UsageProblem
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.fleet.vantages import Difference
from leakguard.frozen import as_dict
from leakguard.models.findings import Finding, Outcome
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.observations import Ending
from leakguard.models.scan_state import ScanState
from leakguard.models.targets import Endpoint
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.space import Space
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.fleets.fleet_requests import scan_of
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.runs import load_run
from support.fake_prober import FakeProber, library
from support.fleet import (
    COORDINATOR,
    LEASE_SECONDS,
    STRANGER,
    Clock,
    Fleet,
    OtherForm,
    coordinator_seal,
    interrupted_behind,
    told,
    worker_of,
    worker_seal,
)
from support.scans import NOW, SCOPE_TEXT, finding_of

TARGETS = ("127.0.0.0/28:9200",)
COUNTS = {"exposed": 2, "protected": 2, "closed": 26}
FOUND = {
    ("outside", "127.0.0.1:9200", "store_open", "exposed"),
    ("outside", "127.0.0.2:9200", "store_open", "not_exposed"),
    ("outside", "127.0.0.5:9200", "store_open", "exposed"),
    ("campus", "127.0.0.2:9200", "store_open", "not_exposed"),
}


def test_each_vantage_has_a_run_and_the_difference_is_shown() -> None:
    fleet = Fleet()

    summary = fleet.scan(*TARGETS)

    assert told(summary.findings) == FOUND
    assert summary.counts == COUNTS
    assert summary.differences == (
        Difference(place="127.0.0.1:9200", standings={"campus": "closed", "outside": "exposed"}),
        Difference(place="127.0.0.5:9200", standings={"campus": "closed", "outside": "exposed"}),
    )
    assert (summary.is_exposed, summary.is_unfinished) == (True, False)
    assert fleet.broker.closed == [True]


def test_the_run_of_a_vantage_is_a_run_like_any_other() -> None:
    fleet = Fleet()

    summary = fleet.scan(*TARGETS)

    run = load_run(fleet.store, f"{summary.scan}-outside")
    assert (run.is_finished, run.targets) == (True, TARGETS)
    assert run.counts == {"exposed": 2, "protected": 1, "closed": 12}
    assert scan_of(fleet.store, run.id) == scan_of(fleet.store, summary.scan) == summary.scan
    assert scan_of(fleet.store, "R-unknown") is None


def test_the_limits_of_the_scope_are_divided_and_no_more_is_in_flight_than_they_are_divided_by() -> None:
    """The scope permits 500/s in total and 5/s to one address; two vantages have two shards in flight each."""
    fleet = Fleet()

    fleet.scan(*TARGETS, total=100.0)

    shares = {(limits.total, limits.per_host) for tools in fleet.tools.values() for limits in tools.limits}
    assert shares == {(25.0, 2.5)}
    assert max(fleet.broker.in_flight) <= 4


def test_an_address_is_asked_from_each_vantage_in_one_shard_alone() -> None:
    fleet = Fleet()

    summary = fleet.scan(*TARGETS)

    shards = [
        record.content for record in fleet.store.read(f"{summary.scan}-campus") if record.kind == "shard_recorded"
    ]
    assert [shard["shard"] for shard in shards] == [0, 1, 2, 3]
    asked = [place for place, kind in fleet.tools["campus"].network.opened if kind == "http"]
    assert sorted(asked) == sorted(set(asked))
    assert "127.0.0.7:9200" not in asked, "the scope excludes it"


def test_names_are_resolved_where_they_are_looked_at() -> None:
    fleet = Fleet(
        names={"campus": {"mail.example.edu": ("127.0.0.2",)}, "outside": {"mail.example.edu": ("127.0.0.1",)}}
    )

    summary = fleet.scan("mail.example.edu:9200")

    assert {(one.vantage, one.address, one.place) for one in summary.findings} == {
        ("campus", "127.0.0.2", "mail.example.edu:9200"),
        ("outside", "127.0.0.1", "mail.example.edu:9200"),
    }
    assert summary.differences == (
        Difference(place="mail.example.edu:9200", standings={"campus": "protected", "outside": "exposed"}),
    )


def test_a_name_that_one_vantage_cannot_resolve_leaves_the_scan_unfinished() -> None:
    fleet = Fleet(names={"campus": {"mail.example.edu": ("127.0.0.2",)}})

    summary = fleet.scan("mail.example.edu:9200")

    assert [vantage.unresolved for vantage in summary.vantages] == [(), ("mail.example.edu",)]
    assert summary.is_unfinished


def test_addresses_that_are_too_many_for_one_vantage_leave_the_scan_unfinished() -> None:
    many = tuple(f"127.0.0.{number}" for number in range(10, 110))
    fleet = Fleet(names={"campus": {"mail.example.edu": many}, "outside": {"mail.example.edu": ("127.0.0.2",)}})

    summary = fleet.scan("mail.example.edu:9200")

    assert [[left.too_many for left in vantage.left_out] for vantage in summary.vantages] == [[36], []]
    assert summary.is_unfinished
    assert load_run(fleet.store, f"{summary.scan}-campus").left_out == summary.vantages[0].left_out


UNHEEDED = SCOPE_TEXT.replace("exclude: [127.0.0.7]", "exclude: [127.0.0.7, gone.example.edu]")


def test_a_fleet_scan_tells_what_one_machine_tells_of_exclusions_and_ports() -> None:
    """Of an exclusion nobody knows what it takes out, and another vantage has another resolver."""
    names = {"gone.example.edu": ("127.0.0.3",)}
    fleet = Fleet(scope=UNHEEDED, names={"outside": names})
    targets, ports = [parse_target("127.0.0.0/29")], (502, 9200)
    scope = parse_scope(UNHEEDED, name="scope.yaml", now=NOW)
    alone = {
        vantage: plan_scan(targets, scope, ports=ports, resolve=fleet.tools[vantage].resolve)
        for vantage in ("campus", "outside")
    }

    summary = fleet.scan("127.0.0.0/29", ports=ports)
    resumed = fleet.scan(resume=summary.scan)

    for each in (*summary.vantages, *resumed.vantages):
        plan = alone[each.vantage]
        assert (each.unheeded, each.ports_left_out) == (plan.unheeded, plan.ports_left_out)
        assert load_run(fleet.store, each.run).ports_left_out == plan.ports_left_out == (502,)
    assert [each.unheeded for each in summary.vantages] == [("gone.example.edu",), ()]


def test_a_fleet_scan_of_nothing_but_ports_of_industrial_devices_is_refused_with_what_opens_them() -> None:
    fleet = Fleet()

    with pytest.raises(OutOfScope, match="Not asked: 502, ports of industrial and medical devices") as caught:
        fleet.scan("127.0.0.0/29", ports=(502,))

    assert "industrial: allowed" in caught.value.next_step


def test_a_name_that_nobody_resolves_is_not_scanned() -> None:
    with pytest.raises(NotFound, match="no target has an address"):
        Fleet().scan("mail.example.edu:9200")


def test_nothing_is_sent_when_a_target_is_out_of_scope() -> None:
    fleet = Fleet()

    with pytest.raises(OutOfScope):
        fleet.scan("192.0.2.1:9200")

    assert not any(tools.network.opened for tools in fleet.tools.values())
    assert fleet.broker.closed == [True], "nobody comes back for its answers"


def test_a_vantage_without_a_worker_is_named_before_anything_is_sent() -> None:
    fleet = Fleet()
    fleet.broker.workers = {**fleet.new_workers(), "outside": None}

    with pytest.raises(FleetUnreachable, match="no worker of `outside` answered"):
        fleet.scan(*TARGETS)

    assert fleet.said == ["Waiting for a worker of outside"] * (LEASE_SECONDS // 5)
    assert not fleet.broker.orders["campus"]
    assert fleet.broker.closed == [True]


def test_a_scan_tells_that_it_drops_the_answers_of_a_worker_whose_key_is_not_named() -> None:
    fleet = Fleet(seal=KeyRing(COORDINATOR, {"another": public_text(STRANGER)}))

    with pytest.raises(FleetUnreachable, match="no worker of `campus` answered"):
        fleet.scan(*TARGETS, vantage="campus")

    dropped = [line for line in fleet.said if line.startswith("An answer was dropped")]
    assert len(dropped) == 1
    assert "a key that nobody here trusts. Name the key in [fleet.trusted]" in dropped[0]


def test_a_worker_with_other_checks_is_named_before_anything_is_sent() -> None:
    fleet = Fleet()
    fleet.tools["outside"].checks = library()[:2]

    with pytest.raises(
        UsageProblem, match="outside-1 of `outside` refused: this worker does not have 3 of the 5 checks"
    ):
        fleet.scan(*TARGETS)


@pytest.mark.parametrize("newer", ["worker", "coordinator"])
def test_a_worker_of_another_form_is_named_with_both_releases_before_anything_is_sent(newer: str) -> None:
    fleet = Fleet()
    if newer == "worker":
        worker = worker_of("outside", tools=fleet.tools["outside"])
        worker.seal = OtherForm(worker_seal())
        fleet.broker.workers = {**fleet.new_workers(), "outside": worker}
    else:
        fleet.seal = OtherForm(coordinator_seal())

    with pytest.raises(
        UsageProblem, match=r"refused: it runs LeakGuard 9\.9\.9, and this is .*: install the same release"
    ):
        fleet.scan(*TARGETS)

    assert not any(tools.network.opened for tools in fleet.tools.values())


def test_a_shard_that_a_worker_of_another_form_took_is_not_checked_and_says_why() -> None:
    """A worker that came later, beside good ones: the scan ends, and goes on when that one is gone."""
    fleet = Fleet()
    newer = OtherForm(worker_seal())

    def changed(answer: dict[str, Any]) -> object:
        is_of_one = answer["kind"] == "result" and '"number":1,' in answer["body"]
        return newer.close(answer["kind"], answer["body"]).model_dump() if is_of_one else answer

    fleet.broker.on_answer = changed
    summary = fleet.scan(*TARGETS)
    fleet.broker.on_answer = lambda answer: answer
    resumed = fleet.scan(resume=summary.scan)

    (reason,) = summary.vantages[1].given_up
    assert reason.startswith("it runs LeakGuard 9.9.9, and this is ")
    assert summary.counts["not_checked"] == 8
    assert summary.is_unfinished
    assert any("of outside was refused by worker-1: it runs LeakGuard 9.9.9" in line for line in fleet.said)
    assert told(resumed.findings) == FOUND
    assert resumed.counts == COUNTS


def test_a_worker_that_dies_at_a_shard_costs_a_lease_and_nothing_else() -> None:
    fleet = Fleet()
    fates = iter(["serve", "serve", "lose", "serve", "lose"])
    fleet.broker.on_order = lambda _: next(fates, "serve")

    summary = fleet.scan(*TARGETS)

    assert told(summary.findings) == FOUND
    assert summary.counts == COUNTS
    assert not summary.is_unfinished


def test_a_shard_that_fails_everywhere_is_not_checked_and_says_why() -> None:
    fleet = Fleet()
    fleet.broker.on_order = lambda order: "lose" if '"number":1,' in order["body"] else "serve"

    summary = fleet.scan(*TARGETS)

    assert summary.counts["not_checked"] == 8
    assert sum(summary.counts.values()) == 30
    assert [vantage.given_up for vantage in summary.vantages] == [{"no result came in time": 1}] * 2
    assert summary.is_unfinished


def test_a_vantage_that_falls_silent_is_given_up_as_a_whole() -> None:
    """Else the scan would wait for nobody as many times as there are shards."""
    fleet = Fleet(fleet=FleetSettings(broker="redis://localhost", workers=1, lease_seconds=LEASE_SECONDS, attempts=2))
    fleet.broker.on_order = lambda order: "lose" if '"run":"R-20261124-000000-outside"' in order["body"] else "serve"

    summary = fleet.scan(*TARGETS)

    assert summary.vantages[1].given_up == {"no result came in time": 2}
    assert summary.vantages[1].counts == {"not_checked": 15}
    assert (fleet.now() - NOW).total_seconds() < 3 * LEASE_SECONDS


def test_what_a_worker_sees_at_a_server_and_at_a_path_on_it_is_believed_and_told_once() -> None:
    fleet = Fleet()

    summary = fleet.scan("127.0.0.1:9200", "http://127.0.0.1:9200/kibana", vantage="outside")

    assert summary.counts == {"exposed": 2}
    assert [(one.place, one.verdict.outcome) for one in summary.findings] == [("127.0.0.1:9200", Outcome.EXPOSED)]
    assert summary.vantages[0].refused == {}


def test_a_result_that_comes_twice_counts_once() -> None:
    fleet = Fleet()
    fleet.broker.on_order = lambda _: "twice"

    summary = fleet.scan(*TARGETS)

    assert told(summary.findings) == FOUND
    assert summary.counts == COUNTS
    assert len(summary.findings) == len(FOUND)


def test_a_forged_result_is_dropped_and_its_shard_looked_at_again() -> None:
    fleet = Fleet()
    forged = iter([None, None, "signature", "key", "body"])

    def change(answer: dict[str, Any]) -> dict[str, Any]:
        field = next(forged, None)
        fakes = {
            "signature": base64.b64encode(b"x" * 64).decode(),
            "key": public_text(STRANGER),
            "body": answer["body"].replace("closed", "silent"),
        }
        return answer if field is None else {**answer, field: fakes[field]}

    fleet.broker.on_answer = change

    summary = fleet.scan(*TARGETS)

    assert told(summary.findings) == FOUND
    assert summary.counts == COUNTS
    assert sum("An answer was dropped" in line for line in fleet.said) == 3


def test_an_answer_of_another_scan_is_put_aside() -> None:
    other, fleet = Fleet(), Fleet()
    kept: list[Any] = []

    def copied(answer: dict[str, Any]) -> dict[str, Any]:
        kept.append(answer)
        return answer

    other.broker.on_answer = copied
    other.scan(*TARGETS)
    fleet.token(1)
    fleet.broker.answers.extend([*kept, "no envelope", {"kind": "result"}])

    summary = fleet.scan(*TARGETS)

    assert told(summary.findings) == FOUND
    assert summary.counts == COUNTS


async def never_at_3(endpoint: Endpoint) -> None:
    if endpoint.address == "127.0.0.3":
        await asyncio.sleep(3600)


def test_a_worker_that_runs_out_of_time_tells_what_it_saw_and_the_rest_is_not_checked() -> None:
    fleet = Fleet(fleet=FleetSettings(broker="redis://localhost", workers=1, lease_seconds=LEASE_SECONDS, attempts=1))

    for tools in fleet.tools.values():
        tools.clock = Clock(NOW + timedelta(seconds=LEASE_SECONDS - 1.1))
        tools.network.pause = never_at_3

    summary = fleet.scan(*TARGETS)

    assert summary.counts["not_checked"] >= 2
    assert sum(summary.counts.values()) == 30
    assert summary.is_unfinished
    assert {reason for one in summary.vantages for reason in one.given_up} == {
        "its time was over before all of it was probed"
    }


def test_a_worker_that_has_lost_its_network_is_told_once_and_is_the_reason_why_shards_are_given_up() -> None:
    fleet = Fleet()
    silent = {f"127.0.0.{number}:9200": Ending.FILTERED for number in range(1, 15)}
    fleet.tools["campus"].network = FakeProber(servers=silent, has_lost_all=True)

    summary = fleet.scan(*TARGETS)

    campus, outside = summary.vantages
    assert campus.given_up == {"nobody answered its worker any more, not even hosts that did": 4}
    assert outside.given_up == {}
    assert summary.is_unfinished
    assert sum(line.startswith("Nobody answers the worker campus-1 of campus any more") for line in fleet.said) == 1


def test_what_earlier_runs_saw_is_known_to_the_worker() -> None:
    fleet = Fleet()
    before = finding_of(
        check_id="store_open", target="127.0.0.5:9200", observed_at=NOW.replace(year=2025), run="R-0", id="F-0"
    )
    fleet.store.save_findings("R-0", [before], {})

    summary = fleet.scan(*TARGETS)

    since = {one.target: one.exposed_since.latest for one in summary.findings if one.verdict.outcome is Outcome.EXPOSED}
    assert since["127.0.0.5:9200"] == NOW.replace(year=2025)
    assert since["127.0.0.1:9200"] == NOW


def test_an_interruption_leaves_a_scan_that_can_be_gone_on_with() -> None:
    fleet = Fleet()
    fleet.broker.on_order = interrupted_behind(4)
    stopped = fleet.scan(*TARGETS)
    fleet.broker.on_order = lambda _: "serve"
    resumed = fleet.scan(resume=stopped.scan, vantage="local")

    assert stopped.is_interrupted
    assert fleet.broker.closed == [False, True]
    assert told(resumed.findings) == FOUND
    assert resumed.counts == COUNTS
    assert not resumed.is_unfinished


def test_a_resumed_scan_keeps_its_own_targets() -> None:
    fleet = Fleet()
    summary = fleet.scan(*TARGETS)

    with pytest.raises(UsageProblem, match="keeps its own targets"):
        fleet.scan("127.0.0.1:9200", resume=summary.scan)


def test_a_scan_that_nobody_began_cannot_be_gone_on_with() -> None:
    with pytest.raises(NotFound, match="no such scan"):
        Fleet().scan(resume="R-unknown")


def test_a_finished_scan_sends_no_shard_again() -> None:
    fleet = Fleet()
    summary = fleet.scan(*TARGETS)
    sent = len(fleet.broker.in_flight)

    again = fleet.scan(resume=summary.scan)

    assert len(fleet.broker.in_flight) == sent + 2, "the roll is called, and that is all"
    assert told(again.findings) == FOUND


def test_a_scan_of_the_whole_scope_leaves_out_what_the_scope_excludes() -> None:
    names = {"mail.example.edu": ("127.0.0.2",)}
    fleet = Fleet(names={"campus": names, "outside": names})

    summary = fleet.scan(checks=("store_open",))

    assert [vantage.planned for vantage in summary.vantages] == [(255 + 1 + 1) * 2] * 2
    assert sum(summary.counts.values()) == 2 * (255 + 1 + 1) * 2


def test_what_a_scan_of_the_whole_scope_may_not_ask_is_told_of_each_vantage() -> None:
    """Where a name leads differs from place to place, and the plan is made again from its own targets."""
    names = {
        host: {"mail.example.edu": ("127.0.0.2",), "app.example.edu": ("10.9.9.9",)} for host in ("campus", "outside")
    }
    fleet = Fleet(names=names, scope=SCOPE_TEXT.replace("include: [", 'include: ["https://app.example.edu/", '))
    told = (LeftOut(name="app.example.edu", addresses=1, out_of_scope=1),)

    summary = fleet.scan(checks=("store_open",))

    assert [vantage.left_out for vantage in summary.vantages] == [told, told]
    assert load_run(fleet.store, f"{summary.scan}-campus").left_out == told


def test_a_name_without_an_address_from_a_vantage_is_not_told_as_closed_there() -> None:
    """Nobody asked anything from there, so that nobody knows."""
    fleet = Fleet(names={"campus": {}, "outside": {"mail.example.edu": ("127.0.0.1",)}})

    summary = fleet.scan("mail.example.edu:9200", "127.0.0.2:9200")

    assert [each.standings for each in summary.differences] == [{"campus": "not_checked", "outside": "exposed"}]
    assert summary.is_unfinished


def test_an_address_that_an_excluded_name_leads_to_from_one_vantage_is_not_told_as_closed_there() -> None:
    """Exclusion wins, and where a name leads differs from place to place."""
    excluded = SCOPE_TEXT.replace("exclude: [", "exclude: [keep-out.example.edu, ")
    fleet = Fleet(names={"campus": {"keep-out.example.edu": ("127.0.0.1",)}, "outside": {}}, scope=excluded)

    summary = fleet.scan(*TARGETS)

    standings = {each.place: each.standings["campus"] for each in summary.differences}
    assert standings == {"127.0.0.1:9200": "not_checked", "127.0.0.5:9200": "closed"}


def test_a_name_that_leads_out_of_the_scope_from_one_vantage_is_refused_with_that_vantage() -> None:
    """From the coordinator it may lead nowhere, or to what is ours."""
    fleet = Fleet(
        names={"campus": {"mail.example.edu": ("127.0.0.2",)}, "outside": {"mail.example.edu": ("10.9.9.9",)}}
    )

    with pytest.raises(OutOfScope, match=r"seen from `outside`, 1 of 1 .*\n.* leads to the inside address 10\.9"):
        fleet.scan("mail.example.edu:9200")


def test_a_large_scan_lists_only_what_is_worth_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.use_cases.fleets.fleet_orders.LISTED_ENDPOINTS", 3)
    fleet = Fleet()
    fleet.tools["campus"].network.servers = {"127.0.0.4:9200": Ending.FILTERED}

    summary = fleet.scan("127.0.0.0/29:9200")

    assert dict(fleet.store.done_targets(f"{summary.scan}-campus")) == {}
    assert summary.vantages[0].counts == {"closed": 6, "silent": 1}
    assert summary.differences[0].standings == {"campus": "closed_or_silent", "outside": "exposed"}


def test_a_coordinator_that_no_worker_trusts_finds_nobody() -> None:
    fleet = Fleet(seal=KeyRing(STRANGER, {"worker-1": public_text(COORDINATOR)}))

    with pytest.raises(FleetUnreachable):
        fleet.scan(*TARGETS)

    assert set(fleet.worker_said) == {"dropped: a message is signed with a key that nobody here trusts"}


QUIET_SOON = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 16:01, to: 18:00}\n"
"""From a minute after the beginning on."""


def test_every_limit_of_the_scope_is_divided_and_none_falls_back_to_a_default() -> None:
    limits = "limits: {total: 8/s, per_host: 4/s, per_network: 2/s, per_name: 1/s}"
    fleet = Fleet(scope=SCOPE_TEXT.replace("limits: {total: 500/s, per_host: 5/s}", limits))

    fleet.scan(*TARGETS)

    assert {tuple(as_dict(one).values()) for one in fleet.tools["campus"].limits} == {(2.0, 2.0, 0.5, 0.25)}


def test_nothing_is_sent_in_quiet_hours() -> None:
    fleet = Fleet(scope=SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 00:00, to: 24:00}\n")

    with pytest.raises(InQuietHours):
        fleet.scan(*TARGETS)

    assert fleet.broker.in_flight == []


def test_nothing_is_sent_when_quiet_hours_may_have_begun_for_a_worker_whose_clock_is_ahead() -> None:
    fleet = Fleet(scope=QUIET_SOON, clock=Clock(NOW + timedelta(seconds=57)))

    with pytest.raises(InQuietHours, match="about to begin, and no shard would end in time") as caught:
        fleet.scan(*TARGETS)

    assert "Start it again from 2026-11-24T18:00:00" in caught.value.next_step


def test_a_scan_that_quiet_hours_meet_stops_and_goes_on_when_they_have_ended() -> None:
    """The shards that it kept workers from have not failed: not one attempt at them is lost."""
    fleet = Fleet(scope=QUIET_SOON, fleet=FleetSettings(broker="redis://x", workers=2, lease_seconds=60, attempts=1))

    def time_passes(order: dict[str, Any]) -> str:
        fleet.clock.wait(12 if order["kind"] == "shard" else 0)
        return "serve"

    fleet.broker.on_order = time_passes
    stopped = fleet.scan("127.0.0.0/26:9200")
    sent = len(fleet.broker.in_flight)
    fleet.clock.moment = NOW + timedelta(hours=2, seconds=1)
    fleet.broker.on_order = lambda _: "serve"
    fleet.scan(resume=stopped.scan)

    assert stopped.is_interrupted
    assert stopped.quiet is not None
    assert stopped.quiet.until == NOW + timedelta(hours=2)
    assert [one.given_up for one in stopped.vantages] == [{}, {}]
    assert stopped.counts["not_checked"] > 0
    assert sent < len(fleet.broker.in_flight)
    resumed = fleet.scan(resume=stopped.scan)
    assert told(resumed.findings) == FOUND
    assert (resumed.is_unfinished, resumed.quiet) == (False, None)


def test_a_worker_that_refuses_for_quiet_hours_by_its_own_clock_has_not_failed() -> None:
    """Its clock is four seconds ahead of the coordinator's."""
    fleet = Fleet(scope=QUIET_SOON, clock=Clock(NOW + timedelta(seconds=54)))
    for tools in fleet.tools.values():
        tools.clock = Clock(NOW + timedelta(seconds=60))

    def time_passes(order: dict[str, Any]) -> str:
        fleet.clock.wait(2 if order["kind"] == "shard" else 0)
        return "serve"

    fleet.broker.on_order = time_passes

    summary = fleet.scan(*TARGETS)

    assert summary.quiet is not None
    assert [one.given_up for one in summary.vantages] == [{}, {}]
    assert any("was refused by" in line for line in fleet.said)


def test_a_worker_that_was_stopped_by_quiet_hours_and_says_nothing_is_not_waited_for_long() -> None:
    fleet = Fleet(scope=QUIET_SOON, clock=Clock(NOW + timedelta(seconds=50)))
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"

    summary = fleet.scan(*TARGETS)

    assert summary.quiet is not None
    assert fleet.now() - NOW <= timedelta(seconds=80)


def test_a_scan_begun_at_the_end_of_quiet_hours_waits_for_the_clocks_of_its_workers() -> None:
    fleet = Fleet(scope=SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 15:00, to: 16:00}\n")
    for tools in fleet.tools.values():
        tools.clock = Clock(NOW + timedelta(seconds=5))

    summary = fleet.scan(*TARGETS)

    assert summary.counts == COUNTS
    assert fleet.now() >= NOW + timedelta(seconds=5)


def test_a_scan_that_another_process_is_at_is_not_gone_on_with() -> None:
    fleet = Fleet()
    scan = fleet.scan(*TARGETS).scan
    sent = len(fleet.broker.in_flight)
    fleet.store.taken_over.add(f"{scan}-outside")

    with pytest.raises(NotAllowed, match=f"the run {scan}-outside is in the hands of another process"):
        fleet.scan(resume=scan)

    assert len(fleet.broker.in_flight) == sent
    assert fleet.store.held == set()


def test_a_scan_holds_the_runs_of_all_its_vantages_and_renews_them_while_it_waits() -> None:
    fleet = Fleet()
    taken: list[tuple[str, float]] = []
    take = fleet.store.take_run
    fleet.store.take_run = lambda run: (taken.append((run, (fleet.now() - NOW).total_seconds())), take(run))[1]  # type: ignore[method-assign,func-returns-value]  # looked at on the way
    fleet.broker.on_order = lambda order: "lose" if '"number":1,' in order["body"] else "serve"

    summary = fleet.scan(*TARGETS)

    assert {run for run, _ in taken} == {f"{summary.scan}-campus", f"{summary.scan}-outside"}
    moments = sorted({moment for _, moment in taken})
    assert moments[0] == 0
    assert len(moments) > 3
    assert max(later - sooner for sooner, later in pairwise(moments)) < 60
    assert fleet.store.held == set()


def test_an_interrupted_scan_of_millions_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody looked at is what the plan holds beyond what was counted; no endpoint is made to count it."""
    fleet = Fleet(scope=SCOPE_TEXT.replace("include: [127.0.0.0/24", "include: [127.0.0.0/24, 127.16.0.0/12"))

    def interrupted(order: dict[str, Any]) -> str:
        if order["kind"] == "shard":
            raise KeyboardInterrupt
        return "serve"

    fleet.broker.on_order = interrupted
    monkeypatch.setattr(Space, "endpoint", None)

    summary = fleet.scan("127.16.0.0/12:9200")

    assert summary.counts == {"not_checked": 2 * 2**20}


def test_the_id_is_told_before_the_first_shard() -> None:
    fleet = Fleet()
    said: list[str] = []

    def look(order: dict[str, Any]) -> str:
        if order["kind"] == "shard":
            said.extend(fleet.said)
        return "serve"

    fleet.broker.on_order = look

    summary = fleet.scan(*TARGETS)

    assert f"leakguard scan --resume {summary.scan}" in said[0]


def test_a_broker_that_goes_away_is_told_with_the_id_of_the_scan() -> None:
    fleet = Fleet()
    step = "Start the broker."

    def away(order: dict[str, Any]) -> str:
        if order["kind"] == "shard":
            raise FleetUnreachable("the broker is away", next_step=step)
        return "serve"

    fleet.broker.on_order = away

    with pytest.raises(FleetUnreachable) as caught:
        fleet.scan(*TARGETS)

    scan = fleet.store.records[0].subject
    assert caught.value.next_step == f"Start the broker, then go on with: leakguard scan --resume {scan}"


def test_a_stopped_scan_that_finds_no_worker_has_looked_at_nothing_more() -> None:
    fleet = Fleet()
    scan = fleet.scan(*TARGETS).scan
    fleet.broker.workers = {"campus": None, "outside": None}

    with pytest.raises(FleetUnreachable, match="answered, so nothing more was probed") as caught:
        fleet.scan(resume=scan)

    assert caught.value.next_step == (
        f"Start one there: leakguard fleet worker --vantage campus, then go on with: leakguard scan --resume {scan}"
    )
    assert fleet.broker.closed == [True, False], "a worker may still have an answer to the scan that was stopped"


def test_a_broker_that_was_never_there_leaves_nothing_to_go_on_with() -> None:
    fleet = Fleet()

    def away(_: dict[str, Any]) -> str:
        raise FleetUnreachable("the broker is away", next_step="Start the broker.")

    fleet.broker.on_order = away

    with pytest.raises(FleetUnreachable) as caught:
        fleet.scan(*TARGETS)

    assert caught.value.next_step == "Start the broker, then scan again: nothing was probed."


def test_those_who_watch_see_how_far_it_is() -> None:
    fleet, states = Fleet(), list[ScanState]()
    progress = Watching(states.append)

    summary = fleet.scan(*TARGETS, progress=progress)

    assert (states[-1].planned, states[-1].done, states[-1].run) == (30, 30, summary.scan)
    assert states[-1].counts == COUNTS
    assert (states[-1].open_found, len(progress.findings)) == (2, len(FOUND))
    assert any(0 < state.done < 30 and state.in_flight for state in states)


class Watching(NoProgress):
    """Remembers what it was told."""

    def __init__(self, moved: Callable[[ScanState], None]) -> None:
        self._moved = moved
        self.findings: list[Finding] = []

    def found(self, finding: Finding) -> None:
        self.findings.append(finding)

    def moved(self, state: ScanState) -> None:
        self._moved(state)


def test_each_order_names_the_targets_of_its_own_shard() -> None:
    """So that a scan may have more targets than one order holds."""
    fleet, orders = Fleet(), list[dict[str, Any]]()

    def look(order: dict[str, Any]) -> str:
        if order["kind"] == "shard":
            orders.append(json.loads(order["body"]))
        return "serve"

    fleet.broker.on_order = look
    summary = fleet.scan(*(f"127.0.0.{last}:9200" for last in range(16) if last != 7))

    assert summary.counts == COUNTS
    assert max(len(order["targets"]) for order in orders) <= 4
    assert sum(len(order["targets"]) for order in orders) == 30


def test_more_names_than_a_worker_is_asked_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.use_cases.fleets.fleet_plan.MAX_TARGETS", 2)
    fleet = Fleet()

    with pytest.raises(UsageProblem, match="3 names are more than a worker is asked for at once"):
        fleet.scan("a.lab.example.edu", "b.lab.example.edu", "c.lab.example.edu")

    assert fleet.broker.in_flight == []
