"""Carries orders to the queue of a vantage, and takes answers out of the queue of a scan."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.exceptions import CeleryError
from kombu.entity import Exchange
from kombu.exceptions import OperationalError
from kombu.messaging import Producer

from leakguard.errors import FleetUnreachable
from leakguard.fleet.app import RESULTS_LIVE_SECONDS, TASK, calls_of, queue_of, results_of
from leakguard.fleet.bodies import envelope_in
from leakguard.frozen import Frozen
from leakguard.models.fleet import Envelope

RETRY = {"max_retries": 5, "interval_start": 0.2, "interval_step": 1.0, "interval_max": 5.0}
"""A broker that restarts is back in that time."""
_NEXT_STEP = "Start the broker, or mend its URL: `broker`, or the variable of `broker_env`, in [fleet]."


REACHED_WITHIN_SECONDS = 25.0
_REASONS = (
    (
        {"AuthenticationError", "AuthorizationError", "AccessRefused", "AuthenticationFailure"},
        "the broker refuses this user or this password",
        "Mend the URL of the broker: `leakguard fleet --help` shows where it stands.",
    ),
    (
        {"NotAllowed"},
        "the broker has no such virtual host, or this user may not use it",
        "Mend the end of the URL, or on the broker: rabbitmqctl add_vhost, rabbitmqctl set_permissions.",
    ),
    (
        {"OutOfMemoryError"},
        "the broker has no room left and takes no message",
        "Raise `maxmemory` of Redis, or take out of it what is not the fleet's.",
    ),
    ({"gaierror"}, "the name of the broker has no address", "Mend the URL of the broker, or the resolver."),
)
"""What went wrong by the names of the libraries' errors, and what to do."""
_MOST_CAUSES = 10


class Letter(Frozen, kw_only=False):
    """One message out of the queue of results; fits `use_cases.fleet_tools.Arrival`."""

    value: object
    settle: Callable[[], None]


class BrokerCourier:
    """Implements `use_cases.fleet_tools.Courier`.

    Has connections of its own, one a direction: Celery's pools belong to the process and outlive a scan.
    """

    def __init__(self, app: Celery, scan: str, *, retry: Mapping[str, float] = RETRY) -> None:
        self._app = app
        self._retry = dict(retry)
        self._name = results_of(scan)
        self._out: Any = None
        self._in: Any = None
        self._queue: Any = None

    def send(self, vantage: str, envelope: Envelope, *, until: datetime) -> None:
        """Put an order into the queue of a vantage; raises `FleetUnreachable`."""
        with reachable(self._app):
            self._out = self._out or self._connected()
            self._app.send_task(
                TASK, args=[envelope.model_dump()], connection=self._out, queue=queue_of(vantage),
                expires=until.astimezone(UTC), retry=True, retry_policy=self._retry,
            )  # fmt: skip

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


@contextmanager
def reachable(app: Celery) -> Iterator[None]:
    """The errors of transport and connection as one of ours, without the URL, which may hold a password."""
    connection = app.connection_for_write()
    errors = (*connection.connection_errors, *connection.channel_errors, OperationalError, CeleryError, OSError)
    try:
        yield
    except queue.Empty:
        raise
    except errors as error:
        raise _unreachable(error) from None


def connected(app: Celery, retry: Mapping[str, float]) -> Any:  # noqa: ANN401  (Kombu has no types)
    """A connection that is there; raises what `reachable` turns into one of ours."""
    connection = app.connection_for_read()
    connection.ensure_connection(**retry, timeout=REACHED_WITHIN_SECONDS)
    return connection


def _unreachable(error: BaseException) -> FleetUnreachable:
    """Says which of the usual reasons it is; what a library says may repeat the URL, so none of it is shown."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < _MOST_CAUSES:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    names = [type(each).__name__ for each in causes]
    for known, what, next_step in _REASONS:
        if not known.isdisjoint(names):
            return FleetUnreachable(what, next_step=next_step)
    if any("Timeout" in name or "SSL" in name for name in names):
        return FleetUnreachable(
            f"the broker does not answer as expected ({names[0]})",
            next_step="rediss:// and amqps:// speak TLS, redis:// and amqp:// do not: mend the URL, or its port.",
        )
    plainest = next((type(each).__name__ for each in reversed(causes) if isinstance(each, OSError)), names[0])
    return FleetUnreachable(f"the broker cannot be reached ({plainest})", next_step=_NEXT_STEP)
