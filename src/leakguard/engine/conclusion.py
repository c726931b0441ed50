"""Conclusions: the status of an endpoint and its findings, from the results of its checks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from leakguard.checks.order import HTTP
from leakguard.checks.proof import proof_of
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.requests import OWN_ACCOUNT
from leakguard.engine.earlier_runs import CheckedDataStore, checked_data_store
from leakguard.engine.examination import (
    STOPPED_ACCEPTING,
    CheckResult,
    EndpointStatus,
    Examination,
    answers_only_with_certificate,
    got_data,
    is_first_unanswered,
    is_unreadable,
    status_of,
    unanswered_checks,
    was_refused_after_connecting,
)
from leakguard.frozen import replace
from leakguard.models.findings import (
    Access,
    Decoy,
    DecoyVerdict,
    ExposedSince,
    Finding,
    Outcome,
    Proof,
    Severity,
    Verdict,
)
from leakguard.models.observations import Ending
from leakguard.models.scope import OwnerPermission, Scope
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN

OLDEST_DATA = "first_seen, oldest_data"
"""The source of `ExposedSince`, a stored value: opened after its oldest data came in, before we first saw it open."""
CERTIFICATE_NOT_OF_ALL = "the server asked for a client's certificate, and answered another request without one"
_CONTRADICTED = {(ending, Outcome.INCONCLUSIVE) for ending in (Ending.REFUSED, Ending.CERTIFICATE)}
"""Ending and outcome of each result that `_contradicted_as_inconclusive` changed."""
_UNHEARD = frozenset({EndpointStatus.SILENT, EndpointStatus.NOT_CHECKED})


def conclude(
    endpoint: Endpoint, results: Sequence[CheckResult], *, run: str, vantage: str, observed_at: datetime,
    is_decoy: bool, first_open_at: Mapping[CheckedDataStore, datetime], scope: Scope | None = None,
) -> Examination:  # fmt: skip
    """The status of an endpoint, and its findings: those of the first of these groups that is not empty.

    1. Every product check that applies.
    2. One check whose answer began in its protocol and could not be read.
    3. Every fallback check that applies. Such a check is judged only if no other check of its protocol applies.
    4. One check for a host that demands a client certificate; see `_certificate_results`.

    If there is such a finding, or a person named this very endpoint, each unanswered check gets a finding too, since
    what it looks for may be there. If a named endpoint then has no finding, and was silent or not checked, one check
    stands for all: the first, if the port suggests it and it was inconclusive, or else the most telling one.

    `is_decoy`: the owner declared it. `first_open_at`: when a check first found a data store open. With `scope`,
    findings name the permission by which default accounts or industrial devices were probed.
    """
    results = _contradicted_as_inconclusive(results)
    applying = [item for item in results if item.applies and not is_first_unanswered(item)]
    of_products = [item for item in applying if not item.definition.fallback]
    unread = [] if of_products else _unreadable(endpoint, results)
    chosen = of_products or unread or applying or _certificate_results(endpoint, results)
    missing = [item for item in unanswered_checks(results) if not (unread and is_unreadable(item))]
    status = status_of(results, chosen)
    if chosen or endpoint.named:
        chosen = [*chosen, *missing]
    status = EndpointStatus.OTHER if is_decoy and status is EndpointStatus.EXPOSED else status
    if results and not chosen and endpoint.named and status in _UNHEARD:
        chosen = [results[0] if _is_suggested(endpoint, results[0]) else _most_telling(results)]

    def finding_of(item: CheckResult) -> Finding:
        concluded = _as_declared_decoy(item) if is_decoy else item
        found = _finding(endpoint, concluded, run, vantage, observed_at, first_open_at)
        return found if scope is None else _with_permissions(found, item, scope)

    findings = tuple(map(finding_of, chosen))
    is_unexplained = status is EndpointStatus.NOT_CHECKED and not findings
    why = (missing or [_most_telling(results)])[0].verdict.reason if is_unexplained else ""
    return Examination(status=status, findings=findings, why=why)


def _contradicted_as_inconclusive(results: Sequence[CheckResult]) -> Sequence[CheckResult]:
    """The results, of which those become inconclusive that the answers to other requests contradict.

    These are a refused connection, if the host accepted another one, and a demanded certificate, if the host answered
    another request without one.
    """
    reasons = {Ending.REFUSED: STOPPED_ACCEPTING} if was_refused_after_connecting(results) else {}
    if not answers_only_with_certificate(results):
        reasons[Ending.CERTIFICATE] = CERTIFICATE_NOT_OF_ALL
    return [
        replace(item, verdict=Verdict(outcome=Outcome.INCONCLUSIVE, reason=reasons[item.observation.ended]))
        if item.observation.ended in reasons
        else item
        for item in results
    ]


def _unreadable(endpoint: Endpoint, results: Sequence[CheckResult]) -> list[CheckResult]:
    """At most one check whose answer could not be read, preferably one that the port suggests.

    A check that the port does not suggest counts over HTTP only at a named endpoint: many other servers speak HTTP.
    """
    unread = [item for item in results if is_unreadable(item)]
    suggested = [item for item in unread if endpoint.port in item.definition.probe.ports]
    countable = [item for item in unread if endpoint.named or not _is_over_http(item)]
    return (suggested or countable)[:1]


def _is_over_http(item: CheckResult) -> bool:
    kind = item.definition.probe.kind
    return HTTP in (kind, PROTOCOLS[kind].over)


def _certificate_results(endpoint: Endpoint, results: Sequence[CheckResult]) -> list[CheckResult]:
    """At most one result for a host that demands a client certificate.

    It is that of a fallback check, or else that of the first check, if the endpoint is named or the port suggests it.
    """
    if not answers_only_with_certificate(results):
        return []
    demanding = [item for item in results if item.observation.ended is Ending.CERTIFICATE]
    of_fallbacks = [item for item in demanding if item.definition.fallback]
    of_first = demanding[:1]
    return of_fallbacks[:1] or [
        item for item in of_first if endpoint.named or endpoint.port in item.definition.probe.ports
    ]


def _most_telling(results: Sequence[CheckResult]) -> CheckResult:
    """The result that explains an endpoint for which nothing else is chosen: the first of these that there is.

    1. A check whose answer could not be read.
    2. A check whose time ran out.
    3. A check whose refused connection or demanded certificate other answers contradict.
    4. A check that got any data.
    5. The first check.
    """
    spent = [item for item in results if item.observation.ended is Ending.SPENT]
    contradicted = [item for item in results if (item.observation.ended, item.verdict.outcome) in _CONTRADICTED]
    ranked = (*filter(is_unreadable, results), *spent, *contradicted, *filter(got_data, results), *results)
    return ranked[0]


def _is_suggested(endpoint: Endpoint, first: CheckResult) -> bool:
    """Whether `first` is the check of a product that the port suggests, and was inconclusive."""
    return endpoint.port in first.definition.probe.ports and first.verdict.outcome is Outcome.INCONCLUSIVE


ID_DIGITS = 16
"""64 bits. A store keeps one finding for each id, so a colliding finding would be lost. With 10 digits, 1 in 2,000
scans of 32,768 open data stores would collide, and 1 in 4 beside ten million older findings."""


def finding_id(run: str, check_id: str, data_store_key: str, address: str) -> str:
    """The id of a finding: the same for the same check, data store and address in one run, so a repeat adds nothing.

    `data_store_key`: see `models.findings.place_of`; of a resource in a cloud account, its target.
    The address counts, since a name may lead to several addresses, of which only some are open.
    """
    return "F-" + hashlib.sha256(f"{run}\n{check_id}\n{data_store_key}\n{address}".encode()).hexdigest()[:ID_DIGITS]


def _finding(
    endpoint: Endpoint,
    item: CheckResult,
    run: str,
    vantage: str,
    observed_at: datetime,
    first_open_at: Mapping[CheckedDataStore, datetime],
) -> Finding:
    target = f"{endpoint.target}/{item.path_in_endpoint}" if item.path_in_endpoint else endpoint.target
    check, observation = item.definition, item.observation
    key = checked_data_store(endpoint, check, item.path_in_endpoint)
    _, data_store_key = key
    return Finding(
        id=finding_id(run, check.id, data_store_key, endpoint.address), run=run, check_id=check.id,
        check_version=check.version, target=target, address=endpoint.address, host=endpoint.host, port=endpoint.port,
        transport=observation.transport, tls=observation.tls, vantage=vantage, datastore=check.datastore,
        verdict=item.verdict, exposed_since=_since(item, first_open_at.get(key, observed_at)),
        remediation=check.remediation_on(endpoint.port),
        references=check.references, observed_at=observed_at, proof=_proof(item), lifecycle=check.lifecycle,
    )  # fmt: skip


def _with_permissions(finding: Finding, item: CheckResult, scope: Scope) -> Finding:
    return _with_device_permission(_with_permission(finding, item, scope.default_accounts), item, scope.industrial)


def _with_permission(finding: Finding, item: CheckResult, permission: OwnerPermission | None) -> Finding:
    """The finding with the permission, in words and as values, if the product's default account was tried under it."""
    answers = [reply.document for reply in item.observation.replies.values() if reply.method == OWN_ACCOUNT]
    if permission is None or not any(isinstance(answer, dict) and answer.get("tried") for answer in answers):
        return finding
    reason = f"{finding.verdict.reason.rstrip('.')}; {permission.words}"
    return replace(finding, verdict=replace(finding.verdict, reason=reason), default_accounts=permission)


