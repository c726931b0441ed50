"""Events: what happened, when it happened and when we wrote it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen, field


class Interval(Frozen):
    """A time that may be known only roughly; both ends are UTC, equal when it is exact.

    "On 22 May" is the whole local day: `earliest` its first, `latest` its last microsecond.
    """

    earliest: datetime
    latest: datetime
    stated: str = ""
    """As the person wrote it, zone and all."""
    zone: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether both ends are the same instant."""
        return self.earliest == self.latest


def exactly(moment: datetime) -> Interval:
    """An interval for an instant that is known exactly."""
    return Interval(earliest=moment, latest=moment)


class Event(Frozen):
    """One thing that happened; never changed, only corrected by a later event."""

    id: str
    kind: str
    occurred_at: Interval
    recorded_at: datetime
    source: str = ""
    reason: str = ""
    corrects: str | None = None
    """The id of the event that this one supersedes; the old one stays."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What else the kind carries: `obligation`, `stage`, `vantage`, `clock`, `until`, `basis`..."""
    by: str = ""
    """Who recorded it; empty in records of releases that did not ask."""
    by_source: str = ""
    """`typed`, `os`, `program`, `session` or `token`; see `people.BySource`."""
    by_id: str = ""
    """The id of whoever recorded it under this name: `acc_...` of an account, `os:UID`, `program:NAME`."""
    is_word: bool = False
    """It says that it is closed, and no probe had shown that; known only to whoever reads the looks beside it."""

    @property
    def word(self) -> str:
        """`closed by the word of Ada (no probe): trust me`; empty for an event that is no such word."""
        if not self.is_word:
            return ""
        by = self.by or "somebody"
        if not self.reason:
            return f"closed by the word of {by} (no probe)"
        return f"closed by the word of {by} (no probe): {self.reason}"


def in_force(events: Iterable[Event]) -> dict[str, Event]:
    """By the id of each event: what counts in its place now, itself or the last of its corrections."""
    known = tuple(events)
    later = {event.corrects: event.id for event in known if event.corrects}
    found: dict[str, Event] = {}
    for event in reversed(known):
        found[event.id] = found.get(later.get(event.id, ""), event)
    return found
