"""`leakguard watchman once`: one look at every open incident."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import laws_option, reach_of, tell_seat
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.watchman.readiness import settings_of, settings_that_hold, tell_remarks
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard watchman once
  * * * * * leakguard -q watchman once      (in a crontab, where no process may stay)

Exit codes: 0 everybody was notified who has to be by now; 3 somebody was not: nobody is named in leakguard.toml, a
level of the chain reaches nobody, some alerts have no level, an alert is undelivered, a secret is missing, or
leakguard.toml cannot be used; 2 nothing says in which country the organisation sits, so nobody can say whose laws to
watch. It says what to do. `watchman check` reports a missed deadline, with 4.
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@records("Who watches", program="leakguard watchman")
@laws_option
@store_option
@pass_context
def once_cmd(context: Context, *, output_format: str) -> ExitCode:
    """Look once: raise and send what is due, write the heartbeat, end.

    Ends with 3 while somebody is not notified who has to be: also of an earlier look, until it is delivered or
    acknowledged.
    """
    from leakguard.alerts.readiness import settings_problems, settings_remarks  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.watchman.printing import CyclePrinter  # noqa: PLC0415  (as above)
    from leakguard.outputs.watchman import cycle_to_json  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watchman import LEASE, once  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watchman_loop import log_cycle  # noqa: PLC0415  (as above)

    wiring = settings_of(context)
    with settings_that_hold():
        tell_seat(context, reach_of(context))
        watchman = wiring.watchman()
    problems = settings_problems(watchman.settings, wiring.missing_secrets())
    tell_remarks(context, settings_remarks(watchman.settings))
    telling = CyclePrinter(context, watchman, wiring.heartbeat(), problems)
    try:
        cycle = once(watchman)
    finally:
        watchman.store.release_lease(LEASE, watchman.holder)
    log_cycle(cycle)
    if cycle.is_leader:
        telling.beat(cycle)
    if output_format == "json":
        click.echo(json.dumps(cycle_to_json(cycle, problems), ensure_ascii=False))
    else:
        telling.tell_problems()
        telling.tell(cycle)
    is_silent = problems or cycle.problems or cycle.undelivered or telling.is_heartbeat_undelivered
    return ExitCode.UNFINISHED if is_silent else ExitCode.CLEAN
