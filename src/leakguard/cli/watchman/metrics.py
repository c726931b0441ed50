"""`watchman run --metrics`: how the watch stands, for Prometheus, in a file or on a port of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from leakguard import __version__
from leakguard.cli.options import Context
from leakguard.cli.scan.metrics import Shelf, shelf_at
from leakguard.errors import FileLost, StoreUnusable, UsageProblem
from leakguard.frozen import replace
from leakguard.outputs.watchman_metrics import WatchmanMetrics
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.watch_state import WatchCounts, WatchState
from leakguard.use_cases.alerts.watchman import Watchman
from leakguard.use_cases.proofs.clock_doubts import DoubtStore, clock_doubt


@dataclass(slots=True, kw_only=True)
class WatchMetrics:
    """Keeps the text up to date; a place that fails does not end the watch, and `failure` says so at the end."""

    shelf: Shelf
    counts: WatchCounts
    store: DoubtStore
    state: WatchState
    failure: str = ""

    def cycled(self, cycle: Cycle) -> None:
        """A cycle ended; of one that stands by there is nothing to count."""
        measured = self.state.is_measured and cycle.is_leader
        self.state = replace(self.state, is_leader=cycle.is_leader, last_cycle=cycle.at, is_measured=measured)
        if cycle.is_leader:
            self.counts.take(cycle.tries)
            self._measured(cycle)
        self.put()

    def beaten(self, cycle: Cycle) -> None:
        """The heartbeat was written."""
        self.state = replace(self.state, last_heartbeat=cycle.at)
        self.put()

    def failed(self) -> None:
        """The store did not answer."""
        self.counts.store_failures += 1
        self.state = replace(self.state, store_failures=self.counts.store_failures)
        self.put()

    def ended(self) -> None:
        """A file that says "running" would do so for ever."""
        self.state = replace(self.state, is_running=False, is_leader=False)
        self.put()

    def put(self) -> None:
        """Replace the text."""
        try:
            self.shelf.put(WatchmanMetrics(state=self.state))
        except (FileLost, UsageProblem) as error:
            self.failure = error.message

    def _measured(self, cycle: Cycle) -> None:
        """A store that does not answer for the metrics is counted, and stops no watch."""
        try:
            self._measure(cycle)
        except StoreUnusable:
            self.failed()

    def _measure(self, cycle: Cycle) -> None:
        due, doubt, head = cycle.deadlines.next_due, clock_doubt(self.store, cycle.at), self.store.head()
        self.state = replace(
            self.state, is_measured=True, incident_count=cycle.incident_count, deadlines=cycle.deadlines,
            levels=self.counts.levels,
            next_due_in=(due - cycle.at).total_seconds() if due is not None else None,
            sent=dict(self.counts.sent), failed=dict(self.counts.failed), channels=self.counts.channels(),
            ledger_entries=head.sequence if head is not None else 0,
            ahead_seconds=doubt.ahead.total_seconds() if doubt is not None else 0.0,
        )  # fmt: skip


@contextmanager
def watch_metrics_at(
    place: str | None, context: Context, watchman: Watchman, store: DoubtStore, unset: frozenset[str]
) -> Iterator[WatchMetrics | None]:
    """The metrics at a place as `scan --metrics` takes it, or nothing; raises `UsageProblem` before the watch."""
    if place is None:
        yield None
        return
    counts = WatchCounts(settings=watchman.settings, unset=unset)
    state = WatchState(version=__version__, levels=counts.levels, channels=counts.channels())
    with shelf_at(place) as shelf:
        metrics = WatchMetrics(shelf=shelf, counts=counts, store=store, state=state)
        shelf.put(WatchmanMetrics(state=state))
        context.notes.print(f"Metrics: {shelf.where}")
        try:
            yield metrics
        finally:
            metrics.ended()
    if metrics.failure:
        context.notes.print(f"The metrics are not up to date: {metrics.failure}")
