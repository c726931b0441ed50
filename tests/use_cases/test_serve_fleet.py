"""A worker answers those whom it trusts, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard import __version__
from leakguard.fleet import messages
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.fleet.messages import message_text, read_message
from leakguard.ledger.canonical import canonical
from leakguard.models.fleet import Present, Refusal, RollCall, ShardResult
from leakguard.models.moments import to_z
from leakguard.use_cases.fleets.serve_fleet import REMEMBERED, Reply
from support.fake_prober import FakeProber, store_server
from support.fleet import (
    COORDINATOR,
    LEASE_SECONDS,
    STRANGER,
    WORKER,
    OtherForm,
    WorkerTools,
    coordinator_seal,
    sealed,
    shard_of,
    worker_of,
    worker_seal,
)
from support.scans import NOW


def message_in(reply: Reply | None) -> object:
    assert reply is not None
    opened = coordinator_seal().open(reply.envelope)
    return read_message(opened.kind, opened.body)


def roll_call(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  (fields of the message)
    given: dict[str, Any] = {
        "scan": "R-1", "vantage": "campus", "not_after": to_z(NOW + timedelta(seconds=30)), "checks": ("store_open@2",),
    }  # fmt: skip
    return coordinator_seal().close(*message_text(RollCall(**(given | fields)))).model_dump()


def test_a_shard_is_done_and_its_result_signed() -> None:
    result = message_in(worker_of().answer(sealed(shard_of())))

    assert isinstance(result, ShardResult)
    assert (result.run, result.number, result.worker) == ("R-1-campus", 0, "campus-1")


def test_a_roll_call_is_answered_with_where_names_lead_from_here() -> None:
    tools = WorkerTools(names={"mail.example.edu": ("127.0.0.2",)})

    present = message_in(worker_of(tools=tools).answer(roll_call(names=("mail.example.edu", "gone.example.edu"))))

    assert isinstance(present, Present)
    assert present.resolved == {"mail.example.edu": ("127.0.0.2",), "gone.example.edu": ()}


def forged(name: str) -> object:
    order = sealed(shard_of())
    strange = KeyRing(STRANGER, {})
    return {
        "a stranger's key": sealed(shard_of(), strange),
        "a stranger in the name of the coordinator": {**sealed(shard_of(), strange), "key": public_text(COORDINATOR)},
        "another scope": {**order, "body": order["body"].replace("127.0.0.0/24", "192.0.2.0/24")},
        "another kind": {**order, "kind": "roll_call"},
        "no signature": {**order, "signature": ""},
        "a signature that is none": {**order, "signature": "§"},
        "a field more": {**order, "more": 1},
        "no envelope": ["shard"],
        "nothing": None,
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "a stranger's key",
        "a stranger in the name of the coordinator",
        "another scope",
        "another kind",
        "no signature",
        "a signature that is none",
        "a field more",
        "no envelope",
        "nothing",
    ],
)
def test_what_is_not_signed_by_somebody_trusted_gets_no_answer(name: str) -> None:
    said: list[str] = []
    tools = WorkerTools()

    assert worker_of(tools=tools, said=said).answer(forged(name)) is None

    assert tools.network.opened == []
    assert [line.split(":")[0] for line in said] == ["dropped"]


@pytest.mark.parametrize("of_all", [False, True], ids=["an order", "a call to all"])
def test_an_order_of_another_form_is_refused_with_both_releases_on_both_sides(*, of_all: bool) -> None:
    said: list[str] = []
    tools = WorkerTools()
    worker = worker_of(tools=tools, said=said)
    order = roll_call() if of_all else sealed(shard_of(number=2, of=3, attempt=4))

    other = OtherForm(coordinator_seal()).close(order["kind"], order["body"]).model_dump()
    reply = (worker.present if of_all else worker.answer)(other)

    refusal = message_in(reply)
    assert isinstance(refusal, Refusal)
    assert (refusal.scan, refusal.vantage, refusal.worker) == ("R-1", "campus", "campus-1")
    assert (refusal.number, refusal.attempt) == ((None, 0) if of_all else (2, 4))
    assert refusal.reason == f"it runs LeakGuard 9.9.9, and this is {__version__}: install the same release on both"
    assert said[-1].endswith(refusal.reason)
    assert tools.network.opened == []


def test_a_message_whose_time_is_over_is_refused_with_the_time_that_it_is_here() -> None:
    """A clock that is wrong would else look like a worker that is away."""
    tools = WorkerTools()

    refusal = message_in(worker_of(tools=tools).answer(sealed(shard_of(not_after=to_z(NOW)))))

    assert isinstance(refusal, Refusal)
    assert f"the clock of this machine says {to_z(NOW)} and is ahead" in refusal.reason
    assert tools.network.opened == []


def test_a_message_that_is_good_for_longer_than_a_lease_is_refused() -> None:
    """It could be played again for as long."""
    late = to_z(NOW + timedelta(seconds=LEASE_SECONDS + 60))
    tools = WorkerTools()

    refusal = message_in(worker_of(tools=tools).answer(sealed(shard_of(not_after=late))))

    assert isinstance(refusal, Refusal)
    assert "lease_seconds" in refusal.reason
    assert "is behind" in refusal.reason
    assert tools.network.opened == []


def test_an_order_that_somebody_has_taken_before_is_not_done_again() -> None:
    """Whoever can write to the broker can play it again; each worker would have its whole share."""
    taken: list[str] = []

    def claim(order: str) -> bool:
        taken.append(order)
        return taken.count(order) == 1

    tools = [WorkerTools(), WorkerTools()]
    workers = [worker_of(tools=each) for each in tools]
    for worker in workers:
        worker.claim = claim

    answers = [worker.answer(sealed(shard_of())) for worker in workers]

    assert [answer is not None for answer in answers] == [True, False]
    assert tools[1].network.opened == []
    assert workers[1].answer(sealed(shard_of(attempt=2))) is not None, "another attempt is another order"


def test_a_call_to_all_is_answered_with_who_is_here_and_what_is_at_hand() -> None:
    worker = worker_of(slots=3)
    worker.at_hand = lambda: (sealed(shard_of(number=0)), sealed(shard_of(), KeyRing(STRANGER, {})))

    present = message_in(worker.present(roll_call()))

    assert isinstance(present, Present)
    assert (present.worker, present.release, present.slots) == ("campus-1", __version__, 3)
    assert (present.at_hand, present.clock) == (("R-1-campus/0",), to_z(NOW))


def test_no_work_is_done_for_a_call_to_all() -> None:
    tools = WorkerTools(names={"mail.example.edu": ("127.0.0.2",)})

    assert worker_of(tools=tools).present(sealed(shard_of())) is None
    assert worker_of(tools=tools).present(roll_call(names=("mail.example.edu",))) is None
    assert tools.network.opened == []


def test_a_day_that_does_not_exist_is_dropped() -> None:
    assert worker_of().answer(sealed(shard_of(not_after="2026-02-31T00:00:00Z"))) is None


def test_a_worker_takes_no_answers() -> None:
    """The key of another worker may be trusted by mistake; what it signs is still no order."""
    reply = worker_of().answer(sealed(shard_of()))
    assert reply is not None
    worker = worker_of()
    worker.seal = KeyRing(WORKER, {"other": public_text(WORKER)})

    assert worker.answer(reply.envelope.model_dump()) is None


def test_an_order_for_another_vantage_is_refused() -> None:
    refusal = message_in(worker_of("outside").answer(sealed(shard_of())))

    assert isinstance(refusal, Refusal)
    assert (refusal.number, refusal.attempt) == (0, 1)
    assert "another vantage" in refusal.reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"targets": ("192.0.2.1:9200",)}, "192.0.2.1"),
        ({"scope_text": "scope: x"}, "problems"),
        ({"checks": ("store_open@9",)}, "checks"),
        ({"targets": ("::::",)}, "not a target"),
    ],
)
def test_a_shard_that_may_not_be_done_is_refused_with_its_reason(fields: dict[str, Any], reason: str) -> None:
    refusal = message_in(worker_of().answer(sealed(shard_of(**fields))))

    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason
    assert len(refusal.reason) <= 500


def test_a_result_that_is_too_large_is_refused_and_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = {f"127.0.0.{last}:9200": store_server() for last in range(7)}
    monkeypatch.setattr(messages, "MAX_CHARACTERS", len(message_text(shard_of())[1]) + 10)

    refusal = message_in(worker_of(tools=WorkerTools(network=FakeProber(servers=servers))).answer(sealed(shard_of())))

    assert isinstance(refusal, Refusal)
    assert "longer than" in refusal.reason


def test_an_order_that_comes_twice_is_answered_from_memory() -> None:
    tools = WorkerTools()
    worker = worker_of(tools=tools)

    first = worker.answer(sealed(shard_of()))
    asked = len(tools.network.opened)
    second = worker.answer(sealed(shard_of()))

    assert first is second
    assert len(tools.network.opened) == asked


def test_a_worker_remembers_few_answers() -> None:
    tools = WorkerTools()
    worker = worker_of(tools=tools)
    for number in [*range(REMEMBERED + 1), 0, REMEMBERED]:
        worker.answer(sealed(shard_of("127.0.0.0/26:9200", number=number, of=20)))

    assert len(tools.limits) == REMEMBERED + 2, "the first one was forgotten, the last one was not"


@settings(max_examples=25)
@given(
    field=st.sampled_from(["kind", "body", "key", "signature"]),
    value=st.one_of(st.text(max_size=50), st.integers(), st.none(), st.binary(max_size=5), st.lists(st.integers())),
)
def test_no_envelope_makes_a_worker_stumble(field: str, value: object) -> None:
    worker = worker_of()

    assert worker.answer({**sealed(shard_of()), field: value}) is None


@settings(max_examples=25)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda e: st.lists(e) | st.dictionaries(st.text(), e)
    )
)
def test_nothing_that_a_trusted_coordinator_signs_makes_a_worker_stumble(value: object) -> None:
    kind, text = "shard", canonical({"shard": value})

    assert worker_of().answer(coordinator_seal().close(kind, text).model_dump()) is None


def test_the_log_of_a_worker_holds_no_target() -> None:
    said: list[str] = []

    worker_of(said=said).answer(sealed(shard_of()))

    assert said == ["coordinator: result of R-1, shard 0"]
    assert repr(worker_seal()) not in said
