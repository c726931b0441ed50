"""The rounds of a watch: one after the other, from start to start as far apart as was asked, never two at once."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.errors import ExitCode, LeakGuardError, LedgerBroken, ScopeRefused
from leakguard.frozen import Frozen
from leakguard.ports import TimeSource
from leakguard.use_cases.watches.watch_exposures import Round, Watch

LONGEST_SLEEP = 3600.0
"""Seconds: an interval of days is slept in parts."""


class Pace(Frozen):
    """How often, and until when."""

    time: TimeSource
    every: float
    """Seconds from the start of one round to the start of the next."""
    is_once: bool
    is_stopped: Callable[[], bool]
    tell_round: Callable[[Round], None]
    tell_problem: Callable[[LeakGuardError], None]


def watch_rounds(watch: Watch, pace: Pace) -> Round | None:
    """Watch until asked to end, or once; returns the last round, `None` when it could not be done.

    Whoever stops a round stops the watch, and says so by `pace.is_stopped`; what stops a round by itself, such as quiet
    hours, a network that is gone or a process that was killed, only makes it go on in the next one.
    A round that takes longer than the interval is followed by the next one at once, and by no more than one.
    Raises what the first round refuses; later on only what no next round can mend ends the watch.
    """
    watch.begin()
    last: Round | None = None
    is_first = True
    while not pace.is_stopped():
        began = pace.time.monotonic()
        last = _round(watch, pace, is_first=is_first)
        is_first = False
        if pace.is_once:
            break
        _sleep_until(began - (last.age if last else 0.0) + pace.every, pace)
    return last


def _round(watch: Watch, pace: Pace, *, is_first: bool) -> Round | None:
    try:
        found = watch.look()
    except KeyboardInterrupt:
        return None
    except LeakGuardError as error:
        if ends_watch(error, is_first=is_first, is_once=pace.is_once):
            raise
        pace.tell_problem(error)
        return None
    pace.tell_round(found)
    return found


def ends_watch(error: LeakGuardError, *, is_first: bool, is_once: bool) -> bool:
    """Whether what a round refused ends the watch: what no next round can mend, and what the first one refuses."""
    is_refused_at_once = is_first and (is_once or error.exit_code is ExitCode.USAGE)
    return is_refused_at_once or isinstance(error, LedgerBroken | ScopeRefused)


def _sleep_until(due: float, pace: Pace) -> None:
    while not pace.is_stopped() and (left := due - pace.time.monotonic()) > 0:
        pace.time.sleep(min(left, LONGEST_SLEEP))
