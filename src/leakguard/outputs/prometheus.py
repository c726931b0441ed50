"""Metrics for Prometheus, those of a scan among them: the text format 0.0.4, or OpenMetrics 1.0 where it is asked for.

`prometheus-client` writes both, from a registry of our own, so nothing of the process stands in them. It is loaded with
the first text. No label holds a name or an address of a host: who may read metrics may not read findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from leakguard.frozen import Frozen
from leakguard.models.findings import Outcome, Severity
from leakguard.models.scan_state import STANDINGS, ScanState
from leakguard.outputs.words import UNSETTLED

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPEN_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PREFIX = "leakguard_scan_"
LAST_SUCCESS = f"{PREFIX}last_success_timestamp_seconds"


class Collector(Protocol):
    """What is asked for its metrics each time that somebody reads them."""

    def collect(self) -> Iterator[Metric]:
        """The metrics as they stand."""


class MetricsInput(Frozen):
    """A state and what the engine does not know of."""

    state: ScanState
    scope: str
    version: str
    is_running: bool
    last_success: float | None = None
    """When a run last finished with every endpoint checked, in seconds since 1970; of the runs before too."""

    def collect(self) -> Iterator[Metric]:
        """The metrics of the state."""
        state = self.state
        yield _info(self)
        yield _gauge("running", "Whether the run goes on.", float(self.is_running))
        yield _gauge("endpoints_planned", "Endpoints of the plan.", state.planned)
        yield _counters("endpoints", "Endpoints that are done, by standing.", "standing", STANDINGS, state.counts)
        yield _counters(
            "protected_unsettled", "Protected endpoints that may be open nevertheless, by reason code.", "reason",
            UNSETTLED, state.unsettled,
        )  # fmt: skip
        yield _counters("findings", "Findings of this run, by outcome.", "outcome", Outcome, state.outcomes)
        yield _counters(
            "open_findings", "Findings that are exposed or partially exposed, by severity.", "severity", Severity,
            state.by_severity,
        )  # fmt: skip
        if state.connections is not None:
            yield _counter("connections", "Connections opened.", state.connections)
        yield _gauge("endpoints_in_flight", "Endpoints that are being looked at.", state.in_flight)
        yield _gauge("endpoints_waiting", "Endpoints that listen and wait for their verdict.", state.waiting)
        yield _gauge("endpoints_per_second", "Endpoints done a second, lately.", state.rate_per_second)
        yield _gauge("elapsed_seconds", "Seconds since the run was started or resumed.", state.elapsed_seconds)
        if state.seconds_left is not None:
            yield _gauge("remaining_seconds", "Seconds that the rest takes at this rate.", state.seconds_left)
        if self.last_success is not None:
            what = "When a run last finished with every endpoint checked, in seconds since 1970."
            yield _gauge("last_success_timestamp_seconds", what, self.last_success)


def metrics_text(collector: Collector) -> str:
    """All metrics in the text format, which node_exporter reads from a file."""
    from prometheus_client import generate_latest  # noqa: PLC0415  (loaded with the first text)

    return _written(generate_latest, collector)


def open_metrics_text(collector: Collector) -> str:
    """All metrics as OpenMetrics."""
    from prometheus_client.openmetrics.exposition import generate_latest  # noqa: PLC0415  (loaded with the first text)

    return _written(generate_latest, collector)


def _written(write: Callable[[CollectorRegistry], bytes], collector: Collector) -> str:
    from prometheus_client import CollectorRegistry  # noqa: PLC0415  (loaded with the first text)

    registry = CollectorRegistry()
    registry.register(_ByIdentity(collector))
    return write(registry).decode("utf-8")


class _ByIdentity:
    """A registry keeps its collectors in a dictionary, and states are no keys of one."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def collect(self) -> Iterator[Metric]:
        return self._collector.collect()


def page_for(accept: str, collector: Collector) -> tuple[str, str]:
    """The type and the text of the page, by what a reader says that it accepts."""
    wanted = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    if "application/openmetrics-text" in wanted:
        return OPEN_CONTENT_TYPE, open_metrics_text(collector)
    return CONTENT_TYPE, metrics_text(collector)


def last_success_in(text: str) -> float | None:
    """When a run last succeeded, as an earlier text says; a run that fails must not forget it."""
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name == LAST_SUCCESS:
            try:
                return float(value)
            except ValueError:
                return None
    return None


def _info(watched: MetricsInput) -> Metric:
    from prometheus_client.metrics_core import InfoMetricFamily  # noqa: PLC0415  (loaded with the first text)

    labels = {"run": watched.state.run, "scope": watched.scope, "version": watched.version}
    whole = {name: _whole(text) for name, text in labels.items()}
    return InfoMetricFamily(PREFIX.removesuffix("_"), "The run, its scope and the version of LeakGuard.", value=whole)


def _gauge(name: str, what: str, value: float) -> Metric:
    from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415  (loaded with the first text)

    return GaugeMetricFamily(f"{PREFIX}{name}", what, value=value)


def _counter(name: str, what: str, value: float) -> Metric:
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415  (loaded with the first text)

    return CounterMetricFamily(f"{PREFIX}{name}", what, value=value)


def _counters(name: str, what: str, label: str, values: Iterable[str], counts: Mapping[str, int]) -> Metric:
    """A sample for each value, also where nothing was counted: a missing one would look like a broken scan."""
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415  (loaded with the first text)

    family = CounterMetricFamily(f"{PREFIX}{name}", what, labels=[label])
    for value in map(str, values):
        family.add_metric([value], counts.get(value, 0))
    return family


def _whole(text: str) -> str:
    """The text with an escape for half a character, which cannot be written in UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
