"""Findings about resources of our own accounts, from facts that their interface told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.engine.conclusion import finding_id
from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import Frozen, replace
from leakguard.models.clouds import OWNER, CloudFact
from leakguard.models.findings import ExposedSince, Finding, Outcome, Proof, Severity, Verdict
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.owners.cloud_checks.definitions import CloudCheck
from leakguard.owners.cloud_checks.judge import ResourceContext, endpoints_of, judge_fact
from leakguard.scanning.gate import Gate

STANDINGS = {
    Outcome.EXPOSED: EndpointStatus.EXPOSED,
    Outcome.PARTIALLY_EXPOSED: EndpointStatus.EXPOSED,
    Outcome.NOT_EXPOSED: EndpointStatus.PROTECTED,
    Outcome.NOT_APPLICABLE: EndpointStatus.OTHER,
    Outcome.INCONCLUSIVE: EndpointStatus.NOT_CHECKED,
}


class JudgedResource(Frozen):
    """A finding, and where strangers would knock at what it is about."""

    finding: Finding
    endpoints: tuple[str, ...] = ()
    """Targets; empty where the settings keep strangers out."""


class CloudJudge(Frozen):
    """Judges the facts of one run."""

    checks: Sequence[CloudCheck]
    ground: ResourceContext
    gate: Gate
    run: str
    first_seen: Mapping[tuple[str, str], datetime]

    def findings(self, facts: Iterable[CloudFact], observed_at: datetime) -> Iterator[JudgedResource]:
        """One for each check of each resource that the scope does not exclude."""
        for fact in facts:
            if self._is_excluded(fact):
                continue
            for check in self.checks:
                if check.resource == fact.kind:
                    yield self._looked(check, fact, observed_at)

    def gone(self, finding: Finding, observed_at: datetime) -> Finding:
        """A finding that the account was asked about again, and that is not in its lists any more."""
        verdict = Verdict(
            outcome=Outcome.NOT_EXPOSED,
            reason="the account lists it no more, or shares it no more",
            product=finding.verdict.product,
        )
        return replace(
            finding, id=finding_id(self.run, finding.check_id, finding.target, ""), run=self.run, verdict=verdict,
            exposed_since=ExposedSince(), observed_at=observed_at, proof=Proof(), reach=(),
        )  # fmt: skip

    def _looked(self, check: CloudCheck, fact: CloudFact, observed_at: datetime) -> JudgedResource:
        verdict, target = judge_fact(check, fact, self.ground), fact.resource.target
        is_open = verdict.outcome in OPEN_OUTCOMES
        since = self.first_seen.get((check.id, target), observed_at)
        finding = Finding(
            id=finding_id(self.run, check.id, target, ""), run=self.run, check_id=check.id,
            check_version=check.version, target=target, address="", host=None, port=0, transport="api", tls=None,
            vantage=OWNER, datastore=check.datastore, verdict=verdict,
            exposed_since=ExposedSince(latest=since) if is_open else ExposedSince(), remediation=check.remediation,
            references=tuple(check.references), observed_at=observed_at, proof=_proof(fact), lifecycle=check.lifecycle,
        )  # fmt: skip
        is_public = is_open and verdict.severity is not Severity.LOW
        return JudgedResource(finding=finding, endpoints=endpoints_of(fact, self.ground) if is_public else ())

    def _is_excluded(self, fact: CloudFact) -> bool:
        """A bucket may be excluded by its name; every other resource by its account alone."""
        return any(self.gate.excludes_bucket(endpoint) for endpoint in fact.endpoints if endpoint.startswith("s3://"))


def _proof(fact: CloudFact) -> Proof:
    """What was asked, and a digest of what was learnt: policies go into it, and nowhere else."""
    learnt = json.dumps(dict(fact.values), sort_keys=True, default=str).encode()
    return Proof(requests=fact.asked, transcript_sha256=hashlib.sha256(learnt).hexdigest())
