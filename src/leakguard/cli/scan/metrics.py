"""`--metrics`: the state of a scan for Prometheus, in a file or on a port of this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from leakguard import __version__
from leakguard.cli.writing import replace_file
from leakguard.errors import BadFile, FileLost, UsageProblem
from leakguard.files.opening import read_text
from leakguard.frozen import Frozen
from leakguard.models.file_modes import Output
from leakguard.models.findings import Finding
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.outputs.prometheus import Collector, MetricsInput, last_success_in, metrics_text

if TYPE_CHECKING:
    from leakguard.cli.options import Context


EVERY_SECONDS = 5.0
"""How often the text is made anew; monitors look every 15 to 60 seconds."""
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]*\]|[^/\[\]:]*):(\d{1,5})", re.ASCII)
_MAX_PORT = 65535


class Shelf(Protocol):
    """Where the metrics are put."""

    @property
    def where(self) -> str:
        """For a person."""

    def before(self) -> str:
        """What stands there from an earlier run, if anything."""

    def put(self, collector: Collector) -> None:
        """Replace what stood there; raises `UsageProblem`."""


class FileShelf(Frozen):
    """A file for the textfile collector of node_exporter, which reads `*.prom`; it never sees half of it."""

    where: str
    """The path."""

    def put(self, collector: Collector) -> None:
        """Replace the file in one step."""
        replace_file(self.where, metrics_text(collector), Output.METRICS)

    def before(self) -> str:
        """What stands there from an earlier run, if anything."""
        with suppress(BadFile):
            return read_text(self.where)
        return ""


@dataclass(slots=True, kw_only=True)
class Metrics:
    """Keeps the text on its shelf up to date; implements `ports.Progress`.

    Once a scan runs, a shelf that fails does not stop it: `failure` says so at the end.
    """

    shelf: Shelf
    scope: str
    now: Callable[[], float]
    """Seconds since 1970."""
    last_success: float | None = None
    failure: str = ""
    _state: ScanState = field(default_factory=lambda: ScanState(planned=0, done=0))
    _due: float = 0.0

    def started(self, total: int) -> None:
        """Say how much there is to do."""
        self._state = ScanState(planned=total, done=0)
        self._put(is_running=True)

    def bound(self, limit: BindingLimit) -> None:
        """Nothing: every state has it."""

    def found(self, finding: Finding) -> None:
        """Nothing: the next state counts it."""

    def moved(self, state: ScanState) -> None:
        """Keep the state, and put it on the shelf when that is due."""
        self._state = state
        if state.elapsed_seconds >= self._due:
            self._due = state.elapsed_seconds + EVERY_SECONDS
            self._put(is_running=True)

    def finished(self) -> None:
        """Put the last state on the shelf."""
        self._put(is_running=False)

    def succeeded(self) -> None:
        """Every endpoint of the run got a clear answer."""
        self.last_success = self.now()
        self._put(is_running=False)

    def watched(self, *, is_running: bool) -> MetricsInput:
        """The state as it stands."""
        return MetricsInput(
            state=self._state, scope=self.scope, version=__version__, is_running=is_running,
            last_success=self.last_success,
        )  # fmt: skip

    def _put(self, *, is_running: bool) -> None:
        try:
            self.shelf.put(self.watched(is_running=is_running))
        except (FileLost, UsageProblem) as error:
            self.failure = error.message


@contextmanager
def metrics_at(place: str, context: Context, scope: str) -> Iterator[Metrics]:
    """Metrics in a file or at `127.0.0.1:9477`; raises `UsageProblem` before the scan when that cannot be."""
    now = context.wiring.now
    with shelf_at(place) as shelf:
        metrics = Metrics(
            shelf=shelf, scope=scope, now=lambda: now().timestamp(), last_success=last_success_in(shelf.before())
        )
        shelf.put(metrics.watched(is_running=True))
        context.notes.print(f"Metrics: {shelf.where}")
        try:
            yield metrics
        finally:  # also of a scan that was refused before it began: a file that says "running" would do so for ever
            metrics.finished()
    if metrics.failure:
        context.notes.print(f"The metrics are not up to date: {metrics.failure}")


def shelf_at(place: str) -> AbstractContextManager[Shelf]:
    """A port of this machine where the place reads like one, and else a file."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return nullcontext(FileShelf(where=place))
    from leakguard.cli.scan.metrics_server import MetricsServer  # noqa: PLC0415  (a file needs no server)

    return MetricsServer(*loopback(found[1].strip("[]"), int(found[2])))


def loopback(address: str, port: int) -> tuple[str, int]:
    """The address and port to listen on; raises `UsageProblem` for one that others can reach."""
    literal = "127.0.0.1" if address == "localhost" else address
    try:
        is_own = ip_address(literal).is_loopback
    except ValueError:
        is_own = False
    if not is_own or port > _MAX_PORT:
        raise UsageProblem(
            f"metrics are served to this machine alone, and `{address[:60]}:{port}` is no port of it",
            next_step="Write 127.0.0.1:9477 and put your own proxy in front, or name a file for node_exporter.",
        )
    return literal, port
