"""What the settings of a fleet add up to on this machine, and what is said when they do not."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.errors import ExitCode, ExtraMissing, FleetUnreachable, UsageProblem
from leakguard.fleet.broker.app import make_app, queue_of
from leakguard.fleet.broker.courier import BrokerCourier, deliver
from leakguard.fleet.broker.front import Front
from leakguard.fleet.broker.worker import register
from leakguard.models.fleet import Envelope
from leakguard.models.fleet_settings import FleetSettings
from leakguard.settings import Settings
from leakguard.use_cases.fleets.serve_fleet import Reply
from leakguard.wiring import Wiring
from support.fleet import coordinator_seal
from support.scans import NOW

ENVELOPE = Envelope(kind="result", body="{}", key="ed25519:x", signature="y")
CANARY = "redis://:CANARY-broker-password@127.0.0.1:1/0"


def front_of(environment: dict[str, str] | None = None, **settings: object) -> Front:
    return Front(settings=FleetSettings(**settings), environment=environment or {})  # type: ignore[arg-type]  # as given


def test_a_key_is_made_where_the_settings_say(tmp_path: Path) -> None:
    front = front_of(key_file=str(tmp_path / "fleet.key"), trusted={"worker": "ed25519:x"})

    made = front.new_key(bytes(range(32)))

    assert front.public_key() == made
    assert front.seal.close("result", "{}").key == made


def test_a_fleet_without_a_key_file_says_so() -> None:
    with pytest.raises(UsageProblem, match="names no `key_file`") as caught:
        front_of().public_key()

    assert "leakguard help scan-with-a-fleet" in caught.value.next_step


def test_a_fleet_that_trusts_nobody_says_so() -> None:
    with pytest.raises(UsageProblem, match="names no key"):
        _ = front_of(key_file="fleet.key").seal


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        ({}, {}, "names no broker"),
        ({"broker_env": "BROKER"}, {}, "BROKER is not set"),
        ({"broker_env": "BROKER"}, {"BROKER": "http://:CANARY@example.edu"}, "must begin with redis"),
    ],
)
def test_a_broker_that_cannot_be_is_named_by_what_is_wrong(
    settings: dict[str, object], environment: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageProblem, match=said) as refused:
        front_of(environment, **settings).courier("R-1")

    assert "CANARY" not in str(refused.value)


def test_a_machine_without_celery_is_told_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "leakguard.fleet.broker.front")
    monkeypatch.setitem(sys.modules, "celery", None)

    with pytest.raises(ExtraMissing, match="needs the extra `fleet`") as refused:
        _ = Wiring(Settings()).front

    assert "pipx inject leakguard 'celery[redis]' amqp" in refused.value.next_step
    assert refused.value.exit_code == ExitCode.UNFINISHED


def test_only_json_ever_comes_out_of_a_queue() -> None:
    conf = make_app("redis://localhost", lease_seconds=60).conf

    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_transport_options["visibility_timeout"] > 60


@pytest.mark.enable_socket
def test_a_broker_that_cannot_be_reached_is_told_without_its_password() -> None:
    app = make_app(CANARY, lease_seconds=60)
    courier = BrokerCourier(app, "R-1", retry={"max_retries": 1, "interval_start": 0, "interval_step": 0})

    with pytest.raises(FleetUnreachable) as unsent:
        courier.send("campus", ENVELOPE, until=NOW + timedelta(seconds=60))
    with pytest.raises(FleetUnreachable) as unheard:
        courier.receive(0.1)

    said = "".join(f"{each.value}{each.value.next_step}" for each in (unsent, unheard))
    assert "CANARY" not in said
    assert "--resume" not in said, "a worker and `fleet status` have no run to go on with"
    assert "Start the broker" in unheard.value.next_step
    assert [each.value.message for each in (unsent, unheard)] == [
        "the broker cannot be reached (ConnectionRefusedError)"
    ] * 2
    courier.close(is_finished=True)


def test_orders_and_answers_go_through_their_queues() -> None:
    app = make_app("memory://", lease_seconds=60)
    courier = BrokerCourier(app, "R-memory")
    taken: list[object] = []

    def answer_it(order: object) -> Reply:
        taken.append(order)
        return Reply(scan="R-memory", envelope=ENVELOPE, line="")

    register(app, answer_it)

    courier.send("campus", ENVELOPE, until=NOW + timedelta(seconds=60))
    with app.connection_for_read() as connection:
        order = connection.SimpleQueue(queue_of("campus")).get(timeout=1)
        order.ack()
    app.tasks["leakguard.fleet.look"](*order.payload[0])
    answer = courier.receive(1)

    assert taken == [ENVELOPE.model_dump()]
    assert order.content_type == "application/json"
    assert answer is not None
    assert answer.value == ENVELOPE.model_dump()
    answer.settle()
    assert courier.receive(0.01) is None
    courier.close(is_finished=True)


def test_a_message_that_is_not_json_is_nothing() -> None:
    """A pickle in the queue is not unpacked, and is refused like any other nonsense."""
    app = make_app("memory://", lease_seconds=60)
    courier = BrokerCourier(app, "R-pickle")
    assert courier.receive(0.01) is None
    with app.connection_for_write() as connection:
        queue = connection.SimpleQueue("leakguard.results.R-pickle")
        producer = queue.producer
        producer.publish(b"\x80\x04.", content_type="application/x-python-serialize", content_encoding="binary",
                         routing_key=queue.queue.routing_key, exchange=queue.queue.exchange)  # fmt: skip
        producer.publish("{broken", content_type="application/json", content_encoding="utf-8",
                         routing_key=queue.queue.routing_key, exchange=queue.queue.exchange)  # fmt: skip

    for _ in range(2):
        answer = courier.receive(1)
        assert answer is not None
        assert answer.value is None
        answer.settle()
    courier.close(is_finished=False)


def test_a_stranger_gets_no_answer_into_any_queue() -> None:
    app = make_app("memory://", lease_seconds=60)
    register(app, lambda _: None)

    app.tasks["leakguard.fleet.look"]({})

    deliver(app, "R-other", coordinator_seal().close("result", "{}"))
    assert BrokerCourier(app, "R-empty").receive(0.01) is None
