"""`leakguard watchman once`: one look at every open incident."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import laws_option, reach_of, tell_seat
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard watchman once
  * * * * * leakguard -q watchman once      (in a crontab, where no process may stay)
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def once_cmd(context: Context, *, output_format: str) -> ExitCode:
    """Look once: raise and send what is due, write the heartbeat, end.

    Ends with 3 when a message could not be sent on any channel that was tried last.
    """
    from leakguard.cli.watchman.printing import Telling, cycle_to_json  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.alarms.watchman import LEASE, once  # noqa: PLC0415  (as above)

    wiring = context.wiring
    tell_seat(context, reach_of(context))
    watchman = wiring.watchman()
    telling = Telling(context, watchman, wiring.heartbeat())
    try:
        cycle = once(watchman)
    finally:
        watchman.store.release_lease(LEASE, watchman.holder)
    if cycle.is_leader:
        telling.beat(cycle)
    if output_format == "json":
        click.echo(json.dumps(cycle_to_json(cycle), ensure_ascii=False))
    else:
        telling.tell(cycle)
    return ExitCode.UNFINISHED if cycle.failures and not cycle.sent_count else ExitCode.CLEAN
