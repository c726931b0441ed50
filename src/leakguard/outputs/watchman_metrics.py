"""The state of a watchman for Prometheus. Ages are told as the moment that they are counted from.

`time() - leakguard_watchman_last_cycle_timestamp_seconds` grows also when the watchman is dead and its file stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.use_cases.alerts.watch_state import WatchState

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

_SINCE = "since this process began"


class WatchmanMetrics(Frozen):
    """The metrics of one state of a watchman; implements `prometheus.Collector`."""

    state: WatchState

    def collect(self) -> Iterator[Metric]:
        """The metrics of the state."""
        return _metrics(self.state)


def _metrics(state: WatchState) -> Iterator[Metric]:
    yield _info(state.version)
    yield _plain("running", "Whether the watchman watches.", state.is_running)
    yield _plain("leader", "Whether this watchman is the one that works; another one stands by.", state.is_leader)
    yield from _alerts(state)
    if state.is_measured:
        yield from _measured(state)
    yield _gauge(
        "channels", "Channels by kind and by what is known of them.",
        [({"kind": kind, "state": name}, count) for (kind, name), count in state.channels.items()],
    )  # fmt: skip
    if state.last_cycle is not None:
        what = "When the last whole cycle ended, in seconds since 1970."
        yield _plain("last_cycle_timestamp_seconds", what, state.last_cycle.timestamp())
    if state.last_heartbeat is not None:
        what = "When the heartbeat was last written, in seconds since 1970."
        yield _plain("heartbeat_timestamp_seconds", what, state.last_heartbeat.timestamp())
    yield _counter(
        "store_failures_total", f"Cycles that the store did not answer, {_SINCE}.", [({}, state.store_failures)]
    )


def _measured(state: WatchState) -> Iterator[Metric]:
    """What is absent until the incidents were evaluated: a 0 would say that nothing is overdue."""
    yield _plain("open_incidents", "Incidents with a deadline to watch.", state.incident_count)
    yield from _deadlines(state)
    what = "Alerts that nobody has acknowledged, by the highest level that got them; 0 where nobody did."
    yield _gauge("unacknowledged_alerts", what, _by_level(state, state.deadlines.unacknowledged, 0))
    yield _plain("ledger_entries", "Entries of the ledger.", state.ledger_entries)
    ahead = "Seconds by which the ledger is ahead of the clock of this machine; above 0 one of the clocks is wrong."
    yield _plain("ledger_ahead_seconds", ahead, state.ahead_seconds)


def _deadlines(state: WatchState) -> Iterator[Metric]:
    tally = state.deadlines
    yield _gauge(
        "deadlines", "Deadlines of open incidents, reports, transfers and sites, by state.",
        [({"state": clock_state.value}, tally.by_state.get(clock_state.value, 0)) for clock_state in State],
    )  # fmt: skip
    yield _plain("overdue_deadlines", "Deadlines that are over while somebody still has to act.", tally.overdue)
    if tally.next_due is not None and state.next_due_in is not None:
        what = "When the next deadline ends, in seconds since 1970."
        yield _plain("next_deadline_timestamp_seconds", what, tally.next_due.timestamp())
        yield _plain("next_deadline_seconds", "Seconds to the next deadline, at the last cycle.", state.next_due_in)


def _alerts(state: WatchState) -> Iterator[Metric]:
    yield _counter(
        "alerts_sent_total",
        f"Alerts that a channel took, by level of the chain, {_SINCE}.",
        _by_level(state, state.sent),
    )
    yield _counter(
        "alerts_failed_total",
        f"Tries that a channel refused, by level of the chain, {_SINCE}.",
        _by_level(state, state.failed),
    )


def _by_level(state: WatchState, counts: Mapping[int, int], *more: int) -> list[tuple[dict[str, str], float]]:
    """A sample for each level, also where nothing was counted: a missing one would look like a broken watchman."""
    return [({"level": str(level)}, counts.get(level, 0)) for level in sorted({*more, *state.levels, *counts})]


def _plain(name: str, what: str, value: float) -> Metric:
    return _gauge(name, what, [({}, value)])


def _info(version: str) -> Metric:
    from prometheus_client.metrics_core import InfoMetricFamily  # noqa: PLC0415  (loaded with the first text)

    return InfoMetricFamily("leakguard_watchman", "The version of LeakGuard.", value={"version": version})


def _gauge(name: str, what: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415  (loaded with the first text)

    return _filled(GaugeMetricFamily, f"leakguard_watchman_{name}", what, samples)


def _counter(name: str, what: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415  (loaded with the first text)

    return _filled(CounterMetricFamily, f"leakguard_watchman_{name.removesuffix('_total')}", what, samples)


def _filled(
    family: type[GaugeMetricFamily | CounterMetricFamily],
    name: str,
    what: str,
    samples: Iterable[tuple[Mapping[str, str], float]],
) -> Metric:
    """All samples of a metric have the same labels."""
    taken = list(samples)
    made = family(name, what, labels=list(taken[0][0]) if taken else [])
    for labels, value in taken:
        made.add_metric(list(labels.values()), value)
    return made
