"""Wiring: joins ports and adapters, and is the only package that reads the clock and makes randomness.

May import everything but `cli`.
Never holds a rule.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError, NotAllowed, NotFound
from leakguard.logs import log
from leakguard.ports import TimeSource
from leakguard.settings import Settings, head_files, read_settings
from leakguard.use_cases.alerts.time_sources import ScaledTime, SteppedTime
from leakguard.wiring.accounts import AccountWiring
from leakguard.wiring.alerts import AlertWiring
from leakguard.wiring.clusters import ClusterWiring
from leakguard.wiring.fleet import FleetWiring
from leakguard.wiring.intake import IntakeWiring
from leakguard.wiring.laws import LawWiring
from leakguard.wiring.ledger import LedgerWiring
from leakguard.wiring.letters import LetterWiring
from leakguard.wiring.machine import SystemTime, host_name, os_user
from leakguard.wiring.own_files import refuse_own_files
from leakguard.wiring.probing import ProbeWiring
from leakguard.wiring.rosters import RosterWiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from leakguard.bundled.compiled_forms import FoldersWithForms
    from leakguard.checks.definitions import CheckDefinition
    from leakguard.clocks.public_days import CachedDays
    from leakguard.demolab.lab import DemoLab
    from leakguard.documents.report_makers import PaperMaker
    from leakguard.notices.book import DutyBook
    from leakguard.notices.country_names import Names
    from leakguard.notices.duty_rows import Rows
    from leakguard.owners.cloud_checks.definitions import CloudCheck
    from leakguard.ports import DocumentMaker, SheetMaker
    from leakguard.sensitivity.book import KindBook
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.letters.rate_severity import Methods


_READ = ("bundled", "checks", "_kind_book", "cloud_checks")
"""What holds texts of the data folders, or values made of them."""


class Wiring(
    ProbeWiring,
    FleetWiring,
    LedgerWiring,
    ClusterWiring,
    LetterWiring,
    AlertWiring,
    RosterWiring,
    LawWiring,
    AccountWiring,
    IntakeWiring,
):
    """The adapters of one run of the command, each made when it is first asked for."""

    def __init__(self, settings: Settings, *, simulated_now: datetime | None = None) -> None:
        """`simulated_now` stands still for the whole command; only a drill may have it."""
        self.settings = settings
        self._recorder = os_user()
        self._simulated_now = simulated_now
        self.system_time = SystemTime()
        self.time: TimeSource = self.system_time if simulated_now is None else SteppedTime(simulated_now)
        self.on_open: Callable[[SqlStore], None] = lambda _: None
        """Called with the store once it is open."""

    @classmethod
    def from_environment(
        cls, *, store: str | None = None, simulated_now: str | None = None, laws: str | None = None
    ) -> Wiring:
        """Read `leakguard.toml` and the environment; raises `NotAllowed` for simulated time outside a drill."""
        settings = read_settings(store=store, laws=laws)
        refuse_own_files(settings)
        if simulated_now is None:
            return cls(settings).with_environment()
        if not settings.drill:
            raise NotAllowed(
                "simulated time is for drills: this folder's records tell the real time",
                next_step="Set `drill = true` in a leakguard.toml of its own folder, or leave --now out.",
            )
        from leakguard.clocks.times import parse_instant  # noqa: PLC0415  (loaded when it is first asked for)

        wiring = cls(settings, simulated_now=parse_instant(simulated_now, zone=settings.zone))
        return wiring.with_environment()

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.time.now()

    def run_at(self, speed: float) -> None:
        """Let the time run `speed` times as fast, from the simulated moment or from now; only a drill may do that."""
        if not self.settings.drill:
            raise NotAllowed(
                "faster time is for drills: this folder's records tell the real time",
                next_step="Set `drill = true` in a leakguard.toml of its own folder, or leave --speed out.",
            )
        self.time = ScaledTime(self.system_time, start=self.now(), speed=speed)

    def monotonic(self) -> float:
        """Seconds that only ever grow, for durations."""
        return time.monotonic()

    @cached_property
    def bundled(self) -> FoldersWithForms:
        """The data folders, with the organisation's own duties and templates among them."""
        from leakguard.bundled.compiled_forms import FoldersWithForms, cache_folder  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.clocks import public_days  # noqa: PLC0415  (as above)
        from leakguard.notices import country_names  # noqa: PLC0415  (as above)

        templates = self._own_folder("templates", self.settings.templates)
        public_days.CACHE.rest_on(self._kept_days)
        country_names.CACHE.rest_on(self._kept_names)
        return FoldersWithForms(cache=cache_folder(os.environ), own_duties=self.own_duties, own_templates=templates)

    def _kept_names(self) -> Names | None:
        """The names of countries; babel is asked where they cannot be kept."""
        from leakguard.notices.country_names import kept_names  # noqa: PLC0415  (loaded when it is first asked for)

        try:
            return kept_names(self.duty_rows().vocabulary.countries, self.bundled.kept_form)
        except LeakGuardError:
            return None  # as below

    def _kept_days(self) -> CachedDays | None:
        """The public holidays that the clocks of the duties need; the library is asked where they cannot be kept."""
        from leakguard.notices.calendar_days import kept_days  # noqa: PLC0415  (loaded when it is first asked for)

        try:
            return kept_days(self.duty_rows().rows, self.bundled.kept_form)
        except LeakGuardError:
            return None  # whoever needs the duties names what is wrong with them

    @cached_property
    def own_duties(self) -> Path | None:
        """The folder of the organisation's own duties; raises `NotFound` when the settings name none that exists."""
        return self._own_folder("duties", self.settings.duties)

    def _own_folder(self, setting: str, name: str) -> Path | None:
        """The folder that a setting names; raises `NotFound` when there is none."""
        if not name:
            return None
        folder = Path(name)
        if not folder.is_dir():
            raise NotFound(
                f"leakguard.toml names the {setting} folder `{folder}`, and there is none",
                next_step=f"Make the folder, or take `{setting}` out of leakguard.toml.",
            )
        return folder

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and migrated."""
        return self._open(create=True)

    @cached_property
    def existing_store(self) -> SqlStore:
        """The store for commands that make no sense without one: opened, never created."""
        return self._open(create=False)

    def _open(self, *, create: bool) -> SqlStore:
        from leakguard.store.sql_store import SqlStore  # noqa: PLC0415  (loaded when it is first asked for)

        store = SqlStore.open(
            self.settings.store, now=self.now, token=self.token, create=create, heads=head_files(self.settings),
            signer=self.head_signer, access=self.access, recorder=self._recorder,
        )  # fmt: skip
        self.identify(store)
        log.debug("store_opened", database="postgresql" if "://" in self.settings.store else "sqlite")
        self.on_open(store)
        return store

    def need_store(self) -> None:
        """Make no store anew: for commands that go on with what one holds. Raises `StoreUnusable` without one."""
        vars(self)["store"] = self.existing_store

    def close(self) -> None:
        """Close the store, if there is one, so that its file is in order before the process ends.

        What was read of the data folders goes at once: the garbage collector counts objects, not their megabytes.
        """
        for name in ("store", "existing_store"):
            if name in vars(self):
                vars(self)[name].close()
        for name in _READ:
            vars(self).pop(name, None)

    @property
    def store_if_any(self) -> SqlStore | None:
        """The store where there is one: a file that exists, or a server that the settings name."""
        place = self.settings.store
        return self.existing_store if "://" in place or Path(place).exists() else None

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a host name; empty when it has none."""
        from leakguard.probes.resolve import resolve  # noqa: PLC0415  (loaded when it is first asked for)

        return resolve(name)

    @cached_property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """Every check that ships."""
        from leakguard.checks.library import compile_library, load_library  # noqa: PLC0415  (loaded when it is first asked for)

        texts = self.bundled.texts("checks")
        return load_library(texts, self.bundled.form("checks", texts, compile_library))

    def kind_book(self) -> KindBook:
        """Kinds of data, by names and by standards; read once."""
        return self._kind_book

    @cached_property
    def _kind_book(self) -> KindBook:
        from leakguard.engine.kinds_of_data import load_kind_book  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.sensitivity.book import FOLDER  # noqa: PLC0415  (as above)
        from leakguard.sensitivity.compiled import compile_book  # noqa: PLC0415  (as above)

        texts = self.bundled.texts(FOLDER)
        return load_kind_book(texts, self.bundled.form(FOLDER, texts, compile_book))

    @cached_property
    def cloud_checks(self) -> tuple[CloudCheck, ...]:
        """Every check of the owner's side that ships."""
        from leakguard.owners.cloud_checks.definitions import load_cloud_checks  # noqa: PLC0415  (loaded when it is first asked for)

        return load_cloud_checks(self.bundled.texts("cloud_checks"))

    def work(self, vantage: str, *, concurrency: int, tell: Callable[[str], None]) -> int:
        """Be a worker of the fleet until the process is asked to end; returns the exit code."""
        from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.fleets.serve_fleet import FleetWorker  # noqa: PLC0415  (as above)

        name = f"{host_name()}-{os.getpid()}"

        def tell_plainly(line: str) -> None:
            tell(printable(line, longest=600))

        worker = FleetWorker(
            vantage=vantage, name=name, seal=self.seal, tools=self, lease=timedelta(seconds=self.fleet.lease_seconds),
            tell=tell_plainly, slots=concurrency, claim=self.front.claim, at_hand=self.front.at_hand,
        )  # fmt: skip
        return self.front.work(
            worker, vantage=vantage, name=name, concurrency=concurrency, tell=tell_plainly, escape=printable
        )

    def demo_lab(self) -> DemoLab:
        """The servers of the demo, not started yet."""
        from leakguard.demolab.lab import DemoLab  # noqa: PLC0415  (loaded when it is first asked for)

        return DemoLab()

    def duties(self) -> DutyBook:
        """Every notification duty that ships, with the words that they share."""
        from leakguard.notices.book import load_duties  # noqa: PLC0415  (loaded when it is first asked for)

        return load_duties(self.bundled)

    def duty_rows(self) -> Rows:
        """A row for each duty, for what asks which of them are near."""
        from leakguard.notices.duty_files import load_rows  # noqa: PLC0415  (loaded when it is first asked for)

        return load_rows(self.bundled)

    def severity_methods(self) -> Methods:
        """Every method of severity that ships, with the words of facts; no duty is read."""
        from leakguard.notices.book import load_vocabulary  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.use_cases.letters.rate_severity import load_methods  # noqa: PLC0415  (as above)

        return load_methods(self.bundled, load_vocabulary(self.bundled))

    def document_maker(self, format_name: str) -> DocumentMaker:
        """The maker of one document format: `txt`, `html`, `pdf` or `md`."""
        from leakguard.documents.makers import document_maker  # noqa: PLC0415  (loaded when it is first asked for)

        return document_maker(format_name, self.bundled)

    def sheet_maker(self, format_name: str) -> SheetMaker:
        """The maker of one format of tables: `csv` or `xlsx`."""
        from leakguard.documents.sheet_makers import sheet_maker  # noqa: PLC0415  (loaded when it is first asked for)

        return sheet_maker(format_name)

    def report_maker(self, format_name: str) -> PaperMaker:
        """The maker of one format of reports: `html` or `pdf`."""
        from leakguard.documents.report_makers import report_maker  # noqa: PLC0415  (loaded when it is first asked for)

        return report_maker(format_name, self.bundled)
