"""Kombu's ways to Redis and RabbitMQ, which stumble over nothing that a stranger lays into a queue.

What is no message of ours is gone once it is read: handed out again, it would end one worker after the other.
"""

from __future__ import annotations

import logging
from queue import Empty
from typing import Any

from celery.utils.log import get_logger
from kombu.transport import TRANSPORT_ALIASES, pyamqp, redis, virtual
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

from leakguard.fleet.broker.bodies import MAX_BYTES, is_frame

_log = get_logger(__name__)
_aloud = logging.getLogger("leakguard.fleet")
"""For what a coordinator says as well, which listens to no other log: without handlers, this one ends on stderr."""


class UnfitMessage(ValueError):
    """Too large, or packed: it is not looked into."""


def use_our_transports() -> None:
    """Let the names in the URL of a broker lead here, in this process."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:RedisTransport"
    for scheme in ("amqp", "amqps"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{'AmqpTransport' if scheme == 'amqp' else 'AmqpsTransport'}"


def _unfit(size: int, headers: object) -> Any:  # noqa: ANN401  (None where Kombu's types know lists alone)
    """What is wrong with a message, as Kombu notes errors; nothing of it is unpacked."""
    is_packed = not isinstance(headers, dict) or bool(headers.get("compression"))
    if size <= MAX_BYTES and not is_packed:
        return None
    error = UnfitMessage("packed" if is_packed else f"of {size:,} bytes")
    return [(UnfitMessage, error, None)]


class _RedisMessage(virtual.Message):
    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:  # noqa: ANN401  (Kombu has no types)
        self.errors = _unfit(len(payload.get("body") or ""), payload.get("headers"))
        super().__init__(payload, channel=channel, **kwargs)


class _AmqpMessage(pyamqp.Message):
    def __init__(self, msg: Any, channel: Any = None, **kwargs: Any) -> None:  # noqa: ANN401  (as above)
        headers = msg.properties.get("application_headers") or {}
        self.errors = _unfit(len(msg.body or ""), headers)
        super().__init__(msg, channel=channel, **kwargs)


class _Client(Redis):
    """Looks at a message before anybody takes it apart."""

    def parse_response(self, connection: Any, command_name: Any, **options: Any) -> Any:  # noqa: ANN401  (as above)
        response = super().parse_response(connection, command_name, **options)
        if command_name == "BRPOP" and response and not is_frame(response[1]):
            _log.warning("dropped a message that is none, of %d bytes", len(response[1]))
            return None
        return response

    def pubsub(self, **kwargs: Any) -> PubSub:  # noqa: ANN401  (as above)
        """What is said to all comes this way."""
        return _PubSub(self.connection_pool, **kwargs)


class _PubSub(PubSub):
    """The same for what is said to all."""

    def parse_response(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (as above)
        response = super().parse_response(*args, **kwargs)
        is_said = isinstance(response, list) and bytes(response[0] or b"").endswith(b"message")
        if is_said and not is_frame(response[-1]):
            _log.warning("dropped a call that is none, of %d bytes", len(response[-1]))
            return None
        return response


class _RedisChannel(redis.Channel):
    Message = _RedisMessage

    def _get_client(self) -> type[Redis]:
        super()._get_client()
        return _Client

    def _connparams(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  (as above)
        """Kombu tries again itself, and an error of the one times the tries of the other is minutes."""
        return {**super()._connparams(*args, **kwargs), "retry": Retry(NoBackoff(), 0)}

    def _brpop_read(self, **options: Any) -> Any:  # noqa: ANN401  (as above)
        return _or_nothing(super()._brpop_read, **options)

    def _receive_one(self, c: Any) -> Any:  # noqa: ANN401  (as above)
        return _or_nothing(super()._receive_one, c)


def _or_nothing(read: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401  (as above)
    """What is read; nothing where it cannot be taken apart."""
    try:
        return read(*args, **options)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        _log.warning("dropped a message that cannot be read (%s)", type(error).__name__)
        raise Empty from None


class RedisTransport(redis.Transport):
    """Redis, for `redis://`, `rediss://` and a socket."""

    Channel = _RedisChannel


class _AmqpChannel(pyamqp.Channel):
    Message = _AmqpMessage


class _AmqpConnection(pyamqp.Connection):
    """Says why nothing goes on while RabbitMQ is low on memory or disk: what is sent waits until it is not."""

    Channel = _AmqpChannel

    def _on_blocked(self) -> None:
        _aloud.warning("the broker is low on memory or disk and takes no message: waiting until it does")

    def _on_unblocked(self) -> None:
        _aloud.warning("the broker takes messages again")


class AmqpTransport(pyamqp.Transport):
    """RabbitMQ."""

    Connection = _AmqpConnection


class AmqpsTransport(pyamqp.SSLTransport):
    """RabbitMQ through TLS."""

    Connection = _AmqpConnection
