"""Proves closure of owner-side findings by asking the account again; what it lists no more is closed as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any

from leakguard.engine.earlier_runs import gathered
from leakguard.errors import CloudRefused, NotFound, OutOfScope
from leakguard.models.clouds import EVERYWHERE, OWNER, CloudFact, CloudLook, Unit
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, is_resource
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.models.scope import Scope
from leakguard.owners.cloud_checks.definitions import CloudCheck, kinds_of
from leakguard.ports import Journal, Progress, ScanStore
from leakguard.scanning.gate import Gate
from leakguard.scanning.quiet_hours import refuse_in_quiet_hours
from leakguard.scanning.scope.file import refuse_if_not_permitted
from leakguard.use_cases.owners.cloud_findings import CloudJudge
from leakguard.use_cases.owners.scan_cloud import CloudTools, accounts_of, ground_of, opening_of_accounts
from leakguard.use_cases.scans.run_opening import STARTED
from leakguard.use_cases.scans.start_scan import new_run_id, verify_again
from leakguard.use_cases.scans.verify_findings import (
    VerifiedFinding,
    findings_to_verify,
    judge_closure,
    record_closure,
    with_known,
)

_Looked = tuple[tuple[VerifiedFinding, ...], tuple[str, ...]]


def verify_cloud(
    ids: Sequence[str], scope: Scope, tools: CloudTools, *, profiles: Sequence[str] = ()
) -> tuple[tuple[VerifiedFinding, ...], tuple[str, ...]]:
    """As `start_scan.verify_again`, for findings about resources of accounts.

    Without `profiles` those are used by which the findings were made. Raises before the first question when a finding
    is out of scope, in the quiet hours of the scope, and outside of its days.
    """
    refuse_in_quiet_hours(scope, tools.now())
    refuse_if_not_permitted(scope, name=scope.name, today=tools.now().astimezone(UTC).date())
    findings = findings_to_verify(tools.store, ids)
    _refuse_excluded(findings, Gate(scope=scope))
    accounts = accounts_of(profiles or _profiles_of(findings, tools.store), Gate(scope=scope), tools.cloud)
    units = _units(findings, accounts)
    wanted = {finding.check_id for finding in findings}
    checks = tuple(check for check in tools.cloud_checks if check.id in wanted)
    judge = CloudJudge(
        checks=checks, ground=ground_of(scope, accounts, tools), gate=Gate(scope=scope), run=new_run_id(tools),
        first_seen=gathered(tools.store.seen()).first_open_at,
    )  # fmt: skip
    again = _look_again(findings, units, judge, tools)
    _keep(again, units, checks, judge, tools, scope, accounts)
    here = judge_closure(findings, run=judge.run, standings={}, again=again)
    verified = with_known(tools.store, here, vantage=OWNER)
    return verified, record_closure(tools.store, verified, vantage=OWNER, now=tools.now)


def verify_both(
    ids: Sequence[str], scope: Scope, tools: CloudTools, progress: Progress, *, vantage: str,
    profiles: Sequence[str] = (), by_fleet: Callable[[Sequence[str]], _Looked] | None = None,
) -> _Looked:  # fmt: skip
    """Look at each finding again from the side on which it was made; as `start_scan.verify_again`.

    `by_fleet` looks from outside where the vantage is one of a fleet.
    """
    outside, own = apart(ids, tools.store)
    verified: list[VerifiedFinding] = []
    incidents: dict[str, None] = {}
    if outside:
        found, closed = (
            by_fleet(outside) if by_fleet else verify_again(outside, scope, tools, progress, vantage=vantage)
        )
        verified += found
        incidents.update(dict.fromkeys(closed))
    if own:
        found, closed = verify_cloud(own, scope, tools, profiles=profiles)
        verified += found
        incidents.update(dict.fromkeys(closed))
    return tuple(verified), tuple(incidents)


def apart(ids: Sequence[str], store: ScanStore) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of findings that were seen from outside, and of those that the owner's side told; raises `NotFound`."""
    findings = findings_to_verify(store, ids)
    own = tuple(finding.id for finding in findings if is_resource(finding.target))
    return tuple(finding.id for finding in findings if finding.id not in own), own


def _refuse_excluded(findings: Sequence[Finding], gate: Gate) -> None:
    """Raise `OutOfScope` that names every finding about a bucket that the scope excludes."""
    excluded = [finding for finding in findings if gate.excludes_bucket(f"s3://{_bucket(finding)}")]
    if excluded:
        names = ", ".join(f"{finding.id} ({finding.target})" for finding in excluded)
        raise OutOfScope(
            f"the scope `{gate.scope.name}` excludes the bucket of {names[:300]}",
            next_step="Leave it out, or have the owner take the bucket out of `exclude`.",
        )


