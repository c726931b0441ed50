"""`leakguard watchman run`: watches until it is asked to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from leakguard.cli.laws import laws_option, reach_of, tell_seat
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.watchman.readiness import refuse_unready, settings_of, settings_that_hold, tell_remarks
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard watchman run
  leakguard watchman run --metrics 127.0.0.1:9478
  leakguard watchman run --store postgresql+psycopg://leakguard@db.example.edu/leakguard
  leakguard --now 2026-06-10T08:00Z watchman run --speed 1000  # in the folder of a drill

Two watchmen on one store are safe: one works, and the other one takes over and reports it if the first one stops.

\b
Exit codes:
  0  it was stopped, and every alert was delivered
  3  at the start: leakguard.toml is invalid or names nobody to notify, a level of [escalation] reaches nobody, or
     this process lacks the secret of a channel, such as a password
  3  after ten minutes in which the store could not be written; until then it retries, and sends alerts that are due
  3  at the end: an alert was still refused by a channel; until then it retries
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--speed",
    type=click.FloatRange(min=1, max=100_000),
    help="Speed of the simulated time. Works only in a drill folder.",
)
@click.option(
    "--metrics",
    metavar="FILE|127.0.0.1:PORT",
    help="Write metrics for Prometheus to a text file, or serve them on a loopback port.",
)
@records("Name under which the watchman records", program="leakguard watchman")
@laws_option
@store_option
@pass_context
def run_cmd(context: Context, *, speed: float | None, metrics: str | None) -> ExitCode:
    """Watch the clocks of all incidents, and send alerts until SIGTERM or Ctrl-C.

    Of closed incidents, it watches the legal clocks, and the clock of the review after the incident. It checks the
    clocks at each moment at which an alert becomes due, and at least every 15 seconds. It does not start if a level of
    the chain ([escalation] in leakguard.toml) would reach nobody.
    """
    from leakguard.alerts.readiness import settings_problems, settings_remarks  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.watchman.metrics import watch_metrics_at  # noqa: PLC0415  (as above)
    from leakguard.cli.watchman.printing import CyclePrinter  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watch_check import unreached_levels  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watchman_loop import Loop, run  # noqa: PLC0415  (as above)

    wiring = settings_of(context)
    if speed is not None:
        wiring.run_at(speed)
    with settings_that_hold():
        reach = reach_of(context)
        watchman, system = wiring.watchman(), wiring.system_time
    settings = watchman.settings
    problems = settings_problems(settings, wiring.missing_secrets())
    refuse_unready((*problems, *unreached_levels(watchman.store, settings)))
    tell_remarks(context, settings_remarks(settings))
    printer = CyclePrinter(context, watchman, wiring.heartbeat())
    unset = frozenset(wiring.missing_secrets())
    with watch_metrics_at(metrics, context, watchman, wiring.existing_store, unset) as shown:
        printer.metrics = shown
        loop = Loop(
            time=wiring.time, is_stopped=lambda: system.is_stopped, beat=printer.beat, tell=printer.tell,
            tell_problem=printer.tell_problem,
        )  # fmt: skip
        context.notes.print(f"Watching {watchman.holder}. Heartbeat: {wiring.heartbeat().path}")
        tell_seat(context, reach)
        with _ended_by(system.stop):
            run(watchman, loop)
    last = printer.last_cycle
    is_refused = printer.is_heartbeat_undelivered or printer.is_store_refused
    is_silent = is_refused or (last is not None and (last.undelivered or last.problems))
    return ExitCode.UNFINISHED if is_silent else ExitCode.CLEAN


@contextmanager
def _ended_by(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let the signals that ask a program to end call `stop`, and mean afterwards what they meant before."""
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
