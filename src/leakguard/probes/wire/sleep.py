"""Sleep: a laptop that was closed, a guest that was paused by its host, a process that was stopped."""

from __future__ import annotations

import time

_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", None)
"""A clock that goes on while the machine is suspended; Linux has one, and elsewhere a sleep is not noticed."""
WORTH_A_WORD = 1.0
"""Seconds below which the two clocks may just have been read apart."""
STOOD_STILL = 5.0
"""Seconds between two ticks of this process that it cannot have been awake for: it was stopped, as by Ctrl-Z."""


def slept() -> float:
    """Seconds of suspension since the machine was started; only its growth means something."""
    return 0.0 if _WITH_SLEEP is None else time.clock_gettime(_WITH_SLEEP) - time.monotonic()