def _bucket(finding: Finding) -> str:
    """The bucket of `aws://123456789012/eu-west-1/s3/backups` and of `.../lightsail/bucket/backups`; else empty."""
    service, _, name = finding.target.removeprefix("aws://").partition("/")[2].partition("/")[2].partition("/")
    is_of_lightsail = service == "lightsail" and name.startswith("bucket/")
    return name.removeprefix("bucket/") if is_of_lightsail or service == "s3" else ""


def _look_again(
    findings: Sequence[Finding], units: Sequence[Unit], judge: CloudJudge, tools: CloudTools
) -> tuple[Finding, ...]:
    """The same resources, as they are now."""
    looks = tuple(tools.cloud.looks(units, kinds_of(judge.checks)))
    facts = [fact for look in looks for fact in look.facts]
    seen = {
        (finding.finding.check_id, finding.finding.target): finding.finding
        for finding in judge.findings(facts, tools.now())
    }
    kinds = {check.id: check.resource for check in judge.checks}
    found = []
    for finding in findings:
        now, kind = seen.get((finding.check_id, finding.target)), kinds.get(finding.check_id, "")
        if now is None and _is_listed_whole(finding, kind, looks) and not _is_in_the_dark(finding, kind, facts):
            now = judge.gone(finding, tools.now())
        if now is not None:
            found.append(now)
    return tuple(found)


def _is_listed_whole(finding: Finding, kind: str, looks: Sequence[CloudLook]) -> bool:
    """Whether every resource of the kind was told of where the resource was; no kind where its check is gone."""
    account, region = _words(finding)
    return any(look.tells_of_all(account, region, kind) for look in looks)


def _is_in_the_dark(finding: Finding, kind: str, facts: Sequence[CloudFact]) -> bool:
    """Whether some list, in which the resource may stand, was refused; then its absence means nothing."""
    account = _words(finding)[0]
    return any(fact.kind == kind and fact.resource.account == account and "listing" in fact.gaps for fact in facts)


def _units(findings: Sequence[Finding], accounts: Mapping[str, str]) -> list[Unit]:
    """The regions of the findings, and what belongs to no region; raises `CloudRefused` without a profile for one."""
    wanted: dict[tuple[str, str], None] = {}
    for finding in findings:
        account, region = _words(finding)
        if account not in accounts:
            raise CloudRefused(
                f"no profile leads to the account {account} of {finding.id}", next_step="Name one: --aws PROFILE"
            )
        wanted.update({(account, EVERYWHERE): None, (account, region): None})
    return [Unit(profile=accounts[account], account=account, region=region) for account, region in wanted]


def _words(finding: Finding) -> tuple[str, str]:
    """Account and region of `aws://123456789012/eu-west-1/...`."""
    parts = finding.target.removeprefix("aws://").split("/")
    return parts[0], parts[1]


def _profiles_of(findings: Sequence[Finding], journal: Journal) -> tuple[str, ...]:
    """The profiles by which the findings were made; raises `NotFound` where the ledger does not tell."""
    found: dict[str, None] = {}
    for run in dict.fromkeys(finding.run for finding in findings):
        started = next((record for record in journal.read(run) if record.kind == STARTED), None)
        content: Mapping[str, Any] = started.content if started else {}
        accounts = {_words(finding)[0] for finding in findings if finding.run == run}
        known: Mapping[str, str] = content.get("profiles", {})
        found.update({known[account]: None for account in accounts if account in known})
    if not found:
        raise NotFound("the ledger does not tell by which profile this was found", next_step="Name it: --aws PROFILE")
    return tuple(found)


def _keep(
    again: Sequence[Finding], units: Sequence[Unit], checks: Sequence[CloudCheck], judge: CloudJudge,
    tools: CloudTools, scope: Scope, accounts: Mapping[str, str],
) -> None:  # fmt: skip
    """A run of its own, so that the ledger tells of the second look as of the first."""
    store, run = tools.store, judge.run
    store.take_run(run)
    try:
        opening = opening_of_accounts(scope, accounts, units, checks)
        store.append(run, [Record(kind=STARTED, occurred_at=exactly(tools.now()), content=opening)])
        store.save_findings(run, again, {}, {0: RunState(next_position=len(units))})
        store.append(run, [Record(kind="run_finished", occurred_at=exactly(tools.now()), content={"counts": {}})])
    finally:
        store.release_run(run)
