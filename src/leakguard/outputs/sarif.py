"""Findings as SARIF 2.1.0 (OASIS, with errata 01), for platforms that gather the results of tools.

Results are written one by one and the rules behind them, so that thousands need no room.
A result is what is open, or what could not be found out (`kind: open`); what asked for a login is none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from leakguard import __version__
from leakguard.models.findings import Finding, Outcome, Severity
from leakguard.models.moments import to_z
from leakguard.outputs.data_words import data_values
from leakguard.outputs.scan_view import OPEN, RuleText, ScanView
from leakguard.outputs.shipped_words import shipped_values
from leakguard.outputs.words import not_checked_words, printable, reason_words, unseen_lines, unsettled_words

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note",
    Severity.NONE: "note",
}  # fmt: skip
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
SCORES = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.5, Severity.LOW: 2.5, Severity.NONE: 0.0}
"""`security-severity` as GitHub reads it: the middle of the band of CVSS that has the same name."""


@dataclass(slots=True)
class _Rules:
    """The rules that results came from, in the order in which they came."""

    seen: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, finding: Finding, view: ScanView) -> int:
        """The rule's place in the list; the worst finding gives the rule its score."""
        rule = self.seen.setdefault(finding.check_id, _rule(finding, view))
        score = max(SCORES[finding.verdict.severity], float(rule["properties"]["security-severity"]))
        rule["properties"]["security-severity"] = f"{score:.1f}"
        return list(self.seen).index(finding.check_id)


def sarif_parts(view: ScanView) -> Iterator[str]:
    """One document, part by part."""
    rules = _Rules()
    yield f'{{"$schema": {json.dumps(SCHEMA)}, "version": "2.1.0", "runs": [{{"results": ['
    is_first = True
    for finding in view.findings:
        if finding.verdict.outcome in OPEN or finding.verdict.outcome is Outcome.INCONCLUSIVE:
            yield ("" if is_first else ",\n") + json.dumps(_result(finding, rules.note(finding, view), view))
            is_first = False
    rest = {"tool": {"driver": _driver(rules)}, "invocations": [_invocation(view)], **_frame(view)}
    yield f"], {json.dumps(rest)[1:-1]}}}]}}\n"


def _driver(rules: _Rules) -> dict[str, Any]:
    return {
        "name": "LeakGuard",
        "semanticVersion": __version__,
        "version": __version__,
        "shortDescription": {"text": "Finds datastores that anybody can read, without keeping a record."},
        "rules": list(rules.seen.values()),
    }


def _frame(view: ScanView) -> dict[str, Any]:
    return {
        "automationDetails": {"id": f"leakguard/{view.run}"},
        "columnKind": "unicodeCodePoints",
        "properties": {"endpoints": dict(view.counts)}
        | ({"drill": True} if view.is_drill else {})
        | ({"protectedUnsettled": dict(view.unsettled)} if view.unsettled else {})
        | ({"defaultAccounts": view.leave.to_json()} if view.leave is not None else {})
        | ({"industrial": view.industrial.to_json()} if view.industrial is not None else {}),
    }


def _invocation(view: ScanView) -> dict[str, Any]:
    left = {state: count for state, count in view.counts.items() if state == "not_checked" and count}
    texts = [f"{not_checked_words(count)}; resume the run." for count in left.values()]
    texts += [f"Protected, {unsettled_words(view.unsettled)}."] if view.unsettled else []
    texts += [_unlinked(text) for text in unseen_lines(view.unresolved, view.left_out)]
    notes = [{"level": "warning", "message": {"text": text}} for text in texts]
    return {
        "executionSuccessful": not view.is_interrupted,
        "exitCode": view.exit_code,
        "endTimeUtc": to_z(view.made_at),
        "toolExecutionNotifications": notes,
    }


def _rule(finding: Finding, view: ScanView) -> dict[str, Any]:
    text = view.rules.get(finding.check_id)
    rule: dict[str, Any] = {
        "id": finding.check_id,
        "name": "".join(part.capitalize() for part in finding.check_id.split("_")),
        "shortDescription": {"text": view.title_of(finding.check_id)},
        "help": {"text": _help(finding, text)},
        "properties": {"tags": ["security", finding.datastore], "security-severity": "0.0", "precision": "high"},
    }
    if text:
        rule["fullDescription"] = {"text": text.why}
    if finding.references:
        rule["helpUri"] = finding.references[0]
    return rule


def _help(finding: Finding, text: RuleText | None) -> str:
    """A rule stands for findings on many ports; where its check is gone, the finding's own words are all there is."""
    return (text.remediation if text else "") or finding.remediation or "Close the port, or ask for a login."


def _result(finding: Finding, index: int, view: ScanView) -> dict[str, Any]:
    verdict, mute = finding.verdict, view.muted.get(finding.id)
    is_open = verdict.outcome in OPEN
    result: dict[str, Any] = {
        "ruleId": finding.check_id,
        "ruleIndex": index,
        "kind": "fail" if is_open else "open",
        "level": LEVELS[verdict.severity] if is_open else "none",
        "message": {"text": _unlinked(f"{view.mark}{printable(finding.place)}: {reason_words(finding)}")},
        "locations": [_location(finding)],
        "partialFingerprints": {"leakguardPlace/v1": _fingerprint(finding)},
        "properties": _properties(finding),
    }
    if mute is not None:
        why = f"{printable(mute.reason)} ({printable(mute.owner)}, until {mute.expires.isoformat()})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _unlinked(why)}]
    return result


def _unlinked(text: str) -> str:
    """A message in which nothing is a link, which viewers make of `[words](address)` in a plain text too (3.11.6)."""
    return text.replace("](", "] (")


def _location(finding: Finding) -> dict[str, Any]:
    place = printable(finding.place)
    # A path is percent-encoded already; only a sign that begins no such triple is encoded here.
    quoted = _LONE_PERCENT.sub("%25", quote(place, safe=":[]/@%"))
    uri = place if "://" in place else f"{finding.transport}://{quoted}"
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}},
        "logicalLocations": [{"fullyQualifiedName": place, "kind": "resource"}],
    }


def _fingerprint(finding: Finding) -> str:
    """The same for the same thing in every run, so that a platform knows it again."""
    return hashlib.sha256(f"{finding.check_id}\0{finding.place}".encode("utf-8", "replace")).hexdigest()


def _properties(finding: Finding) -> Mapping[str, Any]:
    verdict, size = finding.verdict, finding.verdict.size
    values = {
        "finding": finding.id,
        "severity": verdict.severity.value,
        "outcome": verdict.outcome.value,
        "access": verdict.access.value,
        "datastore": finding.datastore,
        "product": printable(verdict.product or ""),
        "version": printable(verdict.version or ""),
        "records": size.records if size else None,
        "bytes": size.bytes if size else None,
        "exact": size.exact if size else None,
        "reasonCode": verdict.reason_code.value if verdict.reason_code is not None else None,
        "defaultAccounts": finding.default_accounts.words if finding.default_accounts is not None else None,
        "industrial": finding.industrial.words if finding.industrial is not None else None,
        "vantage": finding.vantage,
        "observedAt": to_z(finding.observed_at),
        "transcriptSha256": finding.proof.transcript_sha256,
    }
    known = {name: value for name, value in values.items() if value not in (None, "")}
    return {**known, **data_values(verdict.data), **shipped_values(verdict.shipped)}
