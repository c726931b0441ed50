"""Findings and events as documents of the Elastic Common Schema, for the indices of a team that watches there.

Fields and values follow ECS 9.0 (elastic.co/docs/reference/ecs); what it has no field for stands below `leakguard`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from leakguard import __version__
from leakguard.models.clouds import EVERYWHERE
from leakguard.models.events import Event
from leakguard.models.exports import Document
from leakguard.models.findings import Finding, Outcome, Severity, is_resource
from leakguard.models.moments import to_z
from leakguard.models.wire import finding_to_json
from leakguard.outputs.words import printable, reason_words
from leakguard.scanning.literals import parse_address

ECS_VERSION = "9.0.0"
SEVERITIES = {Severity.NONE: 0, Severity.LOW: 21, Severity.MEDIUM: 47, Severity.HIGH: 73, Severity.CRITICAL: 99}
"""`event.severity`, on the scale that Elastic Security uses for its own rules."""
_OPEN = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED})
_AT_THE_TOP = frozenset({"schema", "reason", "address", "host", "port", "vantage", "observed_at"})
"""Fields of a finding that ECS has a place for; the others are kept below `leakguard.finding`."""


def finding_document(finding: Finding, *, prefix: str, drill: bool = False) -> Document:
    """A finding; `<prefix>-findings` is its index."""
    dataset = f"{prefix}.findings"
    body = {
        **_common(to_z(finding.observed_at), dataset=dataset, drill=drill),
        "message": reason_words(finding),
        "event": _finding_event(finding, dataset),
        **_rule(finding),
        **_places(finding),
        "observer": _observer(finding.vantage),
        "leakguard": {"finding": _rest(finding)},
    }
    return Document(index=f"{prefix}-findings", id=_id(finding.run, finding.id), body=_without_empty(body))


def _finding_event(finding: Finding, dataset: str) -> dict[str, Any]:
    verdict, since = finding.verdict, finding.exposed_since.latest
    return {
        "id": finding.id,
        "module": "leakguard",
        "dataset": dataset,
        "kind": "alert" if verdict.outcome in _OPEN else "state",
        "category": ["vulnerability"],
        "type": ["info"],
        "action": finding.check_id,
        "outcome": "unknown" if verdict.outcome is Outcome.INCONCLUSIVE else "success",
        "severity": SEVERITIES[verdict.severity],
        "reason": reason_words(finding),
        "start": to_z(since) if since else None,
    }


def _rule(finding: Finding) -> dict[str, Any]:
    reference = finding.references[0] if finding.references else None
    return {
        "rule": {"id": finding.check_id, "version": str(finding.check_version), "reference": reference},
        "vulnerability": {
            "id": finding.check_id,
            "category": ["exposure"],
            "severity": finding.verdict.severity.value,
            "report_id": finding.run,
            "scanner": {"vendor": "LeakGuard"},
        },
    }


def _places(finding: Finding) -> dict[str, Any]:
    """Where it is; what is no address, such as a name at a cloud provider, goes into no field for addresses."""
    if is_resource(finding.target):
        return _owned(finding)
    literal, verdict = parse_address(finding.address), finding.verdict
    address = str(literal) if literal else None
    name = printable(finding.host) if finding.host else None
    addresses, names = [address] if address else None, [name] if name else None
    place = name or printable(finding.address)
    return {
        "host": {"ip": addresses, "name": name},
        "server": {"address": place, "ip": address, "port": finding.port or None, "domain": name},
        "network": {"transport": "tcp", "protocol": finding.transport},
        "service": {
            "type": finding.datastore,
            "name": _printable(verdict.product),
            "version": _printable(verdict.version),
        },
        "related": {"ip": addresses, "hosts": names},
    }


def _owned(finding: Finding) -> dict[str, Any]:
    """A resource of an account, whose settings were read: nothing there has an address of its own."""
    account, region, service = printable(finding.target).removeprefix("aws://").split("/")[:3]
    return {
        "cloud": {
            "provider": "aws",
            "account": {"id": account},
            "region": None if region == EVERYWHERE else region,
            "service": {"name": service},
        },
        "service": {"type": finding.datastore, "name": _printable(finding.verdict.product)},
    }


def event_document(incident: str, event: Event, *, prefix: str, drill: bool = False) -> Document:
    """Something that happened in an incident; `<prefix>-events` is its index."""
    dataset = f"{prefix}.events"
    body = {
        **_common(to_z(event.occurred_at.earliest), dataset=dataset, drill=drill),
        "message": printable(f"{incident}: {event.kind}" + (f", {event.reason}" if event.reason else "")),
        "event": _happening(event, dataset),
        "observer": _observer("local"),
        "leakguard": {"incident": {"id": incident}, "event": _event_fields(event)},
    }
    return Document(index=f"{prefix}-events", id=_id(incident, event.id), body=_without_empty(body))


def _happening(event: Event, dataset: str) -> dict[str, Any]:
    return {
        "id": event.id,
        "module": "leakguard",
        "dataset": dataset,
        "kind": "event",
        "type": ["info"],
        "action": event.kind,
        "created": to_z(event.recorded_at),
        "start": to_z(event.occurred_at.earliest),
        "end": to_z(event.occurred_at.latest),
        "reason": _printable(event.reason),
    }


def _event_fields(event: Event) -> dict[str, Any]:
    fields = {printable(str(key)): _plain(value) for key, value in event.fields.items()}
    return {"source": _printable(event.source), "corrects": event.corrects, "fields": fields}


def _common(at: str, *, dataset: str, drill: bool) -> dict[str, Any]:
    labels = {"dataset": dataset, **({"drill": "DRILL"} if drill else {})}
    return {"@timestamp": at, "ecs": {"version": ECS_VERSION}, "labels": labels, "tags": ["leakguard"]}


def _observer(vantage: str) -> dict[str, Any]:
    return {
        "vendor": "LeakGuard", "product": "leakguard", "type": "scanner", "name": vantage, "version": __version__,
    }  # fmt: skip


def _rest(finding: Finding) -> dict[str, Any]:
    value = {key: each for key, each in finding_to_json(finding).items() if key not in _AT_THE_TOP}
    plain = _plain(value)
    return plain if isinstance(plain, dict) else {}


def _plain(value: object) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The same value with every text made harmless: a host's words may stand in it."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool | int | float | None) else printable(str(value))


def _printable(text: str | None) -> str | None:
    return printable(text) if text else None


def _without_empty(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without fields that say nothing, at any depth of ours."""
    kept = {key: _without_empty(each) if isinstance(each, dict) else each for key, each in value.items()}
    return {key: each for key, each in kept.items() if each not in (None, {}, [])}


def _id(*parts: str) -> str:
    """A stable id that means the same document in every export: 128 bits of SHA-256 over its names."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
