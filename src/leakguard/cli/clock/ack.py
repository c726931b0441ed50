"""`leakguard clock ack`: somebody has seen an alarm and takes care of it."""

from __future__ import annotations

import json
from functools import partial

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.moments import length_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard clock ack IR-2026-0001 A-3f9a1c2b4d5e
  leakguard clock ack IR-2026-0001 remediate --by "Ada Lovelace" --for PT30M

It stops repeats and the next levels for that time, never the clock; when it runs out, the chain begins again.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("what", metavar="CLOCK|ALARM")
@records("Who takes care of it")
@click.option("--for", "lasts", metavar="DURATION", default="PT2H", show_default=True, help="How long it holds.")
@format_option("text", "json")
@store_option
@pass_context
def ack_cmd(context: Context, *, incident: str, what: str, lasts: str, output_format: str) -> ExitCode:
    """Say that you have seen the alarms of CLOCK, or the message ALARM, and take care of them."""
    from leakguard.models.moments import to_z  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.alerts.acknowledge import acknowledge  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.stood_clocks import clocks_if_known  # noqa: PLC0415  (as above)

    wiring = context.wiring
    done = acknowledge(
        wiring.existing_store, incident, what, by=context.by, lasts=length_in(lasts), now=wiring.now,
        standings=partial(
            clocks_if_known, wiring.bundled, wiring.existing_store, incident, lambda: wiring.reach, wiring.now()
        ),
    )  # fmt: skip
    if output_format == "json":
        who = {"by": done.by, "by_source": context.wiring.recorder.source}
        told = {"incident": done.incident, "clocks": list(done.clocks), **who, "until": to_z(done.until)}
        click.echo(json.dumps(doubted(context, told), ensure_ascii=False))
    else:
        clocks = ", ".join(printable(clock) for clock in done.clocks)
        context.say(f"{printable(done.by)} has {clocks} until {to_z(done.until.replace(microsecond=0))}.")
    return ExitCode.CLEAN
