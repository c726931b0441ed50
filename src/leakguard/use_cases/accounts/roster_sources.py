"""Where the calendar of who is on call comes from: a file, or a web address that is asked once in a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from leakguard.errors import CalendarUnread, LeakGuardError
from leakguard.files.opening import read_text
from leakguard.use_cases.accounts.rosters import ReadCalendar

MOST_BYTES = 1024 * 1024
EVERY = timedelta(minutes=5)
"""How often a web address is asked."""


def file_source(path: str) -> ReadCalendar:
    """The text of a file, as it is now."""
    return lambda: read_text(path, most=MOST_BYTES)


def web_source(fetch: ReadCalendar, now: Callable[[], datetime]) -> ReadCalendar:
    """The text of a web address; what it answered, be it a failure, holds for a while."""
    kept: list[tuple[datetime, str | LeakGuardError]] = []

    def read() -> str:
        if not kept or not timedelta(0) <= now() - kept[0][0] < EVERY:
            kept[:] = [(now(), _tried(fetch))]
        answer = kept[0][1]
        if isinstance(answer, LeakGuardError):
            raise answer
        return answer

    return read


def unset_source(variable: str) -> ReadCalendar:
    """Where the address stands in an environment variable that is not set."""

    def read() -> str:
        raise CalendarUnread(
            f"the calendar of who is on call cannot be read: the environment variable {variable} is not set",
            next_step=f"Set {variable} where LeakGuard runs.",
        )

    return read


def _tried(fetch: ReadCalendar) -> str | LeakGuardError:
    try:
        return fetch()
    except LeakGuardError as error:
        return error
