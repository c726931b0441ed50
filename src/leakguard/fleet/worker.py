"""A Celery worker of one vantage: one task, which answers signed orders."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from celery import Celery
from celery.signals import worker_process_init

from leakguard.fleet.app import TASK, queue_of
from leakguard.fleet.courier import deliver
from leakguard.models.fleet import Envelope


class Reply(Protocol):
    """See `use_cases.serve_fleet.Reply`."""

    @property
    def scan(self) -> str:
        """Whose results it belongs to."""

    @property
    def envelope(self) -> Envelope:
        """The signed answer."""


_PR_SET_PDEATHSIG = 1
"""`prctl(2)`: which signal a process gets when its parent dies."""
Answer = Callable[[object], Reply | None]


def register(app: Celery, answer: Answer) -> None:
    """Let the application answer orders; the answer is in its queue before the order is acknowledged."""

    def look(envelope: Mapping[str, object]) -> None:
        reply = answer(envelope)
        if reply is not None:
            deliver(app, reply.scan, reply.envelope)

    app.task(look, name=TASK, ignore_result=True, shared=False)


def work(app: Celery, *, vantage: str, name: str, concurrency: int) -> int:
    """Take orders until a signal asks the process to end, finishing the one at hand; returns the exit code."""
    app.conf.task_default_queue = queue_of(vantage)
    worker_process_init.connect(_die_with_parent, weak=False)
    worker = app.Worker(
        hostname=name,
        queues=[queue_of(vantage)],
        pool="prefork",
        concurrency=concurrency,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _die_with_parent(**_: object) -> None:
    """A broker gives the order of a dead worker to another one at once, so nobody may still be at it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
