"""Conclusions: what an endpoint turned out to be, and the findings of it, from the verdicts on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from leakguard.checks.order import HTTP
from leakguard.checks.proof import proof_of
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.requests import OWN_ACCOUNT
from leakguard.engine.examination import (
    Examination,
    Judged,
    TargetStanding,
    failed,
    is_unreadable,
    most_telling,
    standing_of,
    unheard_of,
)
from leakguard.engine.round_state import place_key
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
)
from leakguard.models.observations import Ending
from leakguard.models.scope import Leave, Scope
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN

OLDEST_DATA = "first_seen, oldest_data"
"""Seen open at the latest when it was first seen so; at the earliest when the oldest of the data came in."""
_UNHEARD = frozenset({TargetStanding.SILENT, TargetStanding.NOT_CHECKED})


def conclude(
    endpoint: Endpoint, judged: Sequence[Judged], *, run: str, vantage: str, observed_at: datetime, is_decoy: bool,
    first_seen: Mapping[tuple[str, str], datetime], scope: Scope | None = None,
) -> Examination:  # fmt: skip
    """How the endpoint stands, with a finding of every check that applies; those of fallbacks only where no other does.

    Beside them every check that the host left without an answer has one: what it looks for may be there. Where all of
    them were left so, one stands for them: that of what the port suggests, if there is one. So does one for all whose
    answer began in their protocol and could not be read, which no fallback outweighs.

    `is_decoy`: the owner declared it. `first_seen`: when a check first found a place open. `scope`: see `_by_leave`.
    """
    known = [item for item in judged if item.applies and not failed(item)]
    special = [item for item in known if not item.definition.fallback]
    unread = [] if special else _unreadable(endpoint, judged)
    kept = special or unread or known or _turned_away(endpoint, judged)
    missing = [item for item in unheard_of(judged) if not (unread and is_unreadable(item))]
    standing = standing_of(judged, kept)
    if kept or endpoint.named:
        kept = [*kept, *missing]
    if standing is TargetStanding.EXPOSED and is_decoy:
        standing = TargetStanding.OTHER
    if judged and not kept and endpoint.named and standing in _UNHEARD:
        kept = [judged[0] if _is_suggested(endpoint, judged[0]) else most_telling(judged)]

    def told(item: Judged) -> Finding:
        found = _finding(endpoint, _declared(item) if is_decoy else item, run, vantage, observed_at, first_seen)
        if scope is None:
            return found
        return _of_device(_by_leave(found, item, scope.default_accounts), item, scope.industrial)

    findings = tuple(map(told, kept))
    is_unasked = standing is TargetStanding.NOT_CHECKED and not findings
    why = (missing or [most_telling(judged)])[0].verdict.reason if is_unasked else ""
    return Examination(standing=standing, findings=findings, why=why)


def _unreadable(endpoint: Endpoint, judged: Sequence[Judged]) -> list[Judged]:
    """One of the checks whose answer could not be read; over HTTP, as many speak it, only where that is asked for."""
    unread = [item for item in judged if is_unreadable(item)]
    suggested = [item for item in unread if endpoint.port in item.definition.probe.ports]
    told = [item for item in unread if endpoint.named or not _is_over_http(item)]
    return (suggested or told)[:1]


def _is_over_http(item: Judged) -> bool:
    kind = item.definition.probe.kind
    return HTTP in (kind, PROTOCOLS[kind].over)


def _turned_away(endpoint: Endpoint, judged: Sequence[Judged]) -> list[Judged]:
    """Who asked for a certificate of ours told no product: a fallback says so, or else the check of the port."""
    away = [item for item in judged if item.observation.ended is Ending.CERTIFICATE]
    general = [item for item in away if item.definition.fallback]
    return general[:1] or [item for item in away[:1] if endpoint.named or endpoint.port in item.definition.probe.ports]


def _is_suggested(endpoint: Endpoint, first: Judged) -> bool:
    """Whether the first check that was asked is that of the port, and learnt nothing."""
    return endpoint.port in first.definition.probe.ports and first.verdict.outcome is Outcome.INCONCLUSIVE


ID_DIGITS = 16
"""Of 64 bits. A store keeps one finding an id, and what has the id of another one would be lost without a word: of ten
digits that was one scan of 32,768 open stores in two thousand, and one in four beside ten million older findings."""


def finding_id(run: str, check_id: str, target: str, address: str) -> str:
    """The same check on the same target at the same address in one run has the same id: a repeat changes nothing.

    A name may lead to several addresses, of which one is open and another is not.
    """
    return "F-" + hashlib.sha256(f"{run}\n{check_id}\n{target}\n{address}".encode()).hexdigest()[:ID_DIGITS]


def _finding(
    endpoint: Endpoint,
    item: Judged,
    run: str,
    vantage: str,
    observed_at: datetime,
    first_seen: Mapping[tuple[str, str], datetime],
) -> Finding:
    target = f"{endpoint.target}/{item.inside}" if item.inside else endpoint.target
    key, seen, check = place_key(endpoint, item.definition, item.inside), item.observation, item.definition
    return Finding(
        id=finding_id(run, *key, endpoint.address), run=run, check_id=check.id, check_version=check.version,
        target=target, address=endpoint.address, host=endpoint.host, port=endpoint.port, transport=seen.transport,
        tls=seen.tls, vantage=vantage, datastore=check.datastore, verdict=item.verdict,
        exposed_since=_since(item, first_seen.get(key, observed_at)), remediation=check.remediation_on(endpoint.port),
        references=check.references, observed_at=observed_at, proof=_proof(item), lifecycle=check.lifecycle,
    )  # fmt: skip


def _by_leave(finding: Finding, item: Judged, leave: Leave | None) -> Finding:
    """The finding with the leave, in words and as values, where the product's own account was asked by it."""
    asked = [reply.document for reply in item.observation.replies.values() if reply.method == OWN_ACCOUNT]
    if leave is None or not any(isinstance(told, dict) and told.get("tried") for told in asked):
        return finding
    reason = f"{finding.verdict.reason.rstrip('.')}; {leave.words}"
    return replace(finding, verdict=replace(finding.verdict, reason=reason), default_accounts=leave)


