"""`leakguard clock evaluate`: the clocks of a file, without a store."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, format_option, pass_context, read_text
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard clock evaluate events.yaml
  leakguard clock evaluate events.yaml --now 2026-06-11T01:00+08:00 --format json
  cat events.yaml | leakguard clock evaluate -
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
@click.option("--now", metavar="TIME", help="Evaluate the clocks as at TIME (default: now).")
@format_option("table", "json")
@pass_context
def evaluate_cmd(context: Context, *, file: str, now: str | None, output_format: str) -> ExitCode:
    """Show the state of every clock in FILE, which contains events and clocks.

    The exit code is 4 if a deadline was missed, 3 if the state of a clock is in doubt, and 2 if the file is wrong.
    """
    from leakguard.cli.clock.incident import print_statuses  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.clocks.evaluate import evaluate  # noqa: PLC0415  (as above)
    from leakguard.clocks.event_file import parse_event_file, stated_zone  # noqa: PLC0415  (as above)
    from leakguard.clocks.times import parse_instant  # noqa: PLC0415  (as above)

    text = read_text(file)
    present = context.wiring.now()
    moment = parse_instant(now, zone=stated_zone(text, name=file)) if now else present
    read = parse_event_file(text, name=file, now=moment, present=max(moment, present))
    statuses = evaluate(read.events, read.rules, read.calendars, moment)
    return print_statuses(context, statuses, now=moment, output_format=output_format)
