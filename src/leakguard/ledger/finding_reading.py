"""A finding from its canonical text, read in one pass: a history of a year holds a hundred thousand of them.

It is what `finding_from_json(from_canonical_whole(text))` gives, in a third of its time; a test holds both against one
another. The types are checked on the way, so what is no finding of ours is left to the slower reader, which says why.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from typing import Literal

import msgspec

from leakguard.frozen import Frozen, field
from leakguard.models.findings import (
    Access,
    Decoy,
    ExposedSince,
    Finding,
    Outcome,
    Proof,
    Ransomed,
    ReasonCode,
    Severity,
    SeverityAxes,
    Size,
    Verdict,
)
from leakguard.models.kind_json import sensitive_from_json
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.moments import from_z


class _Since(Frozen):
    earliest: str | None
    latest: str | None
    source: str


class _Growth(Frozen):
    since: str
    run: str
    records: int | None
    bytes: int | None
    records_per_day: int | None


class _Flat(Frozen):
    """The fields as they stand in the text. What is rare has no type here: permissions, a look from outside."""

    schema: Literal["leakguard.finding/1"]
    id: str
    run: str
    check_id: str
    check_version: int
    target: str
    address: str
    host: str | None
    port: int
    transport: str
    tls: None
    vantage: str
    datastore: str
    product: str | None
    version: str | None
    outcome: Outcome
    access: Access
    reason: str
    severity: Severity
    severity_axes: SeverityAxes | None
    size: Size | None
    ransomed: Ransomed
    decoy: Decoy
    cluster_id: str | None
    exposed_since: _Since
    remediation: str
    references: tuple[str, ...]
    observed_at: str
    proof: Proof
    lifecycle: str
    reason_code: ReasonCode | None = None
    permissions: dict[str, dict[str, str]] = field(default_factory=dict)
    reach: tuple[None, ...] = ()
    categories: tuple[Category, ...] = ()
    sensitive: msgspec.Raw = msgspec.Raw(b"[]")
    people: People | None = None
    growth: _Growth | None = None
    sampled: str = ""


@cache
def _decode() -> Callable[[str], _Flat]:
    """Made when the first finding is read: its types are looked up then."""
    return msgspec.json.Decoder(_Flat).decode


def quick_finding(text: str) -> Finding | None:
    """The finding, or `None` where anything in the text is rare, or none of ours."""
    if '"$' in text or "\\u0024" in text:
        return None
    try:
        flat = _decode()(text)
        return None if flat.permissions else _finding(flat)
    except (ValueError, KeyError, TypeError, msgspec.DecodeError):
        return None


def _finding(flat: _Flat) -> Finding:
    since = flat.exposed_since
    return Finding(
        id=flat.id, run=flat.run, check_id=flat.check_id, check_version=flat.check_version, target=flat.target,
        address=flat.address, host=flat.host, port=flat.port, transport=flat.transport, tls=None, vantage=flat.vantage,
        datastore=flat.datastore,
        verdict=Verdict(
            outcome=flat.outcome, reason=flat.reason, reason_code=flat.reason_code, access=flat.access,
            product=flat.product, version=flat.version, size=flat.size,
            cluster_id=flat.cluster_id, severity=flat.severity, severity_axes=flat.severity_axes,
            decoy=flat.decoy, ransomed=flat.ransomed, data=_data(flat),
        ),
        exposed_since=ExposedSince(earliest=_moment(since.earliest), latest=_moment(since.latest), source=since.source),
        remediation=flat.remediation, references=flat.references, observed_at=from_z(flat.observed_at),
        proof=flat.proof, lifecycle=flat.lifecycle,
    )  # fmt: skip


def _data(flat: _Flat) -> DataSeen | None:
    growth, sensitive = flat.growth, _sensitive(bytes(flat.sensitive))
    if not (flat.categories or sensitive or flat.people or growth or flat.sampled):
        return None
    return DataSeen(
        categories=flat.categories, sensitive=sensitive, people=flat.people,
        growth=_grown(growth) if growth else None, sampled=flat.sampled,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _sensitive(text: bytes) -> tuple[Sensitive, ...]:
    """Follows from the kinds of data, and these are few."""
    return tuple(map(sensitive_from_json, msgspec.json.decode(text)))


def _grown(growth: _Growth) -> Growth:
    return Growth(
        since=from_z(growth.since), run=growth.run, records=growth.records, bytes=growth.bytes,
        records_per_day=growth.records_per_day,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_z(text)
