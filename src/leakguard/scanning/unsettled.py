"""Protected, and not settled: endpoints that refuse strangers in a way that leaves open whether somebody is let in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from leakguard.models.findings import Finding, Outcome


def code_of(findings: Iterable[Finding]) -> str:
    """The reason code that all refusals of one endpoint have; nothing where it is open, or a check settled it."""
    outcomes, codes = set(), []
    for finding in findings:
        outcomes.add(finding.verdict.outcome)
        if finding.verdict.outcome is Outcome.NOT_EXPOSED:
            codes.append(finding.verdict.reason_code)
    is_protected = not outcomes & {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}
    return codes[0].value if is_protected and codes and codes[0] is not None and all(codes) else ""


def unsettled_in(findings: Iterable[Finding]) -> Mapping[str, int]:
    """How many endpoints are not settled, by reason code."""
    by_endpoint: dict[str, list[Finding]] = {}
    for finding in findings:
        by_endpoint.setdefault(finding.endpoint, []).append(finding)
    return dict(Counter(filter(None, map(code_of, by_endpoint.values()))))
