"""A run with something of everything, for tests of outputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, Severity, Size
from leakguard.models.mutes import Mute
from leakguard.outputs.scan_view import RuleText, ScanView
from leakguard.scanning.run_findings import FindingsInMemory
from support.findings import make_finding

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MUTE = Mute(reason="public data set", owner="A. Owner", expires=date(2027, 3, 31), target="10.0.0.3:9200")
RULES = {
    "elasticsearch_open": RuleText(title="Elasticsearch answers without a login", why="Anybody can read it all."),
    "redis_open": RuleText(title="Redis takes commands without a password", why="Anybody can read it all."),
}
LARGE = Size(records=9_500_000_000, bytes=8_400_000_000_000, collections=12, exact=False, method="_stats")


def some_findings() -> tuple[Finding, ...]:
    """Two open clusters, a Redis without a size, a muted one, one locked, one unclear."""
    return (
        at("10.0.0.1", "F-1", severity=Severity.CRITICAL, size=LARGE, host="mail.example.edu"),
        at("10.0.0.2", "F-2", severity=Severity.MEDIUM, size=sized(41_000, 12_000_000)),
        at("10.0.0.3", "F-3", severity=Severity.HIGH, size=sized(7, 70_000)),
        at("10.0.0.4", "F-4", severity=Severity.HIGH, size=None, check_id="redis_open", datastore="redis", port=6379),
        at("10.0.0.5", "F-5", outcome=Outcome.NOT_EXPOSED, severity=Severity.NONE, size=None),
        at("10.0.0.6", "F-6", outcome=Outcome.INCONCLUSIVE, severity=Severity.NONE, size=None),
    )  # fmt: skip


def sized(records: int, size: int) -> Size:
    """As the server states it."""
    return Size(records=records, bytes=size, collections=1, method="_cat/indices")


def at(address: str, identifier: str, **changes: Any) -> Finding:  # noqa: ANN401  (fields of the finding and its verdict)
    """A finding at an address, in a cluster of its own."""
    base = make_finding(identifier, outcome=changes.pop("outcome", Outcome.EXPOSED))
    verdict = replace(
        base.verdict, cluster_id=f"cluster-{identifier}-id", severity=changes.pop("severity"), size=changes.pop("size"),
    )  # fmt: skip
    port = changes.pop("port", 9200)
    placed: dict[str, Any] = {"address": address, "target": f"{address}:{port}", "host": None, "port": port, **changes}
    return replace(base, verdict=verdict, **placed)


def scan_view(findings: tuple[Finding, ...] | None = None, **changes: Any) -> ScanView:  # noqa: ANN401  (fields)
    """The view of a run."""
    found = FindingsInMemory(some_findings() if findings is None else findings)
    counts: Mapping[str, int] = {"exposed": 4, "protected": 1, "closed": 250, "not_checked": 1}
    values: dict[str, Any] = {
        "run": "R-20261126-1a2b3c", "counts": counts, "findings": found, "is_interrupted": False, "exit_code": 1,
        "made_at": NOW, "rules": RULES, "muted": {"F-3": MUTE}, **changes,
    }  # fmt: skip
    return ScanView(**values)
