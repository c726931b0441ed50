"""How a failed delivery is told, and how every delivery ends by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from leakguard.errors import ChannelFailed
from leakguard.models.texts import shown

MOST_ANSWER = 300
"""Letters that are shown of what the other side said."""
Result = TypeVar("Result")


def fail(channel: str, what: str, next_step: str, *, answer: str = "") -> NoReturn:
    """Raise `ChannelFailed`. The library's own error is left out: it may hold an address or a token.

    `answer` is what the other side said, see `ChannelFailed.answer`.
    """
    failed = ChannelFailed(f"channel {channel}: {what}", next_step=next_step)
    failed.answer = answer
    raise failed from None


def without_secrets(answer: str, *secrets: str) -> str:
    """An answer for a terminal: printable, of bounded length, and with a mark where it repeats a secret of ours."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        answer = answer.replace(secret, "***")
    return shown(" ".join(answer.split()), MOST_ANSWER)


def within(seconds: float, work: Callable[[], Result], *, channel: str) -> Result:
    """Do `work`, for at most so many seconds of real time; raises what it raised, or `ChannelFailed`.

    A peer that sends a byte now and then passes every socket timeout, so the work runs in a thread that can be left.
    It may still succeed later: a message is sent at least once, and its id tells a repetition.
    """
    from multiprocessing import TimeoutError as TooLate  # noqa: PLC0415  (a file needs no thread)
    from multiprocessing.pool import ThreadPool  # noqa: PLC0415  (as above)

    with ThreadPool(1) as pool:
        try:
            return pool.apply_async(work).get(seconds)
        except TooLate:
            fail(
                channel, f"nothing was settled within {seconds:g} seconds", "See whether the other side is up and near."
            )
