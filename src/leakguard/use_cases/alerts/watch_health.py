"""Whether somebody watches, and whether alerts reach people: what each page of the console says at its head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Protocol

from leakguard.alerts.dead_channels import KINDS as DELIVERIES
from leakguard.alerts.dead_channels import dead_channels
from leakguard.alerts.readiness import (
    DEAD,
    NOBODY,
    SECRET,
    UNREACHED,
    UNWATCHED,
    UNWRITABLE,
    NotReady,
    settings_problems,
)
from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.models.alerts import WatchSettings
from leakguard.ports import IncidentStore, ScanStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.alerts.watch_check import STALE

SILENCING = frozenset({DEAD, NOBODY, SECRET, UNREACHED, UNWRITABLE})
"""Problems that keep alerts from everybody, or from whoever a channel is for."""
_SHOWN = SILENCING | {UNWATCHED}
"""What a heartbeat tells that anybody who reads a page has to know."""


class HeartbeatState(StrEnum):
    """What the heartbeat tells."""

    ALIVE = "alive"
    SILENT = "silent"
    """The last heartbeat is too old."""
    AHEAD = "ahead"
    """The last heartbeat is of a time that is still to come: a clock was set back."""
    NONE = "none"
    """No watchman ever watched this store."""


class WatchHealth(Frozen):
    """How the watch stands."""

    pulse: HeartbeatState
    at: datetime | None
    """The last heartbeat."""
    holder: str
    ago: timedelta | None
    problems: tuple[NotReady, ...]

    @property
    def is_watching(self) -> bool:
        """Whether somebody watches now."""
        return self.pulse is HeartbeatState.ALIVE

    @property
    def silencing(self) -> tuple[NotReady, ...]:
        """What keeps alerts from people."""
        return tuple(problem for problem in self.problems if problem.kind in SILENCING)


class WatchStore(IncidentStore, ScanStore, Protocol):
    """What the deliveries are read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class Deliveries:
    """The channels that take nothing, read again where the ledger has moved; held by a server."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: Head | None = None
        self._dead: tuple[NotReady, ...] = ()

    def dead(self, store: WatchStore, names: Sequence[str]) -> tuple[NotReady, ...]:
        """The channels that took nothing lately."""
        with self._lock:
            head = store.head()
            if head is not None and (self._seen is None or self._seen.hash != head.hash):
                self._dead = dead_channels(store.of_kinds(DELIVERIES), names) if names else ()
                self._seen = head
            return self._dead


def watch_health(
    heartbeat: Heartbeat | None, settings: WatchSettings, dead: Iterable[NotReady], missing: Mapping[str, str],
    now: datetime,
) -> WatchHealth:  # fmt: skip
    """How the watch stands. Secrets are those of the watchman where its heartbeat tells of them, else `missing`."""
    problems = heartbeat.problems if heartbeat is not None else None
    own = settings_problems(settings, {} if problems is not None else missing)
    found = {
        problem.text: problem for problem in (*own, *dead, *(each for each in problems or () if each.kind in _SHOWN))
    }
    pulse, ago = HeartbeatState.NONE, None
    if heartbeat is not None:
        ago = now - heartbeat.at
        pulse = (
            HeartbeatState.ALIVE
            if abs(ago) <= STALE
            else HeartbeatState.SILENT
            if ago > STALE
            else HeartbeatState.AHEAD
        )
    return WatchHealth(
        pulse=pulse, at=heartbeat.at if heartbeat is not None else None,
        holder=heartbeat.holder if heartbeat is not None else "", ago=ago, problems=tuple(found.values()),
    )  # fmt: skip
