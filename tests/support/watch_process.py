"""A watchman as a process of its own, in time that runs a thousand times as fast; made to be killed.

It is started with the store, the file that its channel writes into, the speed, the real moment at which the simulated
day began, so that one process takes the day up where the one before it died, and a pipe on which it says that it works.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from leakguard.models.alerts import AlertMessage, ChannelSettings, WatchSettings
from leakguard.ports import Now
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.time_sources import ScaledTime
from leakguard.use_cases.alerts.watchman import Watchman
from leakguard.use_cases.alerts.watchman_loop import Loop, run
from support.killed_days import RULES
from support.watching import NOON, escalation


class RealTime:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  (a process of its own with a real clock is the point)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class AppendingChannel:
    """Each message is a line of a file, written in one piece, as a mail server takes a mail."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def send(self, message: AlertMessage) -> None:
        line = json.dumps({"channel": self.name, "id": message.id}) + "\n"
        with self._path.open("ab", buffering=0) as file:
            file.write(line.encode())


def simulated(began: float, speed: float) -> ScaledTime:
    """The day's time, which goes on while no process lives."""
    start = NOON + timedelta(seconds=(time.time() - began) * speed)  # noqa: TID251  (as above)
    return ScaledTime(RealTime(), start=start, speed=speed)


def token(length: int = 8) -> str:
    return os.urandom(length).hex()[:length]


def watchman_of(store: SqlStore, sink: Path, *, now: Now, holder: str) -> Watchman:
    """A watchman of the day's clocks who tells two roles, each by lines in the same file."""
    names = ("commander", "deputy")
    channels = tuple(ChannelSettings(name=name, kind="file") for name in names)
    return Watchman(
        store=store,
        rules=lambda _incident, _records: RULES,
        steps=lambda _incident, _records: {},
        channels={name: AppendingChannel(name, sink) for name in names},
        settings=WatchSettings(channels=channels, escalation=escalation(("commander", 0), ("deputy", 10))),
        holder=holder,
        now=now,
    )


def main(place: str, sink: Path, speed: float, began: float, at_work: Connection) -> None:
    """Watch until killed."""
    day = simulated(began, speed)
    store = SqlStore.open(place, now=day.now, token=token)
    watchman = watchman_of(store, sink, now=day.now, holder=f"{os.getpid()}-{token()}")
    at_work.send("at work")
    run(
        watchman,
        Loop(
            time=day,
            is_stopped=lambda: False,
            beat=lambda _cycle: None,
            tell=lambda _cycle: None,
            tell_problem=lambda _error: None,
        ),
    )
