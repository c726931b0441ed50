"""Whoever can write to the broker can write anything: no worker and no coordinator stumbles over it, or unpacks it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kombu.connection import Connection
from kombu.entity import Exchange
from redis import Redis

from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.fleet.broker.app import RESULTS_LIVE_SECONDS, calls_of, make_app, queue_of, results_of
from leakguard.fleet.broker.bodies import MAX_BYTES, TASK
from leakguard.fleet.broker.courier import BrokerCourier, deliver
from leakguard.fleet.broker.front import claim
from leakguard.models.fleet import Envelope
from support.brokers import PASSWORD, redis_broker
from support.real_fleet import BROKERS, one_machine

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]
ANSWER = Envelope(kind="result", body="{}", key="ed25519:x", signature="y")
ESCAPE = "\x1b]0;CANARY\x07"
ID = "0b0e6c3e-6c5a-4b8e-9d5c-0a8a2c1d3e4f"
ORDER = [[ANSWER.model_dump()], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
BODIES: dict[str, Any] = {
    "no order at all": [],
    "an order without an envelope": [[], {}, {}],
    "an order that Celery is to go on from": [
        [ANSWER.model_dump()], {}, {"callbacks": [{"task": ESCAPE}], "errbacks": None, "chain": None, "chord": None},
    ],
    "an order with a word too many": [[ANSWER.model_dump() | {ESCAPE: 1}], {}, ORDER[2]],
    "a number": 7,
}  # fmt: skip
RAW = (b"not json", b"[1,2]", b"{}", b"\xff\xfe", b'{"body": 1, "properties": []}', b"[" * 100_000, b'""', b"null")


def publish(broker: str, queue: str, body: object, **fields: Any) -> None:  # noqa: ANN401  (as Kombu takes them)
    """As a stranger would who knows the names of our queues."""
    with Connection(broker) as connection, connection.channel() as channel:
        producer = connection.Producer(channel)
        headers = {"task": TASK, "id": ID, "lang": "py"}
        producer.publish(body, routing_key=queue, **({"headers": headers, "serializer": "json"} | fields))


@contextmanager
def a_worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of the vantage `campus`; its words are in `worker.log`."""
    command = [sys.executable, "-m", "leakguard", "fleet", "worker", "--vantage", "campus"]
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(command, cwd=folder, env=os.environ, stdout=log, stderr=log, start_new_session=True)
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def status(capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = run(["fleet", "status", "--format", "json", "--wait", "4"], Context())
    said = capsys.readouterr()
    assert said.out, said.err
    return code, json.loads(said.out)


def wait_for_worker(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401  (JSON holds anything)
    for _ in range(10):
        code, document = status(capsys)
        if code == 0:
            return document
    pytest.fail("no worker came")


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_a_worker_drops_what_is_no_order_and_lives_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And its log holds nothing of it that could move a cursor."""
    with BROKERS[name]() as broker, one_machine(tmp_path, monkeypatch, capsys):
        monkeypatch.setenv("LEAKGUARD_BROKER", broker)
        code, document = status(capsys)
        assert (code, document["missing"]) == (3, ["campus"])
        with a_worker(tmp_path) as worker:
            before = wait_for_worker(capsys)
            queue = queue_of("campus")
            for body in BODIES.values():
                publish(broker, queue, body)
            strange: list[dict[str, Any]] = [
                {"headers": {"task": ESCAPE, "id": ESCAPE}},
                {"headers": {"task": TASK, "id": ESCAPE}},
                {"headers": {"task": TASK, "id": ID, "eta": ESCAPE, "expires": ESCAPE, "timelimit": ["x", "y"]}},
                {"headers": {}},
                {"compression": "gzip"},
                {"content_type": "text/plain", "content_encoding": "x"},
            ]
            for fields in strange:
                publish(broker, queue, json.dumps(ORDER).encode() if "content_type" in fields else ORDER, **fields)
            if name == "redis":
                for raw in RAW:
                    Redis.from_url(broker).lpush(queue, raw)
                    assert Redis.from_url(broker).publish(f"/0.{calls_of('campus')}", raw) == 1, "the worker hears it"
            else:
                publish(broker, "", {"kind": ESCAPE}, exchange=Exchange(calls_of("campus"), "fanout", durable=False))

            after = wait_for_worker(capsys)

            assert [one["worker"] for one in after["workers"]] == [one["worker"] for one in before["workers"]]
            assert worker.poll() is None
            log = (tmp_path / "worker.log").read_text(encoding="utf-8", errors="replace")
            assert "\x1b" not in log
            assert "CANARY" not in log.replace(PASSWORD, "")
            assert "looks from campus, 1 at once" in log
            assert log.count("dropped") >= len(BODIES) + len(strange) - 1
            assert "Traceback" not in log


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_a_coordinator_hears_the_answer_behind_what_is_none(name: str) -> None:
    with BROKERS[name]() as broker:
        app = make_app(broker, lease_seconds=5)
        courier = BrokerCourier(app, "R-1")
        assert courier.receive(0.01) is None
        queue = results_of("R-1")
        publish(broker, queue, {"kind": ESCAPE})
        publish(broker, queue, ANSWER.model_dump(), compression="gzip")
        if name == "redis":
            for raw in RAW:
                Redis.from_url(broker).lpush(queue, raw)
        deliver(app, "R-1", ANSWER)

        values: list[object] = []
        while ANSWER.model_dump() not in values and len(values) < 50:
            if (letter := courier.receive(1)) is not None:
                values.append(letter.value)
                letter.settle()

        assert [value for value in values if value is not None] == [ANSWER.model_dump()]
        courier.close(is_finished=True)


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_nothing_that_is_packed_or_too_large_is_unpacked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred kilobytes of gzip would be a hundred megabytes."""
    unpacked: list[int] = []
    monkeypatch.setattr(gzip, "decompress", lambda data: unpacked.append(len(data)))
    monkeypatch.setattr("kombu.message.decompress", lambda body, _kind: unpacked.append(len(body)))
    with BROKERS[name]() as broker:
        courier = BrokerCourier(make_app(broker, lease_seconds=5), "R-1")
        assert courier.receive(0.01) is None
        publish(broker, results_of("R-1"), "0" * 10_000_000, compression="gzip")
        publish(broker, results_of("R-1"), ANSWER.model_dump() | {"body": "0" * (MAX_BYTES // 4 * 3 + 1_000_000)})
        if name == "rabbitmq":
            publish(broker, results_of("R-1"), ANSWER.model_dump() | {"body": "0" * MAX_BYTES})

        heard = [courier.receive(2) for _ in range(3)]

        assert [letter.value for letter in heard if letter is not None and name == "redis"] in ([], [None])
        assert unpacked == []
        courier.close(is_finished=True)


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_an_order_is_taken_once_by_all_workers_of_a_vantage(name: str) -> None:
    with BROKERS[name]() as broker:
        apps = [make_app(broker, lease_seconds=5) for _ in range(3)]

        taken = [claim(app, order, seconds=60) for order in ("R-1/0/1", "R-1/0/2") for app in apps]

        assert taken == [True, False, False, True, False, False]


def test_answers_that_nobody_fetches_are_forgotten_by_redis_too() -> None:
    with redis_broker() as broker:
        deliver(make_app(broker, lease_seconds=5), "R-1", ANSWER)

        assert Redis.from_url(broker).ttl(results_of("R-1")) > 0


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_orders_that_nobody_takes_are_forgotten_once_their_time_is_over(name: str) -> None:
    """A vantage may be without a worker for months while a scan is asked for each night."""
    with BROKERS[name]() as broker:
        app = make_app(broker, lease_seconds=5)
        courier = BrokerCourier(app, "R-1", order_seconds=1)
        courier.send("campus", ANSWER, until=Context().wiring.now() + timedelta(seconds=1))
        time.sleep(2)
        with app.connection_for_read() as connection:
            left = connection.default_channel.basic_get(queue_of("campus"))
        courier.close(is_finished=True)

        assert left is None


def test_a_scan_that_hears_nothing_leaves_nothing_in_redis_for_ever() -> None:
    with redis_broker() as broker:
        courier = BrokerCourier(make_app(broker, lease_seconds=5), "R-1")
        courier.receive(0.01)
        courier.close(is_finished=False)

        assert 0 < Redis.from_url(broker).ttl(f"_kombu.binding.{results_of('R-1')}") <= RESULTS_LIVE_SECONDS
