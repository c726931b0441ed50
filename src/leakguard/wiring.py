"""Wiring: joins ports and adapters, and is the only room that reads the clock and makes randomness.

May import everything but `cli`.
Never holds a rule.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from leakguard.bundled import Bundled
from leakguard.errors import NotAllowed
from leakguard.settings import Settings, read_settings

if TYPE_CHECKING:
    from leakguard.checks.definitions import CheckDefinition
    from leakguard.demolab.lab import DemoLab
    from leakguard.models.scope import Limits
    from leakguard.ports import DocumentMaker, Prober
    from leakguard.scanning.gate import Gate
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.draft_notices import DutyBook


class Wiring:
    """The adapters of one run of the command, each made when it is first asked for."""

    def __init__(self, settings: Settings, *, simulated_now: datetime | None = None) -> None:
        """`simulated_now` stands still for the whole command; only a drill may have it."""
        self.settings = settings
        self._simulated_now = simulated_now

    @classmethod
    def from_environment(cls, *, store: str | None = None, simulated_now: str | None = None) -> Wiring:
        """Read `leakguard.toml` and the environment; raises `NotAllowed` for simulated time outside a drill."""
        settings = read_settings(store=store)
        if simulated_now is None:
            return cls(settings)
        if not settings.drill:
            raise NotAllowed(
                "simulated time is for drills: this folder's records tell the real time",
                next_step="Set `drill = true` in a leakguard.toml of its own folder, or leave --now out.",
            )
        from leakguard.clocks.times import parse_instant  # noqa: PLC0415  (loaded when it is first asked for)

        return cls(settings, simulated_now=parse_instant(simulated_now, zone=settings.zone))

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._simulated_now or datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow, for durations."""
        return time.monotonic()

    def token(self, length: int = 8) -> str:
        """Random lower-case hex, to name a run or a finding."""
        return secrets.token_hex(length)[:length]

    @cached_property
    def bundled(self) -> Bundled:
        """The data folders."""
        return Bundled()

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and migrated."""
        from leakguard.store.sql_store import SqlStore  # noqa: PLC0415  (loaded when it is first asked for)

        return SqlStore.open(self.settings.store, now=self.now, token=self.token)

    @cached_property
    def existing_store(self) -> SqlStore:
        """The store for commands that make no sense without one: opened, never created."""
        from leakguard.store.sql_store import SqlStore  # noqa: PLC0415  (loaded when it is first asked for)

        return SqlStore.open(self.settings.store, now=self.now, token=self.token, create=False)

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a host name; empty when it has none."""
        import asyncio  # noqa: PLC0415  (`--help` must not load it)

        from leakguard.probes.resolve import resolve  # noqa: PLC0415  (loaded when it is first asked for)

        return asyncio.run(resolve(name))

    @cached_property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """Every check that ships."""
        from leakguard.checks.library import load_library  # noqa: PLC0415  (loaded when it is first asked for)

        return load_library({name: self.bundled.text("checks", name) for name in self.bundled.names("checks")})

    def prober(self, gate: Gate, limits: Limits) -> Prober:
        """The door to the network, closed to everything that the gate refuses."""
        from leakguard import __version__  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.probes.prober import NetworkProber  # noqa: PLC0415  (loaded when it is first asked for)

        contact = gate.scope.owner.contact.encode("ascii", "replace").decode()
        agent = "".join(letter for letter in f"leakguard/{__version__} ({contact})" if letter.isprintable())
        return NetworkProber(gate=gate.check, limits=limits, user_agent=agent)

    def demo_lab(self) -> DemoLab:
        """The servers of the demo, not started yet."""
        from leakguard.demolab.lab import DemoLab  # noqa: PLC0415  (loaded when it is first asked for)

        return DemoLab()

    def duties(self) -> DutyBook:
        """Every notification duty that ships, with the words that they share."""
        from leakguard.use_cases.draft_notices import load_duties  # noqa: PLC0415  (loaded when it is first asked for)

        return load_duties(self.bundled)

    def document_maker(self, format_name: str) -> DocumentMaker:
        """The maker of one document format: `txt`, `html`, `pdf` or `md`."""
        from leakguard.documents.makers import document_maker  # noqa: PLC0415  (loaded when it is first asked for)

        return document_maker(format_name, self.bundled)
