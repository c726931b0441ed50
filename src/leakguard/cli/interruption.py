"""Ctrl-C, a request to end and a closed terminal mean one thing to what runs: end in good order, say how to go on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SAME_WISH_SECONDS = 1.0
"""A second signal that comes sooner is the same wish, by an impatient hand or by a program that sends several."""


@contextmanager
def interruptible(monotonic: Callable[[], float], heard: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Each of the signals calls `heard` and raises `KeyboardInterrupt`. One that is ignored stays so (`nohup`)."""
    first = float("-inf")

    def interrupt(*_: object) -> None:
        nonlocal first
        heard()
        now = monotonic()
        if now - first < SAME_WISH_SECONDS:
            return
        first = now
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in SIGNALS}
    ours = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)
