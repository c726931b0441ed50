"""Proves closure from a vantage of the fleet: its workers probe the findings again, and their run is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leakguard.errors import UsageProblem
from leakguard.fleet.settings import parse_vantages
from leakguard.frozen import Frozen
from leakguard.ports import Progress
from leakguard.scanning.scope.file import parse_scope
from leakguard.use_cases.fleets.fleet_scan import Tell, fleet_scan
from leakguard.use_cases.fleets.fleet_tools import FleetTools
from leakguard.use_cases.scans.start_scan import ScanOptions, target_of
from leakguard.use_cases.scans.verify_findings import (
    VerifiedFinding,
    findings_to_verify,
    judge_closure,
    record_closure,
    with_known,
)

Looked = tuple[tuple[VerifiedFinding, ...], tuple[str, ...]]
"""How each finding stands, and the incidents that are now verified closed."""


class Permission(Frozen):
    """The scope file, as the workers get it."""

    name: str
    text: str


def verify_by_fleet(
    vantage: str, permission: Permission, tools: FleetTools, tell: Tell, progress: Progress
) -> Callable[[Sequence[str]], Looked]:
    """What looks at findings again from one vantage of the fleet, as `start_scan.verify_again` does from here.

    A name that leads elsewhere by now gives no answer: nobody looked at the address that was seen open.
    Raises `UsageProblem` for several vantages.
    """
    names = parse_vantages(vantage)
    if len(names) > 1:
        raise UsageProblem("closure is proved from one vantage at a time", next_step="Verify once for each of them.")

    def look(ids: Sequence[str]) -> Looked:
        findings = findings_to_verify(tools.store, ids)
        kinds = {check.id: check.probe.kind for check in tools.checks}
        scope = parse_scope(permission.text, name=permission.name, now=tools.now())
        targets = tuple(target_of(finding, kinds.get(finding.check_id, "s3"), scope) for finding in findings)
        options = ScanOptions(targets=targets, vantage=names[0])
        summary = fleet_scan(options, permission.text, tools, tell, scope_name=permission.name, progress=progress)
        run, store = summary.vantages[0].run, tools.store
        here = judge_closure(findings, run=run, standings=dict(store.done_targets(run)), again=summary.findings)
        verified = with_known(store, here, vantage=names[0])
        return verified, record_closure(store, verified, vantage=names[0], now=tools.now)

    return look
