"""The rate, without waiting: buckets, cells that processes share, hosts that are slowed down."""

from __future__ import annotations

import asyncio
import multiprocessing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.scope import Limits
from leakguard.models.targets import SweepEndpoint
from leakguard.probes.sweep.deadlines import Deadlines
from leakguard.probes.sweep.flight import Flight
from leakguard.probes.sweep.neighbours import Neighbours
from leakguard.probes.sweep.queue import SpotQueue
from leakguard.probes.wire import rate as rate_module
from leakguard.probes.wire.rate import Cell, HeldUp, LocalCell, Rate, SharedCell, network_of
from support.probing import run, waited
from support.sweeping import spots_of

FREE = 1e6


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 0.2)), max_size=60), st.sampled_from([5.0, 500.0, 50_000.0]))
def test_the_total_is_never_exceeded_by_more_than_one_burst(asks: list[tuple[int, float]], total: float) -> None:
    rate, now, taken = Rate(Limits(total=total)), 0.0, 0
    for wanted, pause in asks:
        now += pause
        taken += rate.try_some(wanted, now)[0]

    assert taken <= now * total + max(1, total * 0.005) + 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(0, 0.3)), max_size=80))
def test_no_host_no_network_and_no_name_gets_more_than_its_limit(asks: list[tuple[int, int, float]]) -> None:
    rate = Rate(Limits(total=FREE, per_host=5, per_network=8, per_name=6))
    now, hosts, networks, names = 0.0, [0] * 4, [0] * 2, [0] * 3
    for host, name, pause in asks:
        now += pause
        if rate.try_host(f"10.0.{host % 2}.{host}", f"h{name}", now) is None:
            hosts[host] += 1
            networks[host % 2] += 1
            names[name] += 1

    assert all(count <= now * 5 + 1 for count in hosts)
    assert all(count <= now * 8 + 1 for count in networks)
    assert all(count <= now * 6 + 1 for count in names)


def delay_of(rate: Rate, now: float) -> float:
    held_up = rate.try_host("10.0.0.1", None, now)
    return held_up.delay if held_up else 0.0


def test_a_refusal_tells_when_to_ask_again() -> None:
    rate = Rate(Limits(total=10, per_host=2, per_network=FREE, per_name=FREE))

    assert rate.try_some(5, 0.0) == (1, 0.0)
    assert rate.try_some(5, 0.05) == (0, 0.05)
    assert rate.try_host("10.0.0.1", None, 0.0) is None
    assert delay_of(rate, 0.1) == 0.4


def test_a_host_that_loses_connections_is_slowed_down_and_recovers() -> None:
    rate = Rate(Limits(total=FREE, per_host=10, per_network=FREE, per_name=FREE))
    rate.try_host("10.0.0.1", None, 0.0)
    for _ in range(9):
        rate.strain("10.0.0.1")
        rate.strain("10.0.0.2")
    rate.try_host("10.0.0.1", None, 1.0)

    assert round(delay_of(rate, 1.0), 3) == 1.6
    for _ in range(9):
        rate.ease("10.0.0.1")
        rate.ease("10.0.0.2")
    rate.try_host("10.0.0.1", None, 3.0)
    assert round(delay_of(rate, 3.0), 3) == 0.1


def test_a_host_gets_no_burst_of_sessions_that_waited_for_its_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """They had the host's tokens already, and came out of the row of the network together: twice the limit and more."""
    rate, opened = Rate(Limits(total=FREE, per_host=20, per_network=100, per_name=FREE)), []

    async def open_one(address: str, after: float) -> None:
        await asyncio.sleep(after)
        await rate.wait(address)
        opened.append((address, waited()))

    async def work() -> float:
        monkeypatch.setattr(rate_module, "monotonic", asyncio.get_running_loop().time)
        others = [open_one(f"10.0.0.{number}", 0.0) for number in range(2, 92)]
        await asyncio.gather(*others, *[open_one("10.0.0.1", 0.01) for _ in range(12)])
        return waited()

    seconds = run(work())

    moments = sorted(at for address, at in opened if address == "10.0.0.1")
    gaps = [after - before for before, after in pairwise(moments)]
    assert min(gaps) > 0.9 / 20
    assert 102 / 100 - 0.02 < seconds < 2.5, "nor is the network slower than it may be"


def test_limits_that_the_total_keeps_anyway_need_no_books() -> None:
    assert not Rate(Limits(total=5, per_host=5, per_network=50, per_name=10)).binds_hosts
    assert Rate(Limits(total=500)).binds_hosts


def taken_by(cell: Cell, moments: int) -> int:
    return sum(not cell.try_take(1, 0.1, moment / 1000) for moment in range(moments))


def test_processes_that_share_a_cell_never_exceed_its_rate_together() -> None:
    cell = SharedCell()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    processes = [context.Process(target=lambda: theirs.send(taken_by(cell, 2000))) for _ in range(3)]
    for process in processes:
        process.start()
    counts = [ours.recv() for _ in processes]
    for process in processes:
        process.join()

    assert sum(counts) <= 2000 / 100 + 1
    assert taken_by(LocalCell(), 2000) == 20


def test_addresses_share_a_network_by_24_bits_or_by_64() -> None:
    assert network_of("10.0.0.1") == network_of("10.0.0.255") != network_of("10.0.1.1")
    assert network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::%eth0") != network_of("2001:db8:0:1::1")