def _of_device(finding: Finding, item: Judged, leave: Leave | None) -> Finding:
    """The finding with the leave by which an industrial device was asked, in words and as values."""
    if leave is None or not PROTOCOLS[item.definition.probe.kind].is_industrial:
        return finding
    reason = f"{finding.verdict.reason.rstrip('.')}; {leave.words}"
    return replace(finding, verdict=replace(finding.verdict, reason=reason), industrial=leave)


def _declared(item: Judged) -> Judged:
    """A trap that the owner declared is reported as one and never as a leak."""
    verdict = replace(
        item.verdict, outcome=Outcome.NOT_APPLICABLE, access=Access.NONE, severity=Severity.NONE,
        decoy=Decoy(verdict=DecoyVerdict.DECLARED, signals=("declared in the scope",)),
        reason=f"the scope declares this as your decoy; as a datastore it would be {item.verdict.outcome.value}",
    )  # fmt: skip
    return replace(item, verdict=verdict)


def _proof(item: Judged) -> Proof:
    """What was asked, and what was read of the data themselves where their owner permitted that."""
    proof = proof_of(item.observation)
    return replace(proof, requests=(*proof.requests, *item.sample_requests)) if item.sample_requests else proof


def _since(item: Judged, first_seen: datetime) -> ExposedSince:
    """What is not open has not been open since any time; data that were not there could not be reached."""
    if item.verdict.outcome not in OPEN:
        return ExposedSince()
    if item.oldest is None or item.oldest > first_seen:
        return ExposedSince(latest=first_seen)
    return ExposedSince(earliest=item.oldest, latest=first_seen, source=OLDEST_DATA)
