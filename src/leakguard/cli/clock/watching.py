"""The loop of the live view: what it knows, when it looks again, and how it says that it could not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live
from rich.text import Text

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import exit_code
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.times import rfc3339
from leakguard.errors import ExitCode, StoreUnusable
from leakguard.outputs.clock_screen import Scene, frame
from leakguard.use_cases.alerts.watched_clocks import ClocksView, WatchedIncident, view_at

RESYNC = 5.0
"""Seconds after which the store is read again: somebody else may have recorded something."""
REFRESH = 1.0
"""Seconds of a countdown."""


@dataclass
class Watcher:
    """Reads now and then, and can draw at any moment. The first read may raise, later ones only make it stale."""

    read: Callable[[datetime], WatchedIncident]
    """Reads the incident, with what is remarked on its clocks at that moment."""
    wall: Callable[[], datetime]
    monotonic: Callable[[], float]
    viewer: ZoneInfo
    simulated: tuple[datetime, float] | None = None
    """Where simulated time begins, and how fast it runs."""
    is_drill: bool = False
    stale: str = ""

    def __post_init__(self) -> None:
        self._calendars = Calendars()
        self._began: float | None = None
        self._read_at = self.monotonic()
        self._read_wall = self.wall()
        self.watched = self.read(self.simulated[0] if self.simulated is not None else self._read_wall)

    def now(self) -> datetime:
        """The real time, or the simulated one."""
        if self.simulated is None:
            return self.wall()
        start, speed = self.simulated
        # The first picture shows the very moment that was asked for, however long the reading took.
        moment = self.monotonic()
        if self._began is None:
            self._began = moment
        return start + timedelta(seconds=(moment - self._began) * speed)

    def resync(self) -> None:
        """Read again when it is time; keep the last picture when the store cannot be read, and say so."""
        if self.monotonic() - self._read_at < RESYNC:
            return
        self._read_at = self.monotonic()
        try:
            self.watched = self.read(self.now())
        except StoreUnusable as error:
            self.stale = f"{rfc3339(self._read_wall.replace(microsecond=0))}: {error.message.splitlines()[0]}"
        else:
            self._read_wall, self.stale = self.wall(), ""

    def look(self) -> tuple[ClocksView, Scene]:
        """How everything stands now."""
        now = self.now()
        known_at = EVERYTHING if self.simulated is None else None
        view = view_at(self.watched, self._calendars, now, known_at=known_at)
        marks = ["DRILL"] if self.is_drill else []
        if self.simulated is not None:
            marks.append(f"SIMULATED TIME x{self.simulated[1]:g}")
        scene = Scene(
            watched=self.watched, view=view, now=now, viewer=self.viewer, marks=tuple(marks), stale=self.stale
        )
        return view, scene

    def pause(self, view: ClocksView) -> float:
        """Real seconds until the next picture: one, or less when something changes before."""
        if view.next_change is None:
            return REFRESH
        speed = self.simulated[1] if self.simulated is not None else 1.0
        until = (view.next_change - self.now()).total_seconds() / speed
        return min(REFRESH, max(0.05, until))


def play(console: Console, watcher: Watcher, *, once: bool, sleep: Callable[[float], None] = time.sleep) -> ExitCode:
    """Show pictures until somebody presses Ctrl-C; one alone with `once`, or where none can be drawn over another."""
    if once or not console.is_terminal or console.is_dumb_terminal:
        view, scene = watcher.look()
        console.print(_picture(scene, console))
        return exit_code(view.statuses)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        try:
            while True:
                watcher.resync()
                view, scene = watcher.look()
                live.update(_picture(scene, console), refresh=True)
                sleep(watcher.pause(view))
        except KeyboardInterrupt:
            pass
    return exit_code(watcher.look()[0].statuses)


def _picture(scene: Scene, console: Console) -> Text:
    return frame(scene, width=console.width, height=console.height)
