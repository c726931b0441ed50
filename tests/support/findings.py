"""Findings for tests, complete and easy to vary."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leakguard.frozen import replace
from leakguard.models.findings import (
    Access,
    Decoy,
    DecoyVerdict,
    ExposedSince,
    Finding,
    Outcome,
    Proof,
    ProofRequest,
    RansomSigns,
    Severity,
    SeverityAxes,
    Size,
    Verdict,
)
from leakguard.models.observations import TlsSeen

SEEN = datetime(2026, 5, 24, 1, 0, tzinfo=UTC)

_FINDING = Finding(
    id="F-1",
    run="R-1",
    check_id="elasticsearch_open",
    check_version=3,
    target="mail.example.edu:9200",
    address="127.0.0.1",
    host="mail.example.edu",
    port=9200,
    transport="https",
    tls=TlsSeen(version="TLSv1.3", subject="CN=mail", sha256="ab" * 32),
    vantage="local",
    datastore="elasticsearch",
    verdict=Verdict(
        outcome=Outcome.EXPOSED,
        reason="an anonymous caller listed the indices",
        access=Access.READ,
        product="elasticsearch",
        version="6.8.23",
        size=Size(records=9_500_000_000, bytes=8_400_000_000_000, collections=12, exact=False, method="_stats"),
        cluster_id="abc",
        severity=Severity.CRITICAL,
        severity_axes=SeverityAxes(authority="read", volume="huge", sensitivity="unknown", aggravation="none"),
        decoy=Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("answers everything",)),
        ransomed=RansomSigns(verdict="suspected", markers=("read_me",)),
    ),
    exposed_since=ExposedSince(latest=SEEN),
    remediation="Close the port.",
    references=("https://example.org/",),
    observed_at=SEEN,
    proof=Proof(
        requests=(ProofRequest(method="GET", what="/_cat/indices", status=200, bytes=812),), transcript_sha256="cd" * 32
    ),
)


def make_finding(identifier: str = "F-1", *, outcome: Outcome = Outcome.EXPOSED, **changes: Any) -> Finding:  # noqa: ANN401  (any field)
    """A finding with another id, outcome or fields."""
    verdict = replace(_FINDING.verdict, outcome=outcome)
    return replace(_FINDING, **{"id": identifier, "verdict": verdict, **changes})
