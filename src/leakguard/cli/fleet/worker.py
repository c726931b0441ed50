"""`leakguard fleet worker`: looks from here for a coordinator elsewhere."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context
from leakguard.errors import UsageProblem

_EPILOG = """\b
Examples:
  leakguard fleet worker --vantage campus
  leakguard fleet worker --vantage outside --concurrency 4

A worker needs no store and no scope file: each order contains the signed scope, and the worker checks it again. It
accepts orders only from the keys in [fleet.trusted].
"""


@click.command(epilog=_EPILOG)
@click.option("--vantage", required=True, metavar="NAME", help="Name of the location where this worker runs.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Number of shards (parts of a scan, one in each order) to scan at the same time.",
)
@pass_context
def worker_cmd(context: Context, *, vantage: str, concurrency: int) -> int:
    """Carry out the scan orders for a vantage until SIGTERM or Ctrl-C. The current order is finished first."""
    from leakguard.fleet.settings import parse_vantages  # noqa: PLC0415  (`--help` must not load it)

    names = parse_vantages(vantage)
    if len(names) > 1:
        raise UsageProblem("a worker looks from one vantage", next_step="Start one worker for each of them.")

    def tell(line: str) -> None:
        context.notes.print(line, soft_wrap=True)

    return context.wiring.work(names[0], concurrency=concurrency, tell=tell)
