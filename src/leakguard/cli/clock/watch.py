"""`leakguard clock watch`: the clocks of an incident, live in the terminal."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import click

from leakguard.cli.clock_warning import contradicted
from leakguard.cli.laws import laws_option, reach_of, tell_laws
from leakguard.cli.moments import moment_in, zone_in
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.errors import ExitCode, UsageProblem

_EPILOG = """\b
Examples:
  leakguard clock watch --incident IR-2026-0001
  leakguard clock watch --incident IR-2026-0001 --zone Europe/Berlin --once
  leakguard clock watch --incident IR-2026-0001 --now 2026-05-24T09:00 --speed 600
"""
MAX_SPEED = 100_000
"""A day in less than a second; faster, and nobody sees anything."""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--zone", metavar="ZONE", help="Your time zone (default: `zone` in leakguard.toml).")
@click.option(
    "--once", is_flag=True, help="Print the clocks once, then exit. Output to a pipe and TERM=dumb do the same."
)
@click.option("--now", "start", metavar="TIME", help="Simulate: start at TIME, with what was recorded by then.")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, MAX_SPEED),
    default=1.0,
    show_default=True,
    help="Speed of the simulated time: 60 means one minute per second. Needs --now.",
)
@laws_option
@store_option
@pass_context
def watch_cmd(
    context: Context, *, incident: str, zone: str | None, once: bool, start: str | None, speed: float
) -> ExitCode:
    """Show a line for each clock, the most urgent first, until you press Ctrl-C.

    The command reads the store every few seconds, and changes nothing in it. The exit code is 4 if a deadline was
    missed, and 3 if the state of a clock is in doubt.
    """
    from leakguard.cli.clock.incident import asked_of, incident_statuses  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.clock.watching import Watcher, play  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.stood_clocks import RemarksNow  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watched_clocks import ClockReader  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.unknown_law import unknown_lines  # noqa: PLC0415  (as above)

    wiring = context.wiring
    stood = incident_statuses(context, asked_of(incident, None))
    tell_laws(context, unknown_lines(stood.unknown))
    begin = _begin(context, start, speed)
    remarks = RemarksNow(
        wiring.existing_store, wiring.now, is_present=begin is None, doubt_about=partial(contradicted, context)
    )
    reader = ClockReader(wiring.bundled, wiring.existing_store, reach_of(context), remarks)
    watcher = Watcher(
        read=partial(reader.read, incident),
        wall=wiring.now,
        monotonic=wiring.monotonic,
        viewer=zone_in(zone or wiring.settings.zone),
        simulated=(begin, speed) if begin is not None else None,
        is_drill=wiring.settings.drill,
    )
    code = play(context.console, watcher, once=once)
    return ExitCode.UNFINISHED if context.contradiction is not None and code is ExitCode.CLEAN else code


def _begin(context: Context, start: str | None, speed: float) -> datetime | None:
    """Where simulated time begins; `None` for the real one."""
    wiring = context.wiring
    if start is not None:
        return moment_in(start, zone=wiring.settings.zone)
    if context.now is not None:
        return wiring.now()
    if speed != 1:
        raise UsageProblem("only simulated time can run faster", next_step="Say where it begins: --now TIME")
    return None
