"""One shard, as a worker does it: the permission is read again, and nothing outside it is ever asked."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from leakguard.errors import BadFile, InQuietHours, OutOfScope, ScopeRefused, UsageProblem
from leakguard.models.fleet import Known, Share
from leakguard.models.moments import to_z
from leakguard.models.observations import Ending
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.scanning.space import part_of
from leakguard.use_cases.fleets.fleet_results import cut_short_words
from leakguard.use_cases.fleets.shards import run_shard
from support.fake_prober import FakeProber, store_server
from support.fleet import Clock, WorkerTools, shard_of
from support.scans import NOW, SCOPE_TEXT

pytestmark = pytest.mark.untraced


def tools_with(**servers: object) -> WorkerTools:
    return WorkerTools(network=FakeProber(servers={"127.0.0.1:9200": store_server(), **servers}))  # type: ignore[dict-item]  # scripted servers


def test_every_endpoint_of_a_part_stands_in_one_of_the_counts() -> None:
    result = run_shard(shard_of(), tools_with(), worker="w")

    assert result.counts == {"exposed": 1, "closed": 6}
    assert result.standings["127.0.0.1:9200"] == "exposed"
    assert [finding["run"] for finding in result.findings] == ["R-1-campus"]
    assert result.is_complete


@pytest.mark.parametrize("of", [1, 2, 3, 7, 300])
def test_the_parts_of_a_plan_are_the_plan(of: int) -> None:
    places: list[str] = []
    for number in range(of):
        result = run_shard(shard_of(number=number, of=of), tools_with(), worker="w")
        places += result.standings
        assert {part_of(place.rpartition(":")[0], of) for place in result.standings} <= {number}

    assert sorted(places) == [f"127.0.0.{last}:9200" for last in range(7)]


def test_a_scope_that_has_ended_by_the_clock_of_the_worker_is_refused() -> None:
    tools = WorkerTools(clock=Clock(NOW + timedelta(days=400)))

    with pytest.raises(ScopeRefused, match="expired"):
        run_shard(shard_of(), tools, worker="w")

    assert tools.network.opened == []


@pytest.mark.parametrize("target", ["192.0.2.1:9200", "127.0.0.0/23:9200", "127.0.0.7:9200"])
def test_a_target_outside_the_scope_of_the_shard_is_refused(target: str) -> None:
    """Also where the coordinator signed it."""
    tools = tools_with()

    with pytest.raises(OutOfScope):
        run_shard(shard_of(target), tools, worker="w")

    assert tools.network.opened == []


def test_a_name_that_is_said_to_lead_outside_is_not_asked() -> None:
    """The gate looks at the address of the socket, whatever the coordinator says that a name is."""
    tools = tools_with()
    shard = shard_of(
        "mail.example.edu:9200", "127.0.0.1:9200", resolved={"mail.example.edu": ("10.0.0.1", "127.0.0.2")}
    )

    result = run_shard(shard, tools, worker="w")

    assert sorted(result.standings) == ["127.0.0.1:9200", "127.0.0.2:9200 (mail.example.edu)"]
    assert not any("10.0.0.1" in place for place, _ in tools.network.opened)


def test_a_scope_that_is_none_is_refused() -> None:
    with pytest.raises(BadFile):
        run_shard(shard_of(scope_text="scope: [broken"), tools_with(), worker="w")


def test_a_check_in_another_version_is_refused() -> None:
    with pytest.raises(UsageProblem, match="1 of the 1 checks, such as `store_open@9`"):
        run_shard(shard_of(checks=("store_open@9",)), tools_with(), worker="w")


def test_only_the_checks_of_the_shard_are_asked() -> None:
    tools = tools_with()

    run_shard(shard_of(checks=("redis_open@1",)), tools, worker="w")

    assert {kind for _, kind, *_ in tools.network.asked} == {"redis"}


async def long_at_3(endpoint: Endpoint) -> None:
    await asyncio.sleep(3600 if endpoint.address == "127.0.0.3" else 0)


def test_work_ends_before_its_time_does_and_what_is_left_is_not_checked() -> None:
    tools = tools_with()
    tools.network.pause = long_at_3

    result = run_shard(shard_of(not_after=to_z(NOW + timedelta(seconds=1.3))), tools, worker="w")

    assert not result.is_complete
    assert result.counts["not_checked"] >= 1
    assert sum(result.counts.values()) == 7
    assert tools.network.open_sessions == 0, "every line is closed"


def test_a_shard_that_ends_early_says_whether_the_network_or_the_time_was_over() -> None:
    late, lost = tools_with(), tools_with(**{"127.0.0.3:9200": Ending.FILTERED})
    late.network.pause = long_at_3
    lost.network.has_lost_all = True

    by_time = run_shard(shard_of(not_after=to_z(NOW + timedelta(seconds=1.3))), late, worker="w")
    by_loss = run_shard(shard_of(), lost, worker="w")

    assert (by_time.is_complete, by_time.cut_short_by) == (False, "time")
    assert cut_short_words(by_time) == "its time was over before all of it was probed"
    assert (by_loss.is_complete, by_loss.cut_short_by) == (False, "network_lost")
    assert sum(by_loss.counts.values()) == 7


def test_a_shard_whose_endpoints_could_not_be_asked_says_why_and_not_that_its_time_was_over() -> None:
    tools = tools_with()
    tools.network.sweep_ends, tools.network.sweep_why = Ending.BLOCKED, "the address was outside the scope"

    result = run_shard(shard_of(), tools, worker="w")

    assert (result.is_complete, result.counts) == (False, {"not_checked": 7})
    assert result.cut_short_by == "unasked"
    assert result.unasked == ("the address was outside the scope",)
    assert cut_short_words(result) == "some of it could not be asked: the address was outside the scope"


def test_a_shard_that_quiet_hours_stop_says_so() -> None:
    tools = tools_with()
    quiet = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: '16:30', to: '17:00'}\n"

    async def dusk(_: Endpoint) -> None:
        tools.clock.moment = NOW + timedelta(minutes=31)
        await asyncio.sleep(3600)

    tools.network.pause = dusk
    result = run_shard(shard_of(scope_text=quiet, not_after=to_z(NOW + timedelta(minutes=20))), tools, worker="w")

    assert (result.is_complete, result.cut_short_by) == (False, "quiet_hours")
    assert cut_short_words(result) == "quiet hours had begun by the clock of its worker"


def test_a_worker_that_was_stopped_for_longer_than_its_time_asks_nobody_when_it_wakes() -> None:
    """Its clock is ahead at once, and what ends it comes a turn later: by then another worker may be at the shard."""
    tools = tools_with()
    ends = NOW + timedelta(minutes=20)

    async def stopped(endpoint: Endpoint) -> None:
        tools.clock.moment = ends + timedelta(seconds=9)
        asked.append(endpoint.address)
        await asyncio.sleep(0)

    asked: list[str] = []
    tools.network.max_parallel, tools.network.pause = 1, stopped
    result = run_shard(shard_of(not_after=to_z(ends)), tools, worker="w")

    assert len(set(asked)) == 1
    assert (result.is_complete, result.cut_short_by) == (False, "time")
    assert sum(result.counts.values()) == 7


def test_nothing_is_asked_when_no_time_is_left() -> None:
    tools = tools_with()

    result = run_shard(shard_of(not_after=to_z(NOW + timedelta(seconds=1))), tools, worker="w")

    assert result.counts == {"not_checked": 7}
    assert tools.network.opened == []


def test_a_large_run_lists_what_is_worth_a_line() -> None:
    tools = tools_with(**{"127.0.0.3:9200": Ending.FILTERED})

    result = run_shard(shard_of("127.0.0.0/29:9200", "127.0.0.3:9200", lists_all=False), tools, worker="w")

    assert result.standings == {"127.0.0.1:9200": "exposed", "127.0.0.3:9200": "silent"}


def test_what_the_coordinator_knows_of_a_place_is_used() -> None:
    known = Known(check_id="store_open", place="127.0.0.1:9200", first_seen="2025-01-01T00:00:00Z", most_records=9)

    result = run_shard(shard_of(known=(known,)), tools_with(), worker="w")

    assert result.findings[0]["exposed_since"]["latest"] == "2025-01-01T00:00:00Z"


def test_a_bug_in_a_probe_is_not_hidden() -> None:
    async def broken(_: Endpoint) -> None:
        raise ZeroDivisionError

    tools = tools_with()
    tools.network.pause = broken

    with pytest.raises(ZeroDivisionError):
        run_shard(shard_of(), tools, worker="w")


def test_a_target_with_its_own_port_needs_no_others() -> None:
    assert run_shard(shard_of("127.0.0.1:9200", ports=()), tools_with(), worker="w").counts == {"exposed": 1}


def test_a_share_above_the_limits_of_the_scope_is_held_to_them() -> None:
    """The scope permits 500/s in total and 5/s to one address, whatever the coordinator signed."""
    tools = tools_with()
    greedy = Share(total=1_000_000.0, per_host=1_000.0, per_network=7.0, per_name=1_000.0)

    run_shard(shard_of(share=greedy), tools, worker="w")

    assert tools.limits == [Limits(total=500.0, per_host=5.0, per_network=7.0, per_name=10.0)]


def test_a_shard_is_refused_in_quiet_hours_by_the_clock_of_the_worker() -> None:
    tools = tools_with()
    quiet = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 15:00, to: 17:00}\n"

    with pytest.raises(InQuietHours):
        run_shard(shard_of(scope_text=quiet), tools, worker="w")

    assert tools.network.opened == []


class Passing(Clock):
    """Shows some moments, and NOW from then on."""

    def __init__(self, moments: list[datetime]) -> None:
        super().__init__()
        self._moments = iter(moments)

    def now(self) -> datetime:
        return next(self._moments, NOW)


def test_a_shard_whose_pause_ends_in_quiet_hours_asks_nobody() -> None:
    """Between the order and the first connection lies one pause of its share."""
    tools = tools_with()
    tools.clock = Passing([NOW - timedelta(seconds=1)] * 2)
    scope = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 16:00, to: 17:00}\n"

    result = run_shard(shard_of(scope_text=scope), tools, worker="w")

    assert (result.is_complete, result.counts) == (False, {"not_checked": 7})
    assert tools.network.opened == []


def test_the_time_that_a_connection_may_take_is_that_of_the_order() -> None:
    tools = tools_with()

    run_shard(shard_of(timeout=0.5), tools, worker="w")

    assert tools.timeouts == [0.5]
