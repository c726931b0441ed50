"""How a failed delivery is told, and how every delivery ends by the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (handed over to the waiting thread, which raises it)
            raised.append(error)

    thread = threading.Thread(target=run, name=f"channel-{channel}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        fail(channel, f"nothing was settled within {seconds:g} seconds", "See whether the other side is up and near.")
    if raised:
        raise raised[0]
