"""What could be probed of what a report names: what the scope holds, and nothing else. Nothing is probed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

from leakguard.errors import ScopeRefused
from leakguard.frozen import Frozen
from leakguard.intake.naming import ReportedPlace
from leakguard.intake.view import Report
from leakguard.models.findings import Finding, is_resource
from leakguard.models.scope import Scope
from leakguard.models.targets import join_host_port
from leakguard.scanning.addresses import Address
from leakguard.scanning.buckets import parse_bucket
from leakguard.scanning.gate import Gate
from leakguard.scanning.literals import parse_address
from leakguard.scanning.scope.file import parse_scope, read_scope
from leakguard.use_cases.scans.open_exposures import Exposures, ExposureStore


class ReportStore(ExposureStore, Protocol):
    """Reports, incidents and findings."""


class Proposal(Frozen):
    """One place that a report names, and what follows."""

    named: ReportedPlace
    standing: Literal["in_scope", "out_of_scope", "no_scope"]
    why: str = ""
    """Why it is not probed."""
    findings: tuple[str, ...] = ()
    """What scans know of it as open."""

    @property
    def command(self) -> str:
        """The command that probes it; empty where nothing may be probed."""
        if self.standing != "in_scope":
            return ""
        if self.findings:
            return f"leakguard scan verify {' '.join(self.findings)}"
        return f"leakguard scan {self.named.target}"


def open_findings(store: ReportStore) -> tuple[Finding, ...]:
    """What scans know of as open."""
    ids = [row.seen.finding for row in Exposures().rows(store)]
    return tuple(store.findings(ids=ids)) if ids else ()


class ReadScope(Frozen):
    """A scope, and why nothing may be probed by it today."""

    scope: Scope
    why: str = ""


def scope_today(text: str, *, name: str, now: datetime) -> ReadScope:
    """A scope that is not valid today still says who the owner is; raises `BadFile`."""
    scope = read_scope(text, name=name)
    try:
        return ReadScope(scope=parse_scope(text, name=name, now=now))
    except ScopeRefused as refused:
        return ReadScope(scope=scope, why=refused.message)


def proposals_for(report: Report, read: ReadScope | None, known: Iterable[Finding] = ()) -> tuple[Proposal, ...]:
    """One for each place; those that may be probed come first."""
    findings = tuple(known)
    found = [_proposed(named, read, findings) for named in report.named]
    return tuple(sorted(found, key=lambda proposal: proposal.standing != "in_scope"))


def _proposed(named: ReportedPlace, read: ReadScope | None, known: Sequence[Finding]) -> Proposal:
    if read is None or read.why:
        why = read.why if read is not None else "no scope was read, so nothing may be probed"
        return Proposal(named=named, standing="no_scope", why=why)
    why = _refusal(named, Gate(scope=read.scope))
    if why:
        return Proposal(named=named, standing="out_of_scope", why=why)
    about = tuple(finding.id for finding in known if _is_about(finding, named))
    return Proposal(named=named, standing="in_scope", findings=about)


def _refusal(named: ReportedPlace, gate: Gate) -> str:
    """Why a place may not be probed, by the scope's text alone: no name is resolved for a report."""
    if named.kind == "bucket":
        try:
            allowed = gate.allows_bucket(parse_bucket(named.target, with_folders=True))
        except ValueError as error:
            return str(error)
        return "" if allowed else "not in the scope"
    literal: Address | None = parse_address(named.host)
    if literal is not None:
        return "" if gate.refusal(str(literal)) is None else "not in the scope"
    return "" if gate.allows_name(named.host) else "not in the scope"


def _is_about(finding: Finding, named: ReportedPlace) -> bool:
    """Whether a finding is at the place; a place without a port is every port of its host."""
    if named.kind == "bucket":
        return _is_bucket(finding, named.target)
    hosts = {finding.address, finding.host or finding.address}
    if named.port is None:
        return named.host in hosts
    return join_host_port(named.host, named.port) in {join_host_port(host, finding.port) for host in hosts}


def _is_bucket(finding: Finding, named: str) -> bool:
    """Whether a finding is that very bucket: another account or provider may have one of the same name."""
    try:
        bucket = parse_bucket(named, with_folders=True)
    except ValueError:
        return False
    if is_resource(finding.target):
        return bucket.scheme == "s3" and finding.target.endswith(f"/s3/{bucket.name}")
    name = finding.target.removeprefix(f"{join_host_port(finding.address, finding.port)}/")
    return name == bucket.name and (bucket.host is None or finding.host == bucket.host)
