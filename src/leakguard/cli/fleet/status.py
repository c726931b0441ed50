"""`leakguard fleet status`: which workers are there, and what they are at."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard fleet status
  leakguard fleet status --vantage campus,outside
  leakguard fleet status --format json

Exit code 3: a vantage in [fleet.trusted] has no worker that accepts our orders. Otherwise 0.
"""


@click.command(epilog=_EPILOG)
@click.option("--vantage", metavar="NAMES", help="Ask these vantages (default: all vantages in [fleet.trusted]).")
@click.option(
    "--wait",
    type=click.FloatRange(0.5, 600),
    default=3.0,
    show_default=True,
    help="How many seconds to wait for answers.",
)
@format_option("table", "json")
@pass_context
def status_cmd(context: Context, *, vantage: str | None, wait: float, output_format: str) -> int:
    """Call the workers of every vantage, and show which answer, with release, clock and current shard."""
    from leakguard.cli.scan.watching import quoting_note  # noqa: PLC0415  (as below)
    from leakguard.fleet.settings import parse_vantages  # noqa: PLC0415  (as above)
    from leakguard.outputs.fleet_status import status_json, status_table  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.fleets.presence import fleet_status  # noqa: PLC0415  (as above)

    names = parse_vantages(vantage) if vantage else ()
    status = fleet_status(names, context.wiring, seconds=wait, tell=quoting_note(context))
    workers = [worker.row for worker in status.workers]
    if output_format == "json":
        click.echo(status_json(status.vantages, workers, status.missing), nl=False)
    elif workers:
        click.echo(context.as_text(status_table(workers)), nl=False)
    refusing = {worker.vantage for worker in status.workers if worker.problem}
    for name in status.missing:
        if name in refusing:
            line = f"No worker at {name} that would work for us. Correct what it says"
        else:
            line = (
                f"No worker at {name}. Start one: leakguard fleet worker --vantage {name}, or read the log of one that "
                "runs: it tells there which orders it drops, as those of a key that it does not know"
            )
        context.notes.print(line, soft_wrap=True)
    return ExitCode.UNFINISHED if status.missing else ExitCode.CLEAN
