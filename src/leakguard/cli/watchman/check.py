"""`leakguard watchman check`: for cron or any monitor, from outside the watchman's process."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import laws_option, reach_of
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard watchman check
  leakguard watchman check --within PT2H --format json
  leakguard watchman check || mail -s "LeakGuard" soc@example.edu      (in a crontab, on another machine)

Exit codes: 4 a clock is overdue and nobody has acknowledged it; 3 the heartbeat is stale; 1 something is due soon.
"""


@click.command(epilog=_EPILOG)
@click.option("--within", metavar="DURATION", help="Also fail when a clock is due within, for example, PT2H.")
@click.option("--stale", metavar="DURATION", default="PT3M", show_default=True, help="How old a heartbeat may be.")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def check_cmd(context: Context, *, within: str | None, stale: str, output_format: str) -> ExitCode:
    """Say whether somebody watches and somebody answers; writes nothing."""
    from leakguard.clocks.durations import parse_exact  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.alarms.heartbeats import parse_heartbeat  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alarms.watch_check import check, checked_to_json  # noqa: PLC0415  (as above)
    from leakguard.use_cases.cases.incident_rules import rule_book  # noqa: PLC0415  (as above)

    wiring = context.wiring
    checked = check(
        wiring.existing_store,
        rule_book(wiring.bundled, reach_of(context)),
        parse_heartbeat(wiring.heartbeat().read()),
        now=wiring.now(),
        within=parse_exact(within) if within else None,
        stale=parse_exact(stale),
    )
    if output_format == "json":
        click.echo(json.dumps(checked_to_json(checked), ensure_ascii=False))
        return checked.exit_code
    for trouble in checked.troubles:
        click.echo(printable(trouble.text, longest=300))
    if any(trouble.kind == "stale_heartbeat" for trouble in checked.troubles):
        context.remark("Let one watch: leakguard watchman run")
    if not checked.troubles:
        click.echo("Somebody watches, and nothing waits for an answer.")
    return checked.exit_code
