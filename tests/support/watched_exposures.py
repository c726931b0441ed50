"""A small network that is watched: scripted servers, a store in memory, and everything that a watch would show."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from leakguard.errors import LeakGuardError
from leakguard.models.observations import Ending
from leakguard.models.scope import Scope
from leakguard.models.targets import Endpoint
from leakguard.ports import Progress
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from leakguard.use_cases.watches.watch_exposures import Round, Watch, WatchSettings
from leakguard.use_cases.watches.watch_rounds import Pace
from leakguard.use_cases.watches.watch_settling import SettledChange, SettlingOptions
from support.fake_prober import FakeProber, FakeServer
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, scope_of

TARGETS = ("127.0.0.1:9200", "127.0.0.2:9200")
SCOPE = scope_of("127.0.0.0/24")


@dataclass
class Watching:
    """One store, its network, and what its watches showed."""

    tools: FakeTools = field(default_factory=FakeTools)
    scope: Scope = SCOPE
    shown: list[SettledChange] = field(default_factory=list)
    progress: Callable[[], Progress] = NotedProgress

    def serve(self, **servers: FakeServer | Ending) -> None:
        """Put servers at `127.0.0.<number>:9200`, named `at_<number>`; every other port is closed."""
        self.tools.network = FakeProber(
            servers={f"127.0.0.{name.removeprefix('at_')}:9200": server for name, server in servers.items()}
        )

    def scan(self, *targets: str, vantage: str = "local") -> str:
        """A scan by hand; returns the run."""
        options = ScanOptions(targets=tuple(parse_target(one) for one in targets or TARGETS), vantage=vantage)
        return start_scan(options, self.scope, self.tools, NotedProgress()).run

    def watch(self, *targets: str, **how: Any) -> Watch:  # noqa: ANN401  (see `unbegun`)
        """A watch that has begun."""
        watch = self.unbegun(*targets, **how)
        watch.begin()
        return watch

    def unbegun(
        self, *targets: str, holder: str = "one", opens: bool = False, options: ScanOptions | None = None,
        show: Callable[[Sequence[SettledChange]], None] | None = None,
    ) -> Watch:  # fmt: skip
        """A watch."""
        wished = options or ScanOptions(targets=tuple(parse_target(one) for one in targets or TARGETS))
        settling = SettlingOptions(show=show or self.show, holder=holder, opens_incidents=opens)
        settings = WatchSettings(
            options=wished, scope=lambda: self.scope, progress=self.progress, settling=settling, guard=nullcontext
        )
        return Watch(settings=settings, tools=self.tools)

    def show(self, told: Sequence[SettledChange]) -> None:
        """What a person would see."""
        self.shown.extend(told)

    def kinds(self) -> list[tuple[str, str]]:
        """Kind and target of everything that was shown since the last call."""
        found = [(one.change.kind.value, one.change.target) for one in self.shown]
        self.shown.clear()
        return found

    def recorded(self) -> list[tuple[str, str]]:
        """Kind and target of every change in the ledger, in order."""
        return [
            (str(one.content["change"]), str(one.content["target"]))
            for one in self.tools.store.records
            if one.kind == "exposure_changed" and one.subject.startswith("R-")
        ]


@dataclass
class Paced:
    """A pace that ends after some time, with everything that it told."""

    time: SteppedTime = field(default_factory=lambda: SteppedTime(NOW))
    until: float = 0.0
    rounds: list[Round] = field(default_factory=list)
    problems: list[LeakGuardError] = field(default_factory=list)

    def pace(self, *, every: float = 900.0, is_once: bool = False) -> Pace:
        """To watch at."""
        return Pace(
            time=self.time, every=every, is_once=is_once, is_stopped=lambda: self.time.monotonic() > self.until,
            tell_round=self.rounds.append, tell_problem=self.problems.append,
        )  # fmt: skip


class Killed(BaseException):
    """The process is gone."""


def stop_after(world: Watching, count: int, stop: Callable[[], object]) -> None:
    """Call `stop` once, when so many questions have been asked."""
    left = [count]

    async def pause(_: Endpoint) -> None:
        await asyncio.sleep(0)
        left[0] -= 1
        if left[0] == -1:
            stop()

    world.tools.network.pause = pause


def kill() -> None:
    """End everything at once."""
    raise Killed


def interrupt() -> None:
    """As Ctrl-C does."""
    signal.raise_signal(signal.SIGINT)
