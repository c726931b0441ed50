"""What a scan says of endpoints that answered and no check knows, and of entries of the scope that it cannot scan."""

from __future__ import annotations

from leakguard.cli.options import Context
from leakguard.models.scope import Scope
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.unknown_endpoints import MOST_SHOWN, not_scanned_in, unknown_of


def say_unknown(context: Context, summary: ScanSummary) -> None:
    """Name the endpoints counted as `other`: nothing is known to be open there, and nothing is known to be shut."""
    wiring = context.wiring
    ports = frozenset(port for check in wiring.checks for port in check.probe.ports)
    found = unknown_of(wiring.store.done_targets(summary.run), ports)
    if not found:
        return
    named = ", ".join(
        f"{printable(one.target)} (usually {one.usual}: no check for it)" if one.usual else printable(one.target)
        for one in found[:MOST_SHOWN]
    )
    more = f" and {len(found) - MOST_SHOWN:,} more" if len(found) > MOST_SHOWN else ""
    answered = counted(len(found), "endpoint answered", "endpoints answered")
    context.remark(f"No check knows what it is, so it was not judged: {answered}: {named}{more}")
    context.remark(f"See what was asked there: leakguard scan --explain {printable(found[0].target)}")


def say_not_scanned(context: Context, scope: Scope) -> None:
    """Name the entries of the scope that a scan of all of it leaves alone."""
    for line in not_scanned_in(scope):
        context.remark(f"Not looked at: {printable(line)}")
