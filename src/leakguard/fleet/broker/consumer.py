"""How a worker takes messages: nothing gets into Celery's hands, or into its log, as a stranger wrote it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from celery.bootsteps import ConsumerStep
from celery.utils.log import get_logger
from celery.worker.consumer import Consumer
from kombu.entity import Exchange, Queue
from kombu.messaging import Consumer as Listener

from leakguard.errors import LeakGuardError
from leakguard.fleet.broker.app import calls_of
from leakguard.fleet.broker.bodies import envelope_in, order_headers

_log = get_logger(__name__)
REFUSED_SECONDS = 5.0


class OrderConsumer(Consumer):
    """Celery's consumer, which is shown orders alone."""

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:  # noqa: ANN401  (Celery has no types)
        """What is done with each message that arrives."""
        take = super().create_task_handler(*args, **kwargs)

        def take_orders(message: Any) -> None:  # noqa: ANN401  (as above)
            headers = order_headers(message)
            if headers is None:
                self.on_decode_error(message, ValueError("no order"))
                return
            message.headers = headers
            take(message)

        return take_orders

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Say it, and wait: a broker that answers and takes nothing would be asked a hundred times a second."""
        super().on_connection_error_before_connected(exc)
        time.sleep(REFUSED_SECONDS)

    def on_decode_error(self, message: Any, exc: Exception) -> None:  # noqa: ANN401  (as above)
        """Drop it for good, and repeat nothing of it: handed out again, it would go round for ever."""
        _log.warning("dropped: a message that is no order (%s)", type(exc).__name__)
        message.reject_log_error(_log, self.connection_errors)


def calls_step(name: str, vantage: str, hear: Callable[[object], None]) -> type[ConsumerStep]:
    """Lets a worker hear what is said to all of its vantage, also while its processes are at work."""

    class Calls(ConsumerStep):
        """Listens in the process that does no work itself."""

        def get_consumers(self, channel: Any) -> list[Listener]:  # noqa: ANN401  (as above)
            """One, of a queue that nobody else has."""
            queue = Queue(
                f"{calls_of(vantage)}.{name}", Exchange(calls_of(vantage), type="fanout", durable=False),
                auto_delete=True, durable=False,
            )  # fmt: skip
            return [Listener(channel, [queue], no_ack=True, on_message=self.on_call, on_decode_error=_ignored)]

        def on_call(self, message: Any) -> None:  # noqa: ANN401  (as above)
            """Answer; nothing that goes wrong with one answer may end the worker."""
            try:
                hear(envelope_in(message))
            except LeakGuardError as error:
                _log.warning("a call was not answered: %s", error.message)

    return Calls


def _ignored(_message: Any, error: Exception) -> None:  # noqa: ANN401  (as above)
    _log.warning("dropped: a call that is none (%s)", type(error).__name__)


class PlainLog(logging.Filter):
    """Takes control characters out of what is logged, and tracebacks, which repeat what a stranger wrote."""

    def __init__(self, escape: Callable[[str], str]) -> None:
        """`escape` makes a text safe to show."""
        super().__init__()
        self._escape = escape

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, as one plain line."""
        kind = record.exc_info[0] if record.exc_info else None
        text = " ".join(record.getMessage().split())
        record.msg = self._escape(f"{text} ({kind.__name__})" if kind else text)
        record.args, record.exc_info, record.exc_text, record.stack_info = None, None, None, None
        return True
