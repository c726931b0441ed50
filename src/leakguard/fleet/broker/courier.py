"""Carries orders to the queue of a vantage, and takes answers out of the queue of a scan."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from kombu.entity import Exchange
from kombu.messaging import Producer

from leakguard.errors import FleetUnreachable
from leakguard.fleet.broker.app import RESULTS_LIVE_SECONDS, calls_of, queue_of, results_of
from leakguard.fleet.broker.bodies import TASK, envelope_in
from leakguard.fleet.broker.connecting import RETRY, connected, reachable
from leakguard.frozen import Frozen
from leakguard.models.fleet import Envelope


class Letter(Frozen, kw_only=False):
    """One message out of the queue of results; fits `use_cases.fleet_tools.Arrival`."""

    value: object
    settle: Callable[[], None]


class BrokerCourier:
    """Implements `use_cases.fleet_tools.Courier`.

    Has connections of its own, one a direction: Celery's pools belong to the process and outlive a scan.
    """

    def __init__(
        self, app: Celery, scan: str, *, retry: Mapping[str, float] = RETRY, order_seconds: int | None = None
    ) -> None:
        """After `order_seconds` Redis forgets orders too: where nobody takes any, they would fill its memory."""
        self._app = app
        self._order_seconds = order_seconds
        self._retry = dict(retry)
        self._name = results_of(scan)
        self._out: Any = None
        self._in: Any = None
        self._queue: Any = None

    def send(self, vantage: str, envelope: Envelope, *, until: datetime, holder: str = "") -> None:
        """Put an order into the queue of a vantage, or of its worker with that key; raises `FleetUnreachable`."""
        name = queue_of(vantage, holder)
        with reachable(self._app):
            self._out = self._out or self._connected()
            self._app.send_task(
                TASK, args=[envelope.model_dump()], connection=self._out, queue=name,
                expires=until.astimezone(UTC), retry=True, retry_policy=self._retry,
            )  # fmt: skip
        with suppress(FleetUnreachable), reachable(self._app):
            if self._order_seconds is not None and self._out.transport.driver_type == "redis":
                self._out.default_channel.client.expire(name, self._order_seconds)

    def call(self, vantage: str, envelope: Envelope) -> None:
        """Say something to every worker of a vantage that is there now; raises `FleetUnreachable`."""
        with reachable(self._app):
            self._out = self._out or self._connected()
            everybody = Exchange(calls_of(vantage), type="fanout", durable=False)
            with Producer(self._out, exchange=everybody, serializer="json") as producer:
                producer.publish(envelope.model_dump(), retry=True, retry_policy=self._retry, declare=[everybody])

    def receive(self, seconds: float) -> Letter | None:
        """The next answer, or nothing after so many seconds; a broker that went away is waited for.

        Raises `FleetUnreachable`.
        """
        try:
            with reachable(self._app):
                message = self._results().get(timeout=max(0.01, seconds))
        except queue.Empty:
            return None
        except FleetUnreachable:
            was_there = self._queue is not None
            self._drop()
            if not was_there:
                raise
            with reachable(self._app):
                self._results()
            return None
        return Letter(envelope_in(message), lambda: self._settle(message))

    def close(self, *, is_finished: bool) -> None:
        """Let go of the broker, and of the queue when nobody will come back for it."""
        with suppress(FleetUnreachable), reachable(self._app):
            if is_finished and self._queue is not None:
                self._queue.consumer.cancel()
                self._queue.queue.delete()
        self._drop()

    def _settle(self, message: Any) -> None:  # noqa: ANN401  (Kombu has no types)
        """A broker that went away hands the message out again, and a repeat counts once."""
        with suppress(FleetUnreachable), reachable(self._app):
            message.ack()

    def _results(self) -> Any:  # noqa: ANN401  (Kombu has no types)
        if self._queue is None:
            self._in = self._connected()
            self._queue = open_results(self._in, self._name)
            _forget_on_redis(self._in, self._queue)
            self._queue.consumer.on_message = self._queue.buffer.append
            self._queue.consumer.on_decode_error = lambda message, _: self._queue.buffer.append(message)
        return self._queue

    def _connected(self) -> Any:  # noqa: ANN401  (Kombu has no types)
        return connected(self._app, self._retry)

    def _drop(self) -> None:
        """Close what is open; Redis keeps lines of its own, which a broker that went away leaves behind."""
        channel = getattr(self._queue, "channel", None)
        for connection in (self._in, self._out):
            with suppress(FleetUnreachable), reachable(self._app):
                if connection is not None:
                    connection.release()
        if (pool := getattr(channel, "pool", None)) is not None:
            pool.disconnect()
        self._in = self._out = self._queue = None


def open_results(connection: Any, name: str) -> Any:  # noqa: ANN401  (Kombu has no types)
    """The queue of results, the same on both sides."""
    return connection.SimpleQueue(
        name, serializer="json", accept=["json"], queue_opts={"expires": RESULTS_LIVE_SECONDS}
    )


def deliver(app: Celery, scan: str, envelope: Envelope) -> None:
    """Put an answer into the queue of a scan's results; raises `FleetUnreachable`."""
    with reachable(app), connected(app, RETRY) as connection:
        results = open_results(connection, results_of(scan))
        results.put(envelope.model_dump(), retry=True, retry_policy=RETRY)
        _forget_on_redis(connection, results)
        results.close()


def _forget_on_redis(connection: Any, results: Any) -> None:  # noqa: ANN401  (Kombu has no types)
    """Redis knows nothing of queues that end by themselves."""
    if connection.transport.driver_type == "redis":
        name = results.queue.name
        for key in (name, f"_kombu.binding.{name}"):
            results.channel.client.expire(key, RESULTS_LIVE_SECONDS)
