"""The state of a scan for Prometheus, in its text exposition format 0.0.4.

Written by hand: the format is three kinds of lines, and the usual library brings a registry of the whole process and a
web server with threads. No label holds a name or an address of a host: who may read metrics may not read findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leakguard.frozen import Frozen
from leakguard.models.findings import Outcome, Severity
from leakguard.models.scan_state import STANDINGS, ScanState
from leakguard.outputs.words import UNSETTLED

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LAST_SUCCESS = "leakguard_scan_last_success_timestamp_seconds"
_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})
_HALF_CHARACTERS = "backslashreplace"
"""A half of a character cannot be written in UTF-8."""


class Metric(Frozen):
    """One metric and its samples."""

    name: str
    kind: str
    """`counter` or `gauge`."""
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]
    """Labels and value of each."""


class Watched(Frozen):
    """A state and what the engine does not know of."""

    state: ScanState
    scope: str
    version: str
    is_running: bool
    last_success: float | None = None
    """When a run last finished with every endpoint checked, in seconds since 1970; of the runs before too."""


def metrics_text(watched: Watched) -> str:
    """All metrics, each with its help and its type, each line ended."""
    return "".join(f"{line}\n" for metric in _metrics(watched) for line in _lines(metric))


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


def _metrics(watched: Watched) -> Iterator[Metric]:
    state = watched.state
    yield _gauge(
        "info", "The run, its scope and the version of LeakGuard.", 1,
        {"run": state.run, "scope": watched.scope, "version": watched.version},
    )  # fmt: skip
    yield _gauge("running", "Whether the run goes on.", float(watched.is_running))
    yield _gauge("endpoints_planned", "Endpoints of the plan.", state.planned)
    yield _counters("endpoints_total", "Endpoints that are done, by standing.", "standing", STANDINGS, state.counts)
    yield _counters(
        "protected_unsettled_total", "Protected endpoints that may be open all the same, by reason code.", "reason",
        UNSETTLED, state.unsettled,
    )  # fmt: skip
    yield _counters("findings_total", "Findings of this run, by outcome.", "outcome", Outcome, state.outcomes)
    yield _counters(
        "open_findings_total", "Findings that are exposed or partially exposed, by severity.", "severity", Severity,
        state.by_severity,
    )  # fmt: skip
    if state.connections is not None:
        yield _metric("connections_total", "counter", "Connections opened.", [({}, state.connections)])
    yield _gauge("endpoints_in_flight", "Endpoints that are being looked at.", state.in_flight)
    yield _gauge("endpoints_waiting", "Endpoints that listen and wait for their verdict.", state.waiting)
    yield _gauge("endpoints_per_second", "Endpoints done a second, lately.", state.rate_per_second)
    yield _gauge("elapsed_seconds", "Seconds since the run was started or resumed.", state.elapsed_seconds)
    if state.seconds_left is not None:
        yield _gauge("remaining_seconds", "Seconds that the rest takes at this rate.", state.seconds_left)
    if watched.last_success is not None:
        what = "When a run last finished with every endpoint checked, in seconds since 1970."
        yield _gauge("last_success_timestamp_seconds", what, watched.last_success)


def _gauge(name: str, what: str, value: float, labels: Mapping[str, str] | None = None) -> Metric:
    return _metric(name, "gauge", what, [(labels or {}, value)])


def _counters(name: str, what: str, label: str, values: Iterable[str], counts: Mapping[str, int]) -> Metric:
    """A sample for each value, also where nothing was counted: a missing one would look like a broken scan."""
    known = [str(value) for value in values]
    return _metric(name, "counter", what, [({label: value}, counts.get(value, 0)) for value in known])


def _metric(name: str, kind: str, what: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    return Metric(name=f"leakguard_scan_{name}", kind=kind, help=what, samples=tuple(samples))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for labels, value in metric.samples:
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{metric.name}{{{shown}}} {value:.15g}" if shown else f"{metric.name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.encode("utf-8", _HALF_CHARACTERS).decode("utf-8").translate(_ESCAPED)
