"""Who is there: each worker answers a call, and a vantage without one that would work is named."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from leakguard import __version__
from leakguard.errors import FleetUnreachable, UsageProblem
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.fleet.messages import message_text
from leakguard.frozen import replace
from leakguard.models.fleet import Envelope, Refusal
from leakguard.use_cases.fleets.presence import fleet_status, trusted_vantages
from support.fake_prober import library
from support.fleet import (
    COORDINATOR,
    LEASE_SECONDS,
    STRANGER,
    WORKER,
    Clock,
    Fleet,
    MemoryBroker,
    OtherForm,
    WorkerTools,
    interrupted_behind,
    worker_of,
    worker_seal,
)
from support.scans import NOW

BOTH = ("campus", "outside")


def test_each_worker_is_shown_with_its_release_and_its_clock() -> None:
    fleet = Fleet()

    status = fleet_status(BOTH, fleet, seconds=3)

    assert [(one.vantage, one.worker, one.signer, one.version) for one in status.workers] == [
        ("campus", "campus-1", "worker-1", __version__), ("outside", "outside-1", "worker-1", __version__),
    ]  # fmt: skip
    assert [(one.slots, one.at_hand, one.clock_seconds, one.problem) for one in status.workers] == [
        (2, (), 0.0, "")
    ] * 2
    assert status.missing == ()
    assert fleet.broker.closed == [True]


def test_a_vantage_without_a_worker_is_missing() -> None:
    fleet = Fleet()
    fleet.broker.workers = {**fleet.new_workers(), "outside": None}

    assert fleet_status(BOTH, fleet, seconds=3).missing == ("outside",)


@pytest.mark.parametrize(("seconds", "word"), [(600, "is ahead"), (-600, "is behind")])
def test_a_worker_whose_clock_is_wrong_is_told_as_such(seconds: int, word: str) -> None:
    fleet = Fleet()
    fleet.tools["campus"].clock = Clock(fleet.now() + timedelta(seconds=seconds))

    status = fleet_status(BOTH, fleet, seconds=3)

    assert [(one.worker, word in one.problem) for one in status.workers] == [("campus-1", True), ("outside-1", False)]
    assert status.missing == ("campus",)


def test_a_worker_with_other_checks_says_so() -> None:
    fleet = Fleet()
    fleet.tools["campus"].checks = ()

    status = fleet_status(("campus",), fleet, seconds=3)

    assert f"does not have {len(library())} of the {len(library())} checks" in status.workers[0].problem
    assert status.missing == ("campus",)


def test_a_worker_of_another_form_is_shown_with_its_release_and_would_do_no_work() -> None:
    fleet = Fleet()
    newer = worker_of(tools=fleet.tools["campus"])
    newer.seal = OtherForm(worker_seal())
    fleet.broker.workers = {**fleet.new_workers(), "campus": newer}

    status = fleet_status(BOTH, fleet, seconds=3)

    assert [(one.worker, one.version) for one in status.workers] == [("campus-1", "9.9.9"), ("outside-1", __version__)]
    assert (
        status.workers[0].problem
        == f"it runs LeakGuard 9.9.9, and this is {__version__}: install the same release on both"
    )
    assert status.missing == ("campus",)


def test_a_stranger_is_nobody() -> None:
    fleet = Fleet()
    fleet.seal = KeyRing(STRANGER, {"worker-1": public_text(WORKER)})

    said: list[str] = []

    assert fleet_status(BOTH, fleet, seconds=3, tell=said.append).workers == ()
    assert said == [], "it gets no answer at all"


def test_a_worker_whose_key_is_not_named_yet_is_told_once_and_does_not_look_like_none() -> None:
    """It trusts us and answers; with its key forgotten here, everybody would look for it on the network."""
    fleet = Fleet(seal=KeyRing(COORDINATOR, {"another": public_text(STRANGER)}))
    said: list[str] = []

    status = fleet_status(BOTH, fleet, seconds=3, tell=said.append)

    assert status.workers == ()
    (line,) = said
    assert line.startswith(
        "An answer was dropped: a message is signed with a key that nobody here trusts. Name the key"
    )


def test_the_vantages_are_those_behind_the_trusted_keys() -> None:
    fleet = Fleet()
    fleet.fleet = replace(fleet.fleet, trusted={"a": "ed25519:x outside,campus", "b": "ed25519:y", "c": "k campus"})

    assert trusted_vantages(fleet.fleet.trusted) == ("outside", "campus")
    assert fleet_status((), fleet, seconds=3).vantages == ("outside", "campus")


def test_where_no_key_names_a_vantage_one_is_asked_for() -> None:
    with pytest.raises(UsageProblem, match="names a vantage"):
        fleet_status((), Fleet(), seconds=3)


def test_a_scan_says_how_many_workers_are_there_and_counts_on_no_more() -> None:
    fleet = Fleet()
    for worker in (workers := fleet.new_workers()).values():
        assert worker is not None
        worker.slots = 1
    fleet.broker.workers = workers

    fleet.scan("127.0.0.0/28:9200")

    assert max(fleet.broker.in_flight) <= 2, "one at each vantage, though four would keep to the limits"
    assert "1 worker of campus is there, at most 2 shards are looked at at once" in fleet.said


def test_one_shard_at_once_is_told_as_one() -> None:
    fleet = Fleet()
    fleet.fleet = replace(fleet.fleet, workers=1)

    fleet.scan("127.0.0.0/28:9200")

    assert "1 worker of campus is there, at most 1 shard is looked at at once" in fleet.said


def test_the_last_worker_that_goes_is_told_once_with_what_to_do_and_so_is_the_next_that_comes() -> None:
    fleet = Fleet()
    fleet.fleet = replace(fleet.fleet, attempts=20)
    broker = fleet.broker
    shards = count(1)

    def dies(order: dict[str, Any]) -> str:
        if order["kind"] == "shard" and next(shards) == 2:
            broker.workers = {**broker.workers, "campus": None}
            return "lose"
        return "serve"

    def waits(clock: Clock, seconds: float) -> None:
        clock.moment += timedelta(seconds=seconds)
        if broker.workers["campus"] is None and clock.moment > NOW + timedelta(seconds=4 * LEASE_SECONDS):
            broker.workers = {**broker.workers, "campus": worker_of("campus", tools=fleet.tools["campus"])}
            broker.orders.clear()

    broker.on_order = dies
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "wait", waits)
        summary = fleet.scan("127.0.0.0/26:9200", vantage="campus")

    assert not summary.is_unfinished
    assert [line.partition(" there")[0] for line in fleet.said if "campus is there" in line] == [
        "1 worker of campus is", "No worker of campus is", "1 worker of campus is",
    ]  # fmt: skip
    assert sum("leakguard fleet worker --vantage campus" in line for line in fleet.said) == 1


def test_a_worker_that_goes_after_the_first_answer_is_missed_as_well() -> None:
    fleet = Fleet()

    def dies(order: dict[str, Any]) -> str:
        fleet.broker.workers = {"campus": fleet.broker.workers["campus"]} if order["kind"] == "roll_call" else {}
        return "serve"

    fleet.broker.on_order = dies
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryBroker, "call", lambda *_: None)
        fleet.scan("127.0.0.0/28:9200", vantage="campus")

    assert sum(line.startswith("No worker of campus is there any more") for line in fleet.said) == 1


def test_a_scan_does_not_begin_while_a_worker_has_a_wrong_clock() -> None:
    """It would take orders and refuse them all."""
    fleet = Fleet()
    fleet.tools["campus"].clock = Clock(fleet.now() + timedelta(seconds=600))

    with pytest.raises(UsageProblem, match=r"campus-1 of `campus` refused: its time is over.*is ahead"):
        fleet.scan("127.0.0.0/28:9200")


def test_a_worker_that_comes_with_a_wrong_clock_is_told_once() -> None:
    fleet = Fleet()
    broker, call = fleet.broker, fleet.broker.call

    def call_two(vantage: str, envelope: Envelope) -> None:
        call(vantage, envelope)
        late = worker_of(vantage, tools=WorkerTools(clock=Clock(fleet.now() + timedelta(seconds=600))))
        late.name = "late-1"
        reply = late.present(envelope.model_dump())
        assert reply is not None
        broker.answers.append(reply.envelope.model_dump())
        fleet.clock.wait(LEASE_SECONDS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryBroker, "call", lambda _self, vantage, envelope: call_two(vantage, envelope))
        fleet.scan("127.0.0.0/28:9200", vantage="campus")

    assert [line.partition(":")[0] for line in fleet.said if "late-1" in line] == [
        "The worker late-1 of campus refuses"
    ]


def stopped_with_refusals_left() -> tuple[Fleet, str]:
    """A stopped scan whose queue holds what a worker of another release said to two calls, late."""
    fleet = Fleet()
    fleet.broker.on_order = interrupted_behind(3)
    scan = fleet.scan("127.0.0.0/28:9200", vantage="campus").scan
    fleet.broker.on_order = lambda _: "serve"
    fleet.broker.orders.clear()
    refusal = Refusal(scan=scan, vantage="campus", worker="gone-1", reason="it runs LeakGuard 0.1.0")
    fleet.broker.answers.extend(worker_seal().close(*message_text(refusal)).model_dump() for _ in range(2))
    return fleet, scan


@pytest.mark.parametrize("silence", [0, 3])
def test_a_refusal_of_a_worker_that_is_gone_does_not_end_a_resumed_scan(silence: int) -> None:
    """However long the worker that has come in its place needs to answer."""
    fleet, scan = stopped_with_refusals_left()
    calls = count(1)
    ready = fleet.new_workers()
    fleet.broker.workers = {} if silence else ready

    def waits(clock: Clock, seconds: float) -> None:
        clock.moment += timedelta(seconds=seconds)
        if next(calls) == silence:
            fleet.broker.workers = ready

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "wait", waits)
        resumed = fleet.scan(resume=scan)

    assert not resumed.is_unfinished
    assert not any("gone-1" in line for line in fleet.said)


def test_a_refusal_of_a_worker_that_is_there_still_ends_a_resumed_scan_within_seconds() -> None:
    fleet, scan = stopped_with_refusals_left()
    newer = worker_of(tools=fleet.tools["campus"])
    newer.seal = OtherForm(worker_seal())
    fleet.broker.workers = {"campus": newer}
    began = fleet.now()

    with pytest.raises(UsageProblem, match=r"campus-1 of `campus` refused: it runs LeakGuard 9\.9\.9"):
        fleet.scan(resume=scan)

    assert fleet.now() - began <= timedelta(seconds=5)


def test_a_refusal_is_not_overheard_by_a_resumed_scan_whose_lease_is_short() -> None:
    fleet, scan = stopped_with_refusals_left()
    fleet.fleet = replace(fleet.fleet, lease_seconds=5)
    fleet.tools["campus"].checks = ()

    with pytest.raises(UsageProblem, match="campus-1 of `campus` refused"):
        fleet.scan(resume=scan)


def test_a_resumed_scan_to_which_nobody_answers_names_no_worker_that_is_gone() -> None:
    fleet, scan = stopped_with_refusals_left()
    fleet.broker.workers = {}

    with pytest.raises(FleetUnreachable, match="no worker of `campus` answered"):
        fleet.scan(resume=scan)
