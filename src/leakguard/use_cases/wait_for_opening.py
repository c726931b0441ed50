"""Waits until the scope lets us probe."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.models.scope import Scope
from leakguard.ports import Now
from leakguard.scanning.quiet_hours import is_quiet

LONGEST_SLEEP_SECONDS = 60.0
"""A machine that was suspended looks at the clock again soon after it wakes."""


def wait_for_opening(scope: Scope, now: Now, sleep: Callable[[float], None], say: Callable[[str], None]) -> None:
    """Sleep until the quiet hours that hold now are over, and say until when; none that never ends is waited for."""
    has_said = False
    while (quiet := is_quiet(scope, now())) is not None and quiet.until is not None:
        if not has_said:
            say(f"Quiet hours of the scope `{scope.name}`: waiting until {quiet.until_words}")
            has_said = True
        sleep(min(LONGEST_SLEEP_SECONDS, (quiet.until - now()).total_seconds()))
