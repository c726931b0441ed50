"""The JSON of a finding, walked by hand field by field: what the one form of a finding is held to.

It is how releases wrote findings before there was that form, so ledgers of theirs hold the hashes of what it writes.
"""

from __future__ import annotations

from typing import Any

from leakguard.errors import UsageProblem
from leakguard.frozen import as_dict
from leakguard.ledger.canonical import canonical
from leakguard.models.findings import Finding, Permission, Reach, Verdict
from leakguard.models.kinds import Category, DataSeen, Growth, Sensitive
from leakguard.models.moments import to_z


def walked(finding: Finding) -> dict[str, Any]:
    """The plain values, in the order of the contract; raises `ValueError` for a time without a zone."""
    since = finding.exposed_since
    return {
        "schema": "leakguard.finding/1",
        "id": finding.id,
        "run": finding.run,
        "check_id": finding.check_id,
        "check_version": finding.check_version,
        "target": finding.target,
        "address": finding.address,
        "host": finding.host,
        "port": finding.port,
        "transport": finding.transport,
        "tls": as_dict(finding.tls) if finding.tls else None,
        "vantage": finding.vantage,
        "datastore": finding.datastore,
        **_verdict(finding.verdict),
        "exposed_since": {
            "earliest": to_z(since.earliest) if since.earliest else None,
            "latest": to_z(since.latest) if since.latest else None,
            "source": since.source,
        },
        "remediation": finding.remediation,
        "references": list(finding.references),
        "observed_at": to_z(finding.observed_at),
        "proof": {
            "requests": [
                {"method": one.method, "what": one.what, "status": one.status, "bytes": one.bytes}
                for one in finding.proof.requests
            ],
            "transcript_sha256": finding.proof.transcript_sha256,
        },
        "lifecycle": finding.lifecycle,
        **({"reach": [_reach(each) for each in finding.reach]} if finding.reach else {}),
    }


def walked_text(finding: Finding) -> str | None:
    """The canonical text; nothing for what JSON cannot hold."""
    try:
        return canonical(walked(finding))
    except UsageProblem:
        return None


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "product": verdict.product,
        "version": verdict.version,
        "outcome": verdict.outcome.value,
        "access": verdict.access.value,
        "reason": verdict.reason,
        **({"reason_code": verdict.reason_code.value} if verdict.reason_code is not None else {}),
        "severity": verdict.severity.value,
        "severity_axes": as_dict(verdict.severity_axes) if verdict.severity_axes else None,
        "size": as_dict(verdict.size) if verdict.size else None,
        **_data(verdict.data),
        "ransomed": {"verdict": verdict.ransomed.verdict, "markers": list(verdict.ransomed.markers)},
        "decoy": {"verdict": verdict.decoy.verdict.value, "signals": list(verdict.decoy.signals)},
        "cluster_id": verdict.cluster_id,
        "permissions": _permissions(verdict.permissions),
    }


def _permissions(permissions: tuple[Permission, ...]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for each in permissions:
        groups.setdefault(each.who.value, {})[each.right.value] = each.answer.value
    return groups


def _reach(reach: Reach) -> dict[str, Any]:
    return {"target": reach.target, "verdict": reach.verdict.value, "vantage": reach.vantage, "run": reach.run}


def _data(data: DataSeen | None) -> dict[str, Any]:
    if data is None:
        return {"categories": []}
    people = data.people
    known = {
        "sensitive": [_sensitive(each) for each in data.sensitive],
        "people": {"low": people.low, "high": people.high, "method": people.method} if people else None,
        "growth": _growth(data.growth) if data.growth else None,
        "sampled": data.sampled,
    }
    return {
        "categories": [_category(each) for each in data.categories],
        **{name: value for name, value in known.items() if value},
    }


def _category(category: Category) -> dict[str, Any]:
    named: dict[str, Any] = {"category": category.category, "where": category.where, "by": category.by}
    return named if category.count is None else {**named, "count": category.count, "looked_at": category.looked_at}


def _sensitive(one: Sensitive) -> dict[str, Any]:
    return {
        "category": one.category,
        "standard": one.standard,
        "version": one.version,
        "class": one.data_class,
        "confidence": one.confidence,
    }


def _growth(growth: Growth) -> dict[str, Any]:
    return {
        "since": to_z(growth.since),
        "run": growth.run,
        "records": growth.records,
        "bytes": growth.bytes,
        "records_per_day": growth.records_per_day,
    }