def test_a_spot_whose_host_is_busy_lets_others_pass_and_comes_again() -> None:
    places = [("10.0.0.1", port) for port in (1, 2, 3)] + [("10.0.0.2", 1)]
    rate = Rate(Limits(total=FREE, per_host=10, per_network=FREE, per_name=FREE))
    queue = SpotQueue(iter(spots_of(places)), rate, lambda _: None)

    first = [spot.position for spot in queue.draw(9, 0.0)]
    waiting = set(queue.pending())
    second = [spot.position for spot in queue.draw(9, 0.11)]
    third = [spot.position for spot in queue.draw(9, 0.22)]

    assert (first, waiting, second, third) == ([0, 3], {1, 2}, [1], [2])
    assert queue.is_empty
    assert queue.next_position == 4


def test_the_queue_knows_when_the_next_one_may_be_free() -> None:
    """A sweep that looked again at its next tick alone would use three quarters of what the scope allows."""
    rate = Rate(Limits(total=FREE, per_host=10, per_network=FREE, per_name=FREE))
    queue = SpotQueue(iter(spots_of([("10.0.0.1", port) for port in (1, 2, 3)])), rate, lambda _: None)

    assert queue.due_in(0.0) == float("inf")
    (first,) = queue.draw(9, 0.0)
    assert round(queue.due_in(0.04), 3) == 0.06
    queue.put_back(first, 0.05)
    assert round(queue.due_in(0.04), 3) == 0.01
    assert queue.due_in(7.0) == 0.0


def test_a_spot_is_put_back_once_for_a_second_try() -> None:
    (spot,) = spots_of([("10.0.0.1", 1)])
    queue = SpotQueue(iter([]), Rate(Limits(total=5)), lambda _: None)

    assert queue.put_back_once(spot, 1.0)
    assert list(queue.draw(5, 0.5)) == []
    assert list(queue.draw(5, 1.0)) == [spot]
    assert not queue.put_back_once(spot, 1.0)


class CountedRate(Rate):
    """Counts how often a host's turn is asked for."""

    tries = 0

    def try_host(self, address: str, name: str | None, now: float) -> HeldUp | None:
        self.tries += 1
        return super().try_host(address, name, now)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(total=FREE, per_host=5, per_network=50, per_name=FREE),
        Limits(total=FREE, per_host=5, per_network=FREE, per_name=FREE),
        Limits(total=FREE, per_host=FREE, per_network=50, per_name=FREE),
        Limits(total=FREE, per_host=2.5, per_network=50, per_name=50),
    ],
)
def test_a_spot_that_waits_costs_nothing_while_others_have_their_turn(limits: Limits) -> None:
    """What the limits allow is used to the full, and the tries grow with the spots and not with their square."""
    rate = CountedRate(limits)
    places = [(f"10.0.0.{host}", port) for port in range(1, 101) for host in range(20)]
    queue = SpotQueue(iter(spots_of(places)), rate, lambda spot: f"h{spot.number % 3}")
    now, drawn = 0.0, list[int]()
    while not queue.is_empty and now < 1000:
        fresh = [spot.position for spot in queue.draw(256, now)]
        drawn += fresh
        if fresh and len(drawn) % 10 == 0:  # for each of them it would take most of the time
            assert len({*queue.pending(), *drawn}) == queue.next_position
        now += 0.005

    fastest = min(20 * limits.per_host, limits.per_network, 3 * limits.per_name)
    assert sorted(drawn) == list(range(2000))
    assert 2000 / fastest - 1 <= now <= 1.35 * 2000 / fastest + 1
    assert rate.tries < 10 * 2000


def test_waiting_spots_are_bounded_and_drawing_stops_meanwhile() -> None:
    rate = Rate(Limits(total=FREE, per_host=1, per_network=FREE, per_name=FREE))
    endless = (SweepEndpoint(number, number, "10.0.0.1", 1) for number in range(10**9))
    queue = SpotQueue(endless, rate, lambda _: None)

    drawn = list(queue.draw(256, 0.0))

    assert len(drawn) == 1
    assert len(list(queue.pending())) == 4096


def test_a_network_that_answers_fast_is_waited_for_less_and_never_less_than_a_second() -> None:
    known = Neighbours()
    known.answered("10.0.0.1", 0.02)
    known.answered("10.0.1.1", 0.2)

    assert [known.patience(address, 3.0) for address in ("10.0.0.9", "10.0.1.9", "10.0.2.9")] == [1.2, 2.4, 3.0]
    assert known.is_known("10.0.0.9")
    assert not known.is_known("10.0.2.9")


def test_the_oldest_neighbours_are_forgotten() -> None:
    known = Neighbours()
    for number in range(5000):
        known.answered(f"10.{number >> 8}.{number & 255}.1", 0.1)

    assert not known.is_known("10.0.0.1")
    assert known.is_known("10.19.135.1")


def test_deadlines_of_all_lengths_come_due_and_those_that_moved_on_do_not() -> None:
    deadlines = Deadlines()
    flights = [Flight(spot, None, 0.0) for spot in spots_of([("10.0.0.1", 1)] * 4)]  # type: ignore[arg-type]  # no socket is touched
    for flight, seconds in zip(flights, (1.0, 2.0, 1.0, 3.0), strict=True):
        deadlines.add(flight, seconds, 0.0)
    flights[2].serial += 1

    assert list(deadlines.due(0.9)) == []
    assert list(deadlines.due(2.0)) == [flights[0], flights[1]]
    assert list(deadlines.due(9.0)) == [flights[3]]
