"""`leakguard watch`: scans again and again, and says only what changed."""

from __future__ import annotations

import re

import click

from leakguard.cli.options import (
    Context,
    format_option,
    load_scope,
    pass_context,
    scope_option,
    store_option,
)
from leakguard.cli.recording import records
from leakguard.errors import UsageProblem

_SPAN = re.compile(r"([1-9][0-9]{0,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_EPILOG = """\b
Examples:
  leakguard watch  # the whole scope, every 15 minutes
  leakguard watch 192.0.2.0/28 --every 1h --open-incidents
  leakguard watch --format jsonl >> changes.jsonl
  leakguard watch --once  # one round, for your own timer

Kinds of changes: re_exposed, new, moved, also_at, still_open, grown, shrunk, changed, unknown, closed.
Closed means that, from every vantage that saw it open, the port is closed or the server asks for a login. No answer
means unknown. An incident about this target, or about this store at another address, records the change. If a closed
exposure is open again, its incident is reopened.

A watch ignores mutes: it reports every change, and counts every open finding. If two watches run on one store, the
first one to report a change handles it: give --open-incidents to both, or to neither.

\b
Exit codes of the last round:
  0  nothing is open
  1  an exposure, even if the round could not finish
  2  wrong usage, or out of scope
  3  no exposure was found, but the round could not finish, or a former exposure is not proved closed from every vantage
     that saw it open
"""


@click.command("watch", epilog=_EPILOG)
@click.argument("targets", nargs=-1, metavar="[TARGET...]")
@scope_option
@click.option(
    "--targets", "targets_file", metavar="FILE", help="Read targets from a file, one on each line (`-` is stdin)."
)
@click.option("--checks", metavar="ID,...", help="Run only these checks.")
@click.option(
    "-p", "--ports", metavar="PORT,...", help="Ports to probe on targets given without a port: 9200,8000-8010."
)
@click.option(
    "--rate", metavar="N", help="Connections per second in total, such as 50; at most the limit in the scope."
)
@click.option(
    "--per-host",
    metavar="N",
    help="Connections per second to one address, such as 5; at most the limit in the scope.",
)
@click.option(
    "--vantage",
    default="local",
    show_default=True,
    help="A name for the location of this machine, recorded with the result.",
)
@click.option(
    "--every",
    default="15m",
    show_default=True,
    help="Time from the start of one round to the start of the next: 90s, 15m, 6h, 1d.",
)
@click.option("--once", is_flag=True, help="Run one round, then exit.")
@click.option("--open-incidents", is_flag=True, help="Open an incident for each store that becomes open.")
@records("Name under which the watch records", program="leakguard watch")
@format_option("table", "jsonl")
@store_option
@pass_context
def watch_cmd(  # noqa: PLR0913  (one parameter for each option of the contract)
    context: Context, *, targets: tuple[str, ...], targets_file: str | None, scope: str | None, checks: str | None,
    ports: str | None, rate: str | None, per_host: str | None, vantage: str, every: str, once: bool,
    open_incidents: bool, output_format: str,
) -> int:  # fmt: skip
    """Scan TARGETs, or the whole scope, at regular intervals, and print what changed.

    Each round is a normal run, and is compared with all earlier runs in the store. A watch that was stopped or
    killed continues where it was. Two watches on one store are safe.
    """
    from leakguard.cli.scan.by_fleet import refuse_elsewhere  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.scan.scan_options import checks_in, ports_in, rate_of, targets_of  # noqa: PLC0415  (as above)
    from leakguard.cli.watch.printing import Printer  # noqa: PLC0415  (as above)
    from leakguard.cli.watch.running import WatchOptions, run  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.start_scan import ScanOptions  # noqa: PLC0415  (as above)

    refuse_elsewhere(context, "leakguard watch", vantage)
    options = ScanOptions(
        targets=targets_of(targets, targets_file), checks=checks_in(checks), ports=ports_in(ports),
        total=rate_of(rate), per_host=rate_of(per_host), vantage=vantage,
    )  # fmt: skip
    asked = WatchOptions(
        options=options, scope=lambda: load_scope(context, scope), every=seconds_in(every), is_once=once,
        opens_incidents=open_incidents,
    )  # fmt: skip
    return run(context, asked, Printer(context, is_jsonl=output_format == "jsonl"))


def seconds_in(text: str) -> float:
    """The length of an interval as it is typed; raises `UsageProblem`."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise UsageProblem(f"the interval `{text[:40]}` cannot be read", next_step="Write it as `90s`, `15m` or `6h`.")
    return float(int(found[1]) * _SECONDS[found[2]])
