"""Runs scan commands as a user types them, on a scripted network and a real store in the current folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.models.scope import Limits
from leakguard.ports import Prober, TimeSource
from leakguard.ports.clouds import Cloud
from leakguard.scanning.gate import Gate
from leakguard.settings import read_settings
from leakguard.wiring import Wiring
from support.commands import Ran
from support.fake_prober import FakeProber, library
from support.scans import NOW, SCOPE_TEXT


@dataclass(slots=True, kw_only=True)
class World:
    """What the commands meet outside."""

    network: FakeProber = field(default_factory=FakeProber)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    now: datetime = NOW
    time: TimeSource | None = None
    """Who waits, waits by this instead of by `naps`."""
    naps: list[float] = field(default_factory=list)
    """How long each wait was, in seconds."""
    cloud: Cloud | None = None
    """What answers for accounts; a test that asks none has none."""
    is_broken: bool = False
    """Whether asking for the time is a bug."""


@dataclass(slots=True)
class WorldTime:
    """The scripted clock, which moves only for those who wait; implements `ports.TimeSource`."""

    world: World

    def now(self) -> datetime:
        """Scripted time."""
        return self.world.now

    def monotonic(self) -> float:
        """Scripted duration."""
        return self.world.now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Be there at once."""
        self.world.naps.append(seconds)
        self.world.now += timedelta(seconds=seconds)


class ScriptedWiring(Wiring):
    """The real wiring with a scripted network, clock and library."""

    world: World

    @cached_property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """The test library."""
        return library()

    def prober(
        self, gate: Gate, limits: Limits, *, timeout: float | None = None, shared: object = None
    ) -> Prober:  # fmt: skip
        """The scripted network behind the gate, however it is asked for."""
        del limits, timeout, shared
        self.world.network.gate = gate
        return self.world.network

    def resolve(self, name: str) -> tuple[str, ...]:
        """Scripted addresses."""
        return self.world.names.get(name, ())

    def now(self) -> datetime:
        """Scripted time."""
        if self.world.is_broken:
            raise ZeroDivisionError
        return self.world.now.astimezone(UTC)


@dataclass
class ScriptedContext(Context):
    """The real context with scripted wiring."""

    world: World = field(default_factory=World)

    @cached_property
    def wiring(self) -> Wiring:
        """The scripted wiring, with the store that the options name."""
        made = ScriptedWiring(read_settings(store=self.store))
        made.world = self.world
        made.time = self.world.time or WorldTime(self.world)
        if self.world.cloud is not None:
            vars(made)["cloud"] = self.world.cloud
        return made


@dataclass(slots=True, kw_only=True)
class ScanCommands:
    """`leakguard` in a folder of its own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    world: World = field(default_factory=World)

    def __call__(self, *words: str) -> Ran:
        """Run one command; returns its exit code and what it printed."""
        with closed_stores() as context:
            context.world = self.world
            code = run(list(words), context)
        said = self.capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)


@contextmanager
def closed_stores() -> Iterator[ScriptedContext]:
    """A context whose stores are closed behind it."""
    context = ScriptedContext()
    yield context
    for wiring in (value for name, value in vars(context).items() if name == "wiring"):
        for name in ("store", "existing_store"):
            if name in vars(wiring):
                vars(wiring)[name].close()


def scan_commands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, scope: str | None = SCOPE_TEXT
) -> ScanCommands:
    """Go to `folder` and write the scope there, if there is one."""
    for name in ("LEAKGUARD_STORE", "LEAKGUARD_TRACE", "NO_COLOR", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    if scope is not None:
        (folder / "scope.yaml").write_text(scope, encoding="utf-8")
    return ScanCommands(folder=folder, capsys=capsys)
