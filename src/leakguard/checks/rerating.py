"""Verdicts that are rated again, as more became known after they were given."""

from __future__ import annotations

from leakguard.checks.severity import rate
from leakguard.frozen import replace
from leakguard.models.findings import Decoy, DecoyVerdict, Verdict
from leakguard.models.kinds import DataSeen


def with_decoy_signal(verdict: Verdict, signal: str) -> Verdict:
    """The verdict with a suspicion more; what the suspicion changes is rated again."""
    decoy = Decoy(verdict=DecoyVerdict.SUSPECTED, signals=(*verdict.decoy.signals, signal))
    severity, axes = rate(
        verdict.outcome, verdict.access, verdict.size, ransomed=verdict.ransomed.verdict, decoy=decoy.verdict
    )
    return replace(verdict, decoy=decoy, severity=severity, severity_axes=axes)


def with_data(verdict: Verdict, data: DataSeen | None) -> Verdict:
    """The verdict with what is known of the data; an open store is rated again by it."""
    if data is None:
        return verdict
    severity, axes = rate(
        verdict.outcome, verdict.access, verdict.size, ransomed=verdict.ransomed.verdict,
        decoy=verdict.decoy.verdict, categories=tuple(dict.fromkeys(category.category for category in data.categories)),
        is_sensitive=bool(data.sensitive),
    )  # fmt: skip
    return replace(verdict, data=data, severity=severity, severity_axes=axes)
