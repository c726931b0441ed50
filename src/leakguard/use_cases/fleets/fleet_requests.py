"""What a scan from several vantages is about, when it begins and when it goes on."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import ports_of
from leakguard.errors import NotFound, UsageProblem
from leakguard.fleet.settings import parse_vantages
from leakguard.frozen import Frozen
from leakguard.models.scope import Limits, Scope
from leakguard.ports import ScanStore
from leakguard.scanning.targets import Target, parse_target, ports_in
from leakguard.use_cases.fleets.fleet_tools import FleetTools
from leakguard.use_cases.scans.run_opening import refuse_other_scope
from leakguard.use_cases.scans.start_scan import ScanOptions, limits_for, new_run_id, pick_checks


class FleetRequest(Frozen):
    """What a scan from several vantages is about; the same when it goes on."""

    scan: str
    vantages: tuple[str, ...]
    targets: tuple[Target, ...]
    ports: tuple[int, ...]
    library: tuple[CheckDefinition, ...]
    limits: Limits
    scope: Scope
    scope_text: str

    @property
    def checks(self) -> tuple[str, ...]:
        """`id@version` of each check."""
        return tuple(f"{definition.id}@{definition.version}" for definition in self.library)

    def run_of(self, vantage: str) -> str:
        """The id of the run that a vantage has in this scan."""
        return f"{self.scan}-{vantage}"


def request_of(options: ScanOptions, scope: Scope, scope_text: str, tools: FleetTools) -> FleetRequest:
    """The request of a new scan, or of the stopped one that `options.resume` names by its id or by a run of it."""
    return (
        _resumed(options, scope, scope_text, tools)
        if options.resume is not None
        else _new(options, scope, scope_text, tools)
    )


def _new(options: ScanOptions, scope: Scope, scope_text: str, tools: FleetTools) -> FleetRequest:
    library = pick_checks(tools.checks, options.checks, scope)
    return FleetRequest(
        scan=new_run_id(tools), vantages=parse_vantages(options.vantage), targets=options.targets,
        ports=options.ports or ports_of(library), library=library, limits=limits_for(options, scope), scope=scope,
        scope_text=scope_text,
    )  # fmt: skip


def _resumed(options: ScanOptions, scope: Scope, scope_text: str, tools: FleetTools) -> FleetRequest:
    """The request of the stopped scan; targets, checks and scope may not be changed on the way."""
    if options.is_chosen:
        raise UsageProblem(
            "a resumed run keeps its own targets, ports and checks", next_step="Leave them out, or start a new scan."
        )
    scan = scan_of(tools.store, options.resume or "")
    if scan is None:
        raise NotFound("the fleet has no such scan", next_step="List the runs: leakguard scan show")
    began = next(record.content for record in tools.store.read(scan) if record.kind == "fleet_scan_started")
    refuse_other_scope((began["scope"], began["owner"]), scope, scan)
    return FleetRequest(
        scan=scan, vantages=tuple(began["runs"]), targets=tuple(parse_target(text) for text in began["targets"]),
        ports=ports_in(began["ports"]),
        library=pick_checks(tools.checks, [check.split("@")[0] for check in began["checks"]], scope),
        limits=limits_for(options, scope), scope=scope, scope_text=scope_text,
    )  # fmt: skip


def scan_of(store: ScanStore, run: str) -> str | None:
    """The scan that a run of the fleet belongs to, whichever of its ids is named; nothing for a run of one machine."""
    for record in store.read(run):
        if record.kind == "fleet_scan_started":
            return run
        if record.kind == "run_started":
            return record.content.get("scan")
    return None
