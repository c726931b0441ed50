"""Ctrl-C, a request to end and a closed terminal mean one thing to what runs: end in good order, say how to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SAME_WISH_SECONDS = 1.0
"""A second signal that comes sooner is the same request, by an impatient hand or by a program that sends several."""


@contextmanager
def interruptible(monotonic: Callable[[], float], on_signal: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Each of the signals calls `on_signal` and raises `KeyboardInterrupt`. One that is ignored stays so (`nohup`)."""
    first = float("-inf")

    def interrupt(*_: object) -> None:
        nonlocal first
        on_signal()
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


@contextmanager
def ending_as_interrupted() -> Iterator[None]:
    """A request to end and a closed terminal raise `KeyboardInterrupt` as Ctrl-C does, so that no part of a file stays.

    What is ignored, or agreed on already, stays so; and only the main thread may change it.
    """
    is_main = threading.current_thread() is threading.main_thread()
    ours = [number for number in SIGNALS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
