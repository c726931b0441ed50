"""A finding as JSON has it (`leakguard.finding/1`): the one form of outputs, of the fleet's messages and of the ledger.

`WireFinding` states the fields and their types. What writes a finding and what reads one both follow from it, so a
field is added here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from leakguard.errors import BadFile, Problem
from leakguard.frozen import Frozen, field, replace
from leakguard.models.findings import (
    Access,
    Answer,
    Decoy,
    ExposedSince,
    Finding,
    Outcome,
    Permission,
    Proof,
    RansomSigns,
    Reach,
    ReasonCode,
    Right,
    Severity,
    SeverityAxes,
    Size,
    Stranger,
    Verdict,
)
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.moments import Moment, in_utc
from leakguard.models.observations import TlsSeen
from leakguard.models.scope import OwnerPermission
from leakguard.models.shipped import ShippedFindings

SCHEMA: Literal["leakguard.finding/1"] = "leakguard.finding/1"
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?([\w.\[\]]*)`$", re.ASCII)
"""Where a value does not fit, as msgspec names it: by names of fields, with `[...]` for a key; never a value."""


class WireFinding(Frozen):
    """A finding with its verdict laid flat, in the order of the contract; times are in UTC, as `to_z` writes them.

    A field that is `UNSET` is left out of the text. `permissions` and `categories` are always written, and may be
    missing in what an earlier release wrote.
    """

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
    tls: TlsSeen | None
    vantage: str
    datastore: str
    product: str | None
    version: str | None
    outcome: Outcome
    access: Access
    reason: str
    reason_code: ReasonCode | UnsetType = UNSET
    severity: Severity
    severity_axes: SeverityAxes | None
    size: Size | None
    categories: tuple[Category, ...] = ()
    sensitive: tuple[Sensitive, ...] | UnsetType = UNSET
    people: People | UnsetType = UNSET
    growth: Growth | UnsetType = UNSET
    sampled: str | UnsetType = UNSET
    shipped: ShippedFindings | UnsetType = UNSET
    ransomed: RansomSigns
    decoy: Decoy
    cluster_id: str | None
    permissions: dict[Stranger, dict[Right, Answer]] = field(default_factory=dict)
    exposed_since: ExposedSince
    remediation: str
    references: tuple[str, ...]
    observed_at: Moment
    proof: Proof
    lifecycle: str
    default_accounts: OwnerPermission | UnsetType = UNSET
    industrial: OwnerPermission | UnsetType = UNSET
    reach: tuple[Reach, ...] | UnsetType = UNSET


_NO_DATA = DataSeen()


def to_wire(finding: Finding) -> WireFinding:
    """The finding in the form that is written; raises `ValueError` for a time without a zone."""
    verdict = finding.verdict
    data = verdict.data or _NO_DATA
    return WireFinding(
        schema=SCHEMA, id=finding.id, run=finding.run, check_id=finding.check_id, check_version=finding.check_version,
        target=finding.target, address=finding.address, host=finding.host, port=finding.port,
        transport=finding.transport, tls=finding.tls, vantage=finding.vantage, datastore=finding.datastore,
        product=verdict.product, version=verdict.version, outcome=verdict.outcome, access=verdict.access,
        reason=verdict.reason, reason_code=UNSET if verdict.reason_code is None else verdict.reason_code,
        severity=verdict.severity, severity_axes=verdict.severity_axes, size=verdict.size,
        categories=data.categories, sensitive=data.sensitive or UNSET,
        people=UNSET if data.people is None else data.people,
        growth=UNSET if data.growth is None else _growth_in_utc(data.growth), sampled=data.sampled or UNSET,
        shipped=UNSET if verdict.shipped is None else verdict.shipped,
        ransomed=verdict.ransomed, decoy=verdict.decoy, cluster_id=verdict.cluster_id,
        permissions=by_group(verdict.permissions) if verdict.permissions else {},
        exposed_since=_since_in_utc(finding.exposed_since),
        remediation=finding.remediation, references=finding.references, observed_at=in_utc(finding.observed_at),
        proof=finding.proof, lifecycle=finding.lifecycle,
        default_accounts=finding.default_accounts or UNSET, industrial=finding.industrial or UNSET,
        reach=finding.reach or UNSET,
    )  # fmt: skip


def from_wire(wire: WireFinding) -> Finding:
    """The finding that `to_wire` was given."""
    return Finding(
        id=wire.id, run=wire.run, check_id=wire.check_id, check_version=wire.check_version, target=wire.target,
        address=wire.address, host=wire.host, port=wire.port, transport=wire.transport, tls=wire.tls,
        vantage=wire.vantage, datastore=wire.datastore,
        verdict=Verdict(
            outcome=wire.outcome, reason=wire.reason, reason_code=wire.reason_code or None, access=wire.access,
            product=wire.product, version=wire.version, size=wire.size, cluster_id=wire.cluster_id,
            severity=wire.severity, severity_axes=wire.severity_axes, decoy=wire.decoy, ransomed=wire.ransomed,
            permissions=_permissions(wire.permissions) if wire.permissions else (), data=_data(wire),
            shipped=wire.shipped or None,
        ),
        exposed_since=wire.exposed_since, remediation=wire.remediation, references=wire.references,
        observed_at=wire.observed_at,
        proof=wire.proof, lifecycle=wire.lifecycle, default_accounts=wire.default_accounts or None,
        industrial=wire.industrial or None, reach=wire.reach or (),
    )  # fmt: skip


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """The finding as plain values, in the order of the contract; integers stay whole however large."""
    plain: dict[str, Any] = _lists(msgspec.to_builtins(to_wire(finding)))
    return plain


def finding_from_json(value: Mapping[str, Any], *, name: str = "finding") -> Finding:
    """The finding that `finding_to_json` wrote; raises `BadFile` under `name` when it is none.

    The message never repeats a value: the text may come from a stranger.
    """
    if value.get("schema") != SCHEMA:
        raise BadFile(name, (Problem(where="schema", text=f"must be `{SCHEMA}`"),))
    try:
        return from_wire(msgspec.convert(value, WireFinding))
    except msgspec.ValidationError as error:
        raise BadFile(name, (_problem(str(error)),)) from error


def _problem(message: str) -> Problem:
    """What msgspec says, without the value that it may repeat: `... - at `$.size.exact``."""
    path = _PATH.search(message)
    where = path[1] if path else ""
    if missing := _MISSING.match(message):
        return Problem(where=f"{where}.{missing[1]}".removeprefix("."), text="this field is missing")
    return Problem(where=where, text="a value does not fit")


def by_group(permissions: tuple[Permission, ...]) -> dict[Stranger, dict[Right, Answer]]:
    """What strangers may do, by group and then by right."""
    groups: dict[Stranger, dict[Right, Answer]] = {}
    for permission in permissions:
        groups.setdefault(permission.who, {})[permission.right] = permission.answer
    return groups


def _permissions(groups: Mapping[Stranger, Mapping[Right, Answer]]) -> tuple[Permission, ...]:
    return tuple(
        Permission(who=who, right=right, answer=answer)
        for who, rights in groups.items()
        for right, answer in rights.items()
    )


def _lists(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The same value with a list for each tuple, as JSON gives it back."""
    if isinstance(value, dict):
        return {name: _lists(each) for name, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _data(wire: WireFinding) -> DataSeen | None:
    if not (wire.categories or wire.sensitive or wire.people or wire.growth or wire.sampled):
        return None
    return DataSeen(
        categories=wire.categories, sensitive=wire.sensitive or (), people=wire.people or None,
        growth=wire.growth or None, sampled=wire.sampled or "",
    )  # fmt: skip


def _growth_in_utc(growth: Growth) -> Growth:
    return growth if growth.since.tzinfo is UTC else replace(growth, since=in_utc(growth.since))


def _since_in_utc(since: ExposedSince) -> ExposedSince:
    earliest, latest = since.earliest, since.latest
    if (earliest is None or earliest.tzinfo is UTC) and (latest is None or latest.tzinfo is UTC):
        return since
    return replace(since, earliest=earliest and in_utc(earliest), latest=latest and in_utc(latest))
