"""`leakguard fleet withdraw`: what a worker reported counts no longer."""

from __future__ import annotations

import click

from leakguard.cli.moments import day_or_moment
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.models.texts import counted

_EPILOG = """\b
Examples:
  leakguard fleet withdraw --worker campus-2 --since 2026-11-20 --by "Ada Lovelace" --reason "the host was taken over"

Also remove its key from [fleet.trusted], and scan again: the shards that it scanned count as not checked.
"""


@click.command(epilog=_EPILOG)
@click.option("--worker", required=True, metavar="NAME", help="The worker, by its name in [fleet.trusted].")
@click.option(
    "--since", required=True, metavar="TIME", help="Withdraw reports from this time on: a time, or a whole day in UTC."
)
@records("Person who decides it")
@click.option("--reason", required=True, metavar="TEXT", help="Why. The reason is kept in the ledger.")
@store_option
@pass_context
def withdraw_cmd(context: Context, *, worker: str, since: str, reason: str) -> int:
    """Withdraw what a worker reported since TIME. What it reported as closed must be verified again."""
    from leakguard.use_cases.fleets.withdraw_results import Withdrawal, withdraw_results  # noqa: PLC0415  (as above)

    moment = day_or_moment(since, zone="UTC")
    options = Withdrawal(worker=worker, since=moment, by=context.by, reason=reason)
    done = withdraw_results(context.wiring.existing_store, options, now=context.wiring.now)
    if done.shards:
        context.say(
            f"{counted(done.shards, 'result')} of {worker} in {counted(len(done.runs), 'run')} withdrawn; "
            "what it looked at counts as not checked."
        )
    else:
        context.say(f"The results of {worker} were withdrawn before; that withdrawal is finished now.")
    for finding in done.findings:
        context.say(f"  has to be verified again: {finding}")
    for incident in done.incidents:
        context.say(f"  open again: {incident}")
    return 0