def _with_device_permission(finding: Finding, item: CheckResult, permission: OwnerPermission | None) -> Finding:
    """The finding with the permission, in words and as values, if an industrial device was probed under it."""
    if permission is None or not PROTOCOLS[item.definition.probe.kind].is_industrial:
        return finding
    reason = f"{finding.verdict.reason.rstrip('.')}; {permission.words}"
    return replace(finding, verdict=replace(finding.verdict, reason=reason), industrial=permission)


def _as_declared_decoy(item: CheckResult) -> CheckResult:
    """The item as a declared decoy, which is never reported as an exposure."""
    verdict = replace(
        item.verdict, outcome=Outcome.NOT_APPLICABLE, access=Access.NONE, severity=Severity.NONE,
        decoy=Decoy(verdict=DecoyVerdict.DECLARED, signals=("declared in the scope",)),
        reason=f"the scope declares this as your decoy; as a datastore it would be {item.verdict.outcome.value}",
    )  # fmt: skip
    return replace(item, verdict=verdict)


def _proof(item: CheckResult) -> Proof:
    """The requests that were sent, with those of a sample if the owner permitted one."""
    proof = proof_of(item.observation)
    return replace(proof, requests=(*proof.requests, *item.sample_requests)) if item.sample_requests else proof


def _since(item: CheckResult, first_open_at: datetime) -> ExposedSince:
    """When it was opened: after its oldest data, if known, and before it was first seen; empty if it is not open."""
    if item.verdict.outcome not in OPEN:
        return ExposedSince()
    if item.oldest is None or item.oldest > first_open_at:
        return ExposedSince(latest=first_open_at)
    return ExposedSince(earliest=item.oldest, latest=first_open_at, source=OLDEST_DATA)
