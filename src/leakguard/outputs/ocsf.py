"""Findings as events of the Open Cybersecurity Schema Framework 1.5.0: Data Security Finding, class 2006.

One JSON array with one event a line, as security lakes take it in. The last one is the run itself, with its totals:
Scan Activity, class 6007. Without it a run whose endpoints are all protected would be an empty array.
Times are milliseconds since 1970, as OCSF counts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from leakguard import __version__
from leakguard.models.findings import Finding, Outcome, Severity
from leakguard.outputs.data_words import data_values
from leakguard.outputs.scan_view import OPEN, ScanView
from leakguard.outputs.words import counts_line, left_out_words, printable, reason_words, unseen_lines
from leakguard.scanning.literals import parse_address

VERSION = "1.5.0"
CLASS_UID, CATEGORY_UID = 2006, 2
CREATE, SUPPRESSED = 1, 4
SEVERITIES = {
    Severity.NONE: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_NEW, _SUPPRESSED_STATUS = (1, "New"), (3, "Suppressed")
_COMPLETED, _CANCELLED = (2, "Completed"), (3, "Cancelled")
SCAN_CLASS_UID, SCAN_CATEGORY_UID, _OTHER_SCAN = 6007, 6, 99
_PRODUCT = {"name": "LeakGuard", "uid": "leakguard", "vendor_name": "LeakGuard", "version": __version__}
_HIGH_CONFIDENCE, _LOW_CONFIDENCE = (3, "High"), (1, "Low")
_UNKNOWN = (0, "Unknown")
"""The severity of what got no clear answer: nobody knows what lies there."""
_MOST_NAMED = 20
"""Names that were not looked at in the message of a run; `unmapped` has all."""


def ocsf_parts(view: ScanView) -> Iterator[str]:
    """One JSON array, part by part: what is open, and what could not be found out."""
    yield "[\n"
    count = 0
    for finding in view.findings:
        if finding.verdict.outcome in OPEN or finding.verdict.outcome is Outcome.INCONCLUSIVE:
            yield json.dumps(event_of(finding, view)) + ",\n"
            count += 1
    yield json.dumps(run_event(view, count)) + "\n]\n"


def run_event(view: ScanView, detections: int) -> dict[str, Any]:
    """The run as an event: how its endpoints stand, and how many protected ones may be open all the same."""
    activity_id, activity = _CANCELLED if view.is_interrupted else _COMPLETED
    counts = counts_line(view.counts, unsettled=view.unsettled)
    unseen = [text.rstrip(".") for text in unseen_lines(view.unresolved[:_MOST_NAMED], view.left_out[:_MOST_NAMED])]
    return {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": SCAN_CATEGORY_UID,
        "category_name": "Application Activity",
        "class_uid": SCAN_CLASS_UID,
        "class_name": "Scan Activity",
        "type_uid": SCAN_CLASS_UID * 100 + activity_id,
        "time": _milliseconds(view.made_at),
        "severity_id": SEVERITIES[Severity.NONE][0],
        "severity": SEVERITIES[Severity.NONE][1],
        "message": view.mark + ". ".join([counts, *unseen]),
        "metadata": {
            "version": VERSION,
            "product": _PRODUCT,
            "uid": view.run,
            "correlation_uid": view.run,
            **_labels(view),
        },
        "scan": {"uid": view.run, "name": "LeakGuard scan", "type_id": _OTHER_SCAN, "type": "Exposure scan"},
        "num_detections": detections,
        "total": sum(view.counts.values()),
        "unmapped": {
            "endpoints": dict(view.counts),
            **({"protected_unsettled": dict(view.unsettled)} if view.unsettled else {}),
            **({"unresolved": [printable(name) for name in view.unresolved]} if view.unresolved else {}),
            **({"left_out": [left_out_words(left) for left in view.left_out]} if view.left_out else {}),
        },
    }


def event_of(finding: Finding, view: ScanView) -> dict[str, Any]:
    """One finding as an event."""
    verdict, mute = finding.verdict, view.muted.get(finding.id)
    activity = CREATE if mute is None else SUPPRESSED
    is_clear = verdict.outcome is not Outcome.INCONCLUSIVE
    severity_id, severity = SEVERITIES[verdict.severity] if is_clear else _UNKNOWN
    status_id, status = _NEW if mute is None else _SUPPRESSED_STATUS
    confidence_id, confidence = _HIGH_CONFIDENCE if is_clear else _LOW_CONFIDENCE
    event = {
        "activity_id": activity,
        "activity_name": "Create" if mute is None else "Suppressed",
        "category_uid": CATEGORY_UID,
        "category_name": "Findings",
        "class_uid": CLASS_UID,
        "class_name": "Data Security Finding",
        "type_uid": CLASS_UID * 100 + activity,
        "time": _milliseconds(finding.observed_at),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "message": view.mark + reason_words(finding),
        "metadata": {**_metadata(finding), **_labels(view)},
        "finding_info": _finding_info(finding, view),
        "resources": [_resource(finding)],
        "dst_endpoint": _endpoint(finding),
        "data_security": _data_security(finding),
        "unmapped": _unmapped(finding),
    }
    if mute is not None:
        event["comment"] = f"{printable(mute.reason)} ({printable(mute.owner)}, until {mute.expires.isoformat()})"
    return event


def _labels(view: ScanView) -> dict[str, list[str]]:
    return {"labels": ["DRILL"]} if view.is_drill else {}


def _metadata(finding: Finding) -> dict[str, Any]:
    return {
        "version": VERSION, "product": _PRODUCT, "event_code": finding.check_id, "uid": finding.id,
        "correlation_uid": finding.run,
    }  # fmt: skip


def _finding_info(finding: Finding, view: ScanView) -> dict[str, Any]:
    since = finding.exposed_since.latest
    info = {
        "uid": finding.id,
        "title": view.title_of(finding.check_id),
        "desc": reason_words(finding),
        "types": ["Data exposure"],
        "created_time": _milliseconds(finding.observed_at),
        "last_seen_time": _milliseconds(finding.observed_at),
        "analytic": {"name": finding.check_id, "uid": finding.check_id, "type_id": 1, "type": "Rule"},
        "data_sources": [finding.datastore],
    }
    if since is not None:
        info["first_seen_time"] = _milliseconds(since)
    if finding.references:
        info["src_url"] = finding.references[0]
    return info


def _resource(finding: Finding) -> dict[str, Any]:
    place = printable(finding.place)
    return {"uid": place, "name": place, "type": finding.datastore, "labels": [f"vantage:{finding.vantage}"]}


def _endpoint(finding: Finding) -> dict[str, Any]:
    literal = parse_address(finding.address)
    values = {
        "ip": str(literal) if literal else None,
        "hostname": printable(finding.host) if finding.host else None,
        "port": finding.port or None,
        "svc_name": finding.datastore,
    }
    return {name: value for name, value in values.items() if value is not None}


def _data_security(finding: Finding) -> dict[str, Any]:
    """How it was found: by asking the place itself from outside, data at rest (`data_lifecycle_state_id` 1)."""
    return {
        "data_lifecycle_state_id": 1,
        "data_lifecycle_state": "Data at-Rest",
        "detection_pattern": finding.check_id,
        "detection_system_id": 99,
        "detection_system": "Exposure scanner",
    }


def _unmapped(finding: Finding) -> dict[str, Any]:
    verdict, size = finding.verdict, finding.verdict.size
    return {
        "outcome": verdict.outcome.value,
        "access": verdict.access.value,
        "product": printable(verdict.product or ""),
        "version": printable(verdict.version or ""),
        "records": size.records if size else None,
        "bytes": size.bytes if size else None,
        "exact": size.exact if size else None,
        **data_values(verdict.data),
        **({"reason_code": verdict.reason_code.value} if verdict.reason_code is not None else {}),
        "remediation": finding.remediation,
        "transcript_sha256": finding.proof.transcript_sha256,
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
