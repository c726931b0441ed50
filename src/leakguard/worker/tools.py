"""What a worker needs from the outside; implements `use_cases.fleets.shards.ShardTools`."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property

from leakguard.bundled.compiled_forms import FoldersWithForms, cache_folder
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import compile_library, load_library
from leakguard.engine.kinds_of_data import load_kind_book
from leakguard.models.scope import Limits
from leakguard.parallel.parts import run_here
from leakguard.ports import Prober
from leakguard.probes.loops import loop_factory
from leakguard.probes.naming import user_agent
from leakguard.probes.prober import NetworkProber
from leakguard.probes.resolve import resolve
from leakguard.probes.timeouts import Timeouts
from leakguard.scanning.gate import Gate
from leakguard.sensitivity.book import FOLDER, KindBook
from leakguard.sensitivity.compiled import compile_book
from leakguard.shipped.forms import FOLDER as FORMS
from leakguard.shipped.reader import ShippedReader
from leakguard.shipped.reading import parse_forms
from leakguard.use_cases.scans.scan_assets import Report, Work


class WorkerTools:
    """The door to the network, the checks that ship, and the clock."""

    @cached_property
    def _bundled(self) -> FoldersWithForms:
        return FoldersWithForms(cache=cache_folder(os.environ))

    @cached_property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """Every check that ships."""
        texts = self._bundled.texts("checks")
        return load_library(texts, self._bundled.form("checks", texts, compile_library))

    @cached_property
    def _kinds(self) -> KindBook:
        texts = self._bundled.texts(FOLDER)
        return load_kind_book(texts, self._bundled.form(FOLDER, texts, compile_book))

    def kind_book(self) -> KindBook:
        """The book of kinds of data, read when it is first asked for."""
        return self._kinds

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None) -> Prober:
        """The door to the network, closed to everything that the gate refuses."""
        return NetworkProber(
            gate=lambda endpoint: gate.check_on(self.now().date(), endpoint),
            plain=gate.plain_at(lambda: self.now().date()), limits=limits,
            timeouts=Timeouts() if timeout is None else Timeouts(connect=timeout),
            user_agent=user_agent(gate.scope), token=self.token,
            leave=lambda: gate.may_ask_default_accounts(self.now().date()), new_reader=self._shipped_reader,
        )  # fmt: skip

    def _shipped_reader(self) -> ShippedReader:
        """Without a key of marks, which stands beside a store."""
        return ShippedReader(parse_forms(self._bundled.texts(FORMS)), key=b"")

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name, as seen from here."""
        return resolve(name)

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""
        return secrets.token_hex(length)[:length]

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        """Run the one part of a shard in this process; whether it finished."""
        (work,) = works
        return run_here(work, take, new_loop=loop_factory())
