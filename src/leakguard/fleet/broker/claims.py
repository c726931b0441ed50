"""An order is taken once in a whole vantage, however often it lies in the queue: the broker itself keeps the claim."""

from __future__ import annotations

from typing import Any

from amqp.exceptions import MessageNacked
from celery import Celery

from leakguard.fleet.broker.connecting import RETRY, connected, reachable


def claim(app: Celery, order: str, *, seconds: int) -> bool:
    """Whether nobody has taken this order before; remembered for so long. Raises `FleetUnreachable`."""
    name = f"leakguard.claim.{order}"
    with reachable(app), connected(app, RETRY) as connection:
        channel = connection.default_channel
        if connection.transport.driver_type == "redis":
            return bool(channel.client.set(name, "1", nx=True, ex=seconds))
        return _first_in_queue(channel, name, seconds)


def _first_in_queue(channel: Any, name: str, seconds: int) -> bool:  # noqa: ANN401  (Kombu has no types)
    """A queue that holds one message and refuses the next one; gone when nobody has asked for it so long."""
    channel.queue_declare(
        name, auto_delete=False,
        arguments={"x-max-length": 1, "x-overflow": "reject-publish", "x-expires": seconds * 1_000},
    )  # fmt: skip
    try:
        message = channel.prepare_message("1", content_type="text/plain", content_encoding="utf-8")
        channel.basic_publish_confirm(message, exchange="", routing_key=name)
    except MessageNacked:
        return False
    return True
