"""Attempts to log in: how many fail before the next one has to wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from leakguard.frozen import Frozen

WINDOW = timedelta(minutes=15)
"""How long a failed attempt counts."""
SKEW = timedelta(minutes=2)
"""How far the clocks of two machines on one store may differ."""


class FailureLimit(Frozen):
    """How many may fail within the window."""

    by_account: int = 5
    by_address: int = 30
    """An address may be that of a whole office."""


MOST = FailureLimit()


def account_key(name: str) -> str:
    """The key of attempts at one account, whether or not there is one."""
    return f"account:{' '.join(name.casefold().split())[:200]}"


def address_key(address: str) -> str:
    """The key of attempts from one address: an IP address, or `local` for a command."""
    return f"address:{address[:60]}"


def wait_for(failed: Sequence[datetime], now: datetime, most: int) -> timedelta:
    """How long the next attempt has to wait: until fewer than `most` of the last ones are in the window.

    An attempt at a time to come failed under a clock that was ahead, under which each right code is wrong: it does not
    count.
    """
    counted = sorted(at for at in failed if -SKEW <= now - at < WINDOW)
    return counted[-most] + WINDOW - now if len(counted) >= most else timedelta(0)
