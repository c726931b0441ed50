"""How `leakguard watch` runs: joins the watch with this process, its clock and its signals."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leakguard.cli.interruption import interruptible
from leakguard.cli.scan.progress import progress_for
from leakguard.cli.watch.printing import Printer
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen
from leakguard.models.scope import Scope
from leakguard.use_cases.scans.scan_assets import exit_code
from leakguard.use_cases.scans.start_scan import ScanOptions
from leakguard.use_cases.watches.watch_exposures import Watch, WatchSettings
from leakguard.use_cases.watches.watch_rounds import Pace, watch_rounds
from leakguard.use_cases.watches.watch_settling import SettlingOptions

if TYPE_CHECKING:
    from leakguard.cli.options import Context


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class WatchOptions(Frozen):
    """What the user asked for."""

    options: ScanOptions
    scope: Callable[[], Scope]
    every: float
    is_once: bool
    opens_incidents: bool


def run(context: Context, asked: WatchOptions, printer: Printer) -> int:
    """Watch; returns the exit code of the last round."""
    asked.scope()
    wiring = context.wiring
    mode = "auto" if context.notes.is_terminal else "none"
    signals = Signals(wiring.system_time.stop, wiring.monotonic)
    settling = SettlingOptions(
        show=printer.show, holder=wiring.token(16), zone=wiring.settings.zone, opens_incidents=asked.opens_incidents
    )
    settings = WatchSettings(
        options=asked.options, scope=asked.scope, progress=lambda: progress_for(context, mode), settling=settling,
        guard=signals.end_what_runs,
    )  # fmt: skip
    pace = Pace(
        time=wiring.time, every=asked.every, is_once=asked.is_once,
        is_stopped=lambda: wiring.system_time.is_stopped, tell_round=printer.tell_round,
        tell_problem=printer.tell_problem,
    )  # fmt: skip
    with signals.wait_for_the_end():
        last = watch_rounds(Watch(settings=settings, tools=wiring), pace)
    if last is None:
        return ExitCode.UNFINISHED
    code = exit_code(last.summary)
    return ExitCode.UNFINISHED if code is ExitCode.CLEAN and last.unproved else code


class Signals:
    """Ctrl-C and SIGTERM: they end a scan as an interruption, and wait for everything else to be written."""

    def __init__(self, stop: Callable[..., None], monotonic: Callable[[], float]) -> None:
        """`stop` says that no other round is wanted."""
        self._stop = stop
        self._monotonic = monotonic

    @contextmanager
    def wait_for_the_end(self) -> Iterator[None]:
        """Outside of scans a signal only says that the watch has to end."""
        before = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def end_what_runs(self) -> Iterator[None]:
        """During a scan they mean what Ctrl-C means to it: what was found is kept, and the run can go on later."""
        with interruptible(self._monotonic, self._stop):
            yield
