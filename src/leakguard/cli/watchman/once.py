"""`leakguard watchman once`: one look at every open incident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.cli.laws import laws_option, reach_of, tell_seat
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.watchman.readiness import settings_of, settings_that_hold, tell_remarks
from leakguard.errors import ExitCode, StoreUnusable

if TYPE_CHECKING:
    from leakguard.cli.watchman.printing import CyclePrinter
    from leakguard.ports.alerting import UnwrittenMemory
    from leakguard.use_cases.alerts.alert_sending import Cycle
    from leakguard.use_cases.alerts.watchman import Watchman

_EPILOG = """\b
Examples:
  leakguard watchman once
  * * * * * cd /var/lib/leakguard && leakguard -q watchman once  # in a crontab

\b
Exit codes:
  0  every person who must be notified by now was notified
  2  the country of the organisation is not known, so nobody can say which laws to consider
  3  a person was not notified: leakguard.toml cannot be used or names nobody, a level of [escalation] reaches nobody or
     some alerts have no level there, an alert is undelivered, or this process lacks the secret of a channel
  3  the store cannot be written: alerts that are due are sent, and nothing is recorded

The command prints what to do. For a missed deadline, use `watchman check`, which then exits with 4.
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@records("Name under which the watchman records", program="leakguard watchman")
@laws_option
@store_option
@pass_context
def once_cmd(context: Context, *, output_format: str) -> ExitCode:
    """Check the clocks once: raise and send the alerts that are due, write the heartbeat, then exit.

    The exit code is 3 as long as an alert has not reached a person whom it must reach. This includes alerts of
    earlier checks, until they are delivered or acknowledged. It is also 3 as long as a deadline cannot be watched, for
    example because its date is a slip.
    """
    from leakguard.alerts.readiness import settings_problems, settings_remarks  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.watchman.printing import CyclePrinter  # noqa: PLC0415  (as above)
    from leakguard.outputs.watchman import cycle_to_json  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watchman_loop import log_cycle  # noqa: PLC0415  (as above)

    wiring = settings_of(context)
    with settings_that_hold():
        tell_seat(context, reach_of(context))
        watchman = wiring.watchman()
    problems = settings_problems(watchman.settings, wiring.missing_secrets())
    tell_remarks(context, settings_remarks(watchman.settings))
    printer = CyclePrinter(context, watchman, wiring.heartbeat(), problems)
    cycle = _looked(watchman, wiring.unwritten_memory(), printer)
    log_cycle(cycle)
    if cycle.is_leader and cycle.is_recorded:
        printer.beat(cycle)
    if output_format == "json":
        click.echo(json.dumps(cycle_to_json(cycle, problems), ensure_ascii=False))
    else:
        printer.tell_problems()
        printer.tell(cycle)
    is_refused = printer.is_heartbeat_undelivered or printer.is_store_refused
    is_silent = problems or cycle.problems or cycle.undelivered or is_refused
    return ExitCode.UNFINISHED if is_silent else ExitCode.CLEAN


def _looked(watchman: Watchman, memory: UnwrittenMemory, printer: CyclePrinter) -> Cycle:
    """One look, recorded nowhere if the store cannot be written. Raises `StoreUnusable` if it cannot be read."""
    from leakguard.use_cases.alerts.watchman import once  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.alerts.watchman_loop import let_go, once_unrecorded  # noqa: PLC0415  (as above)

    try:
        cycle = once(watchman)
    except StoreUnusable as error:
        cycle, is_remembered = once_unrecorded(watchman, error, memory)
        printer.tell_refusal(error, is_remembered=is_remembered)
    else:
        memory.forget()
    finally:
        let_go(watchman)
    return cycle
