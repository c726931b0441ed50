"""How a failed delivery is told, and how every delivery ends by the clock."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import TimeoutError as TooLate
from multiprocessing.pool import ThreadPool
from typing import NoReturn

from leakguard.errors import ChannelFailed


def fail(channel: str, what: str, next_step: str) -> NoReturn:
    """Raise `ChannelFailed`. The library's own error is left out: it may hold an address or a token."""
    raise ChannelFailed(f"channel {channel}: {what}", next_step=next_step) from None


def within(seconds: float, work: Callable[[], None], *, channel: str) -> None:
    """Do `work`, for at most so many seconds of real time; raises what it raised, or `ChannelFailed`.

    A peer that sends a byte now and then passes every socket timeout, so the work runs in a thread that can be left.
    It may still succeed later: a message is sent at least once, and its id tells a repetition.
    """
    with ThreadPool(1) as pool:
        try:
            pool.apply_async(work).get(seconds)
        except TooLate:
            fail(
                channel, f"nothing was settled within {seconds:g} seconds", "See whether the other side is up and near."
            )
