"""Findings as plain JSON values (`leakguard.finding/1`), and back: the form of outputs and of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from leakguard.errors import BadFile, Problem
from leakguard.frozen import names_of
from leakguard.models.findings import (
    Access,
    Answer,
    Decoy,
    DecoyVerdict,
    ExposedSince,
    Finding,
    Outcome,
    Permission,
    Proof,
    ProofRequest,
    Ransomed,
    Reach,
    ReachVerdict,
    ReasonCode,
    Right,
    Severity,
    SeverityAxes,
    Size,
    Stranger,
    Verdict,
)
from leakguard.models.kind_json import data_from_json, data_to_json
from leakguard.models.moments import from_z, to_z
from leakguard.models.observations import TlsSeen

SCHEMA = "leakguard.finding/1"


def _flattener(kind: type[Any]) -> Callable[[object], dict[str, Any]]:
    """As `as_dict` for values that hold plain values alone, in a tenth of its time."""
    names = names_of(kind)
    values = attrgetter(*names)
    return lambda value: dict(zip(names, values(value), strict=True))


_tls, _axes, _size, _request = map(_flattener, (TlsSeen, SeverityAxes, Size, ProofRequest))


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """The finding with its verdict laid flat, in the order of the contract; integers stay whole however large."""
    verdict = finding.verdict
    since = finding.exposed_since
    return {
        "schema": SCHEMA,
        "id": finding.id,
        "run": finding.run,
        "check_id": finding.check_id,
        "check_version": finding.check_version,
        "target": finding.target,
        "address": finding.address,
        "host": finding.host,
        "port": finding.port,
        "transport": finding.transport,
        "tls": _tls(finding.tls) if finding.tls else None,
        "vantage": finding.vantage,
        "datastore": finding.datastore,
        **_verdict_to_json(verdict),
        "exposed_since": {"earliest": _z(since.earliest), "latest": _z(since.latest), "source": since.source},
        "remediation": finding.remediation,
        "references": list(finding.references),
        "observed_at": to_z(finding.observed_at),
        "proof": {
            "requests": [_request(request) for request in finding.proof.requests],
            "transcript_sha256": finding.proof.transcript_sha256,
        },
        "lifecycle": finding.lifecycle,
        **({"reach": [_reach_to_json(each) for each in finding.reach]} if finding.reach else {}),
    }


def _reach_to_json(reach: Reach) -> dict[str, Any]:
    return {"target": reach.target, "verdict": reach.verdict.value, "vantage": reach.vantage, "run": reach.run}


def _reach(value: Mapping[str, Any]) -> Reach:
    return Reach(
        target=value["target"], verdict=ReachVerdict(value["verdict"]), vantage=value["vantage"], run=value["run"]
    )


def finding_from_json(value: Mapping[str, Any], *, name: str = "finding") -> Finding:
    """The finding that `finding_to_json` wrote; raises `BadFile` under `name` when it is none.

    The message never repeats a value: the text may come from a stranger.
    """
    if value.get("schema") != SCHEMA:
        raise BadFile(name, (Problem(where="schema", text=f"must be `{SCHEMA}`"),))
    try:
        return _finding(value)
    except KeyError as error:
        raise BadFile(name, (Problem(where=str(error.args[0]), text="this field is missing"),)) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadFile.whole(name, f"a value does not fit ({type(error).__name__})") from error


def _verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    axes, size = verdict.severity_axes, verdict.size
    return {
        "product": verdict.product,
        "version": verdict.version,
        "outcome": verdict.outcome.value,
        "access": verdict.access.value,
        "reason": verdict.reason,
        **({"reason_code": verdict.reason_code.value} if verdict.reason_code is not None else {}),
        "severity": verdict.severity.value,
        "severity_axes": _axes(axes) if axes else None,
        "size": _size(size) if size else None,
        **data_to_json(verdict.data),
        "ransomed": {"verdict": verdict.ransomed.verdict, "markers": list(verdict.ransomed.markers)},
        "decoy": {"verdict": verdict.decoy.verdict.value, "signals": list(verdict.decoy.signals)},
        "cluster_id": verdict.cluster_id,
        "permissions": permissions_to_json(verdict.permissions),
    }


def permissions_to_json(permissions: tuple[Permission, ...]) -> dict[str, dict[str, str]]:
    """By group, then by right."""
    found: dict[str, dict[str, str]] = {}
    for each in permissions:
        found.setdefault(each.who.value, {})[each.right.value] = each.answer.value
    return found


def _permissions(value: Mapping[str, Mapping[str, str]]) -> tuple[Permission, ...]:
    return tuple(
        Permission(who=Stranger(who), right=Right(right), answer=Answer(answer))
        for who, rights in value.items()
        for right, answer in rights.items()
    )


def _finding(value: Mapping[str, Any]) -> Finding:
    since, proof, tls = value["exposed_since"], value["proof"], value["tls"]
    return Finding(
        id=value["id"],
        run=value["run"],
        check_id=value["check_id"],
        check_version=value["check_version"],
        target=value["target"],
        address=value["address"],
        host=value["host"],
        port=value["port"],
        transport=value["transport"],
        tls=TlsSeen(**tls) if tls else None,
        vantage=value["vantage"],
        datastore=value["datastore"],
        verdict=_verdict(value),
        exposed_since=ExposedSince(
            earliest=_moment(since["earliest"]), latest=_moment(since["latest"]), source=since["source"]
        ),
        remediation=value["remediation"],
        references=tuple(value["references"]),
        observed_at=from_z(value["observed_at"]),
        proof=Proof(
            requests=tuple(ProofRequest(**request) for request in proof["requests"]),
            transcript_sha256=proof["transcript_sha256"],
        ),
        lifecycle=value["lifecycle"],
        reach=tuple(_reach(each) for each in value.get("reach", ())),
    )


def _verdict(value: Mapping[str, Any]) -> Verdict:
    axes, size = value["severity_axes"], value["size"]
    decoy, ransomed = value["decoy"], value["ransomed"]
    return Verdict(
        outcome=Outcome(value["outcome"]),
        reason=value["reason"],
        reason_code=ReasonCode(code) if (code := value.get("reason_code")) is not None else None,
        access=Access(value["access"]),
        product=value["product"],
        version=value["version"],
        size=Size(**size) if size else None,
        cluster_id=value["cluster_id"],
        severity=Severity(value["severity"]),
        severity_axes=SeverityAxes(**axes) if axes else None,
        decoy=Decoy(verdict=DecoyVerdict(decoy["verdict"]), signals=tuple(decoy["signals"])),
        ransomed=Ransomed(verdict=ransomed["verdict"], markers=tuple(ransomed["markers"])),
        permissions=_permissions(value.get("permissions", {})),
        data=data_from_json(value),
    )


def _z(moment: datetime | None) -> str | None:
    return to_z(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return from_z(text) if text else None
