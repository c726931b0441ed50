"""Waits until the scope lets us probe."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.errors import ScopeRefused
from leakguard.models.scope import Scope
from leakguard.ports import Now
from leakguard.scanning.quiet_hours import is_quiet

LONGEST_SLEEP_SECONDS = 60.0
"""A machine that was suspended looks at the clock again soon after it wakes."""


def wait_for_opening(scope: Scope, now: Now, sleep: Callable[[float], None], say: Callable[[str], None]) -> None:
    """Sleep until the quiet hours that hold now are over, and say until when; none that never ends is waited for.

    Raises `ScopeRefused` where the permission ends before the quiet hours do.
    """
    quiet = is_quiet(scope, now())
    if quiet is None or quiet.until is None:
        return
    if quiet.until.date() > scope.valid_until:
        raise ScopeRefused(
            f"the scope `{scope.name}` ends on {scope.valid_until}, before its quiet hours do",
            next_step="Ask the owner to approve it again and set `valid.until`.",
        )
    say(f"Quiet hours of the scope `{scope.name}`: waiting until {quiet.until_words}")
    while (left := (quiet.until - now()).total_seconds()) > 0:
        sleep(min(LONGEST_SLEEP_SECONDS, left))
