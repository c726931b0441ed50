"""Checked apps as SARIF 2.1.0: a result for what has to be corrected or explained, and for what was not checked."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from typing import Any
from urllib.parse import quote

from leakguard import __version__
from leakguard.apps.findings import RULES, AppFinding, Level, findings_of
from leakguard.models.moments import to_z
from leakguard.outputs.sarif import SCHEMA
from leakguard.outputs.words import printable
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps


def apps_sarif(checked: CheckedApps, *, made_at: datetime) -> dict[str, Any]:
    """One document."""
    rules = list(RULES)
    driver = {
        "name": "LeakGuard", "version": __version__, "semanticVersion": __version__,
        "shortDescription": {"text": "Holds what an app asks for against what its category needs."},
        "rules": [_rule(name) for name in rules],
    }  # fmt: skip
    run = {
        "tool": {"driver": driver},
        "results": [_result(app, finding, rules) for app in checked.apps for finding in _findings(app)],
        "invocations": [{"executionSuccessful": True, "exitCode": int(checked.exit_code), "endTimeUtc": to_z(made_at)}],
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "leakguard/app-check"},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _findings(app: CheckedApp) -> list[AppFinding]:
    if app.verdict is not None:
        return list(findings_of(app.verdict))
    return [AppFinding(rule="app_not_checked", level=Level.OPEN, subject=app.file, text=app.refused)]


def _named(app: CheckedApp) -> str:
    """The same for every build of an app."""
    facts = app.verdict.facts if app.verdict is not None else None
    return f"{facts.kind}:{facts.package}" if facts is not None else app.file


def _rule(name: str) -> dict[str, Any]:
    title, remedy = RULES[name]
    return {
        "id": name, "name": "".join(part.capitalize() for part in name.split("_")),
        "shortDescription": {"text": title}, "help": {"text": remedy}, "properties": {"tags": ["privacy"]},
    }  # fmt: skip


def _result(app: CheckedApp, finding: AppFinding, rules: list[str]) -> dict[str, Any]:
    is_open = finding.level is Level.OPEN
    same = "\0".join((finding.rule, _named(app), finding.subject))
    return {
        "ruleId": finding.rule, "ruleIndex": rules.index(finding.rule),
        "kind": "open" if is_open else "fail", "level": "none" if is_open else finding.level.value,
        "message": {"text": printable(finding.text, longest=1000).replace("](", "] (")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(os.fsencode(app.file))}}}],
        "partialFingerprints": {"leakguardApp/v1": hashlib.sha256(same.encode("utf-8", "replace")).hexdigest()},
        "properties": {"category": app.category.id, "sha256": app.sha256},
    }  # fmt: skip
