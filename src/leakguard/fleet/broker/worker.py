"""A Celery worker of one vantage: one task, which answers signed orders."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import after_setup_logger, after_setup_task_logger, worker_process_init, worker_ready
from celery.utils.log import get_logger
from celery.worker.state import active_requests

from leakguard.errors import FleetUnreachable
from leakguard.fleet.broker.app import queue_of
from leakguard.fleet.broker.bodies import TASK
from leakguard.fleet.broker.connecting import RETRY, connected, reachable
from leakguard.fleet.broker.consumer import OrderConsumer, PlainLog, calls_step
from leakguard.fleet.broker.courier import deliver
from leakguard.frozen import Frozen
from leakguard.models.fleet import Envelope


class Reply(Protocol):
    """See `use_cases.serve_fleet.Reply`."""

    @property
    def scan(self) -> str:
        """Whose results it belongs to."""

    @property
    def envelope(self) -> Envelope:
        """The signed answer."""


_log = get_logger(__name__)
_PR_SET_PDEATHSIG = 1
"""`prctl(2)`: which signal a process gets when its parent dies."""
Answer = Callable[[object], Reply | None]


class Post(Frozen):
    """Who a worker is."""

    vantage: str
    name: str
    concurrency: int
    key: str
    """Its public key: orders for it alone come in a queue of their own."""
    tell: Callable[[str], None]
    escape: Callable[[str], str]
    """Makes what a stranger wrote safe to show."""


def register(app: Celery, answer: Answer) -> None:
    """Let the application answer orders; the answer is in its queue before the order is acknowledged."""

    def look(envelope: Mapping[str, object]) -> None:
        reply = answer(envelope)
        try:
            if reply is not None:
                deliver(app, reply.scan, reply.envelope)
        except FleetUnreachable as error:
            _log.error("the worker could not hand over an answer, so it probes the shard again: %s", error.message)

    app.task(look, name=TASK, ignore_result=True, shared=False)


def work(app: Celery, post: Post, hear: Answer) -> int:
    """Take orders until a signal asks the process to end, finishing the one at hand; returns the exit code.

    `hear` answers what is said to all workers of the vantage.
    """

    def heard(envelope: object) -> None:
        if (reply := hear(envelope)) is not None:
            deliver(app, reply.scan, reply.envelope)

    def ready(**_: object) -> None:
        post.tell(f"{post.name} looks from {post.vantage}, {post.concurrency} at once")

    app.conf.task_default_queue = queue_of(post.vantage)
    app.steps["consumer"].add(calls_step(post.name, post.vantage, heard))
    plain = PlainLog(post.escape)
    after_setup_logger.connect(partial(_keep_plain, plain), weak=False)
    after_setup_task_logger.connect(partial(_keep_plain, plain), weak=False)
    worker_process_init.connect(_die_with_parent, weak=False)
    worker_ready.connect(ready, weak=False)
    with reachable(app):
        connected(app, RETRY).release()
    if os.geteuid() == 0:
        post.tell("This runs as root, which a worker needs for nothing: give it a user of its own who may read its key")
    warnings.filterwarnings("ignore", category=SecurityWarning)  # names an option that is Celery's own
    worker = app.Worker(
        hostname=f"{post.vantage}@{post.name}",
        queues=[queue_of(post.vantage), queue_of(post.vantage, post.key)],
        consumer_cls=OrderConsumer,
        pool="prefork",
        concurrency=post.concurrency,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def at_hand() -> tuple[object, ...]:
    """The orders that the processes of this worker are at."""
    return tuple(request.args[0] for request in list(active_requests) if request.args)


def _keep_plain(plain: PlainLog, logger: Any, **_: object) -> None:  # noqa: ANN401  (Celery has no types)
    for handler in logger.handlers:
        handler.addFilter(plain)


def _die_with_parent(**_: object) -> None:
    """A broker gives the order of a dead worker to another one at once, so nobody may still be at it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
