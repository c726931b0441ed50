"""What a scan says of endpoints that answered and no check knows, and of entries of the scope that it cannot scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.models.scope import Scope
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.unknown_endpoints import MOST_SHOWN, not_scanned_in, unknown_of

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.use_cases.scans.start_scan import ScanOptions

_ALL_PORTS = 65_535


def say_unknown(context: Context, summary: ScanSummary) -> None:
    """Name the endpoints counted as `other`: nothing is known to be open there, and nothing is known to be shut."""
    wiring = context.wiring
    ports = frozenset(port for check in wiring.checks for port in check.probe.ports)
    found = unknown_of(wiring.store.done_targets(summary.run), ports)
    if not found:
        return
    named = ", ".join(
        f"{printable(endpoint.target)} (usually {endpoint.usual}: no check for it)"
        if endpoint.usual
        else printable(endpoint.target)
        for endpoint in found[:MOST_SHOWN]
    )
    more = f" and {len(found) - MOST_SHOWN:,} more" if len(found) > MOST_SHOWN else ""
    answered = counted(len(found), "endpoint answered", "endpoints answered")
    context.remark(f"No check knows what it is, so it was not judged: {answered}: {named}{more}")
    context.remark(f"See what was asked there: leakguard scan --explain {printable(found[0].target)}")


def say_not_scanned(context: Context, scope: Scope) -> None:
    """Name the entries of the scope that a scan of all of it leaves alone."""
    for line in not_scanned_in(scope):
        context.remark(f"Not looked at: {printable(line)}")


def say_which_ports(context: Context, scope: Scope, options: ScanOptions) -> None:
    """Where a host was named without ports: how many were asked, since a store on another one is not seen."""
    from leakguard.checks.library import ports_of  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.scanning.plan import scope_targets  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.start_scan import pick_checks  # noqa: PLC0415  (as above)

    targets = options.targets or scope_targets(scope)
    if options.ports or options.resume is not None or all(target.ports or target.bucket for target in targets):
        return
    count = len(ports_of(pick_checks(context.wiring.checks, options.checks, scope)))
    asked = f"{count:,} of {_ALL_PORTS:,} ports are asked, those that the checks know"
    context.remark(f"Where a target names no port, {asked}; a store on another is not seen: --ports 1-65535")
