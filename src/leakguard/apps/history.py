"""What checks of an app found, as entries of the ledger tell it: findings with ids that stay from build to build."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.apps.definitions import AppRules
from leakguard.apps.findings import AppFinding, Level, findings_of
from leakguard.apps.judging import AppVerdict
from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord

PREFIX, CHECKED = "APP-", "app_checked"
"""How subjects of apps begin, and the kind of their entries."""
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,90}", re.ASCII)
_MOST_TEXT = 400
_BY_TABLES = frozenset({"app_access_unrelated", "app_access_to_explain", "app_granted_at_install"})
"""Rules whose findings depend on the category and on the tables, and not on the package alone."""


class KeptFinding(Frozen):
    """One finding of one app."""

    id: str
    """`AF-...`: the same for every build and every form of the package."""
    rule: str
    level: str
    text: str


class KeptCheck(Frozen):
    """One check of one app."""

    subject: str
    at: datetime
    entry: int
    package: str
    version: str
    category: str
    rules: str
    """Digest of the tables by which it was judged; empty in entries of older versions."""
    sha256: str
    is_whole: bool
    findings: tuple[KeptFinding, ...]


class AppChange(Frozen):
    """What is different from the check before."""

    before: KeptCheck | None
    new: tuple[KeptFinding, ...]
    closed: tuple[KeptFinding, ...]
    unknown: tuple[KeptFinding, ...]
    """Of which nothing can be said, as a part of the package was not read, or it was judged otherwise before."""

    is_comparable: bool
    """Whether both were held to the same category, by the same tables."""

    @property
    def more(self) -> int:
        """How many more than last time; below zero for fewer."""
        return len(self.new) - len(self.closed)


def platform_of(verdict: AppVerdict) -> str:
    """APK and bundle are one app."""
    return "ios" if verdict.facts.kind == "ipa" else "android"


def subject_of(verdict: AppVerdict, file: str) -> str:
    """The subject of the ledger for this app; one that names no package is known by its file's name."""
    name = verdict.facts.package or file.replace("\\", "/").rpartition("/")[2]
    if not _PLAIN.fullmatch(name):
        name = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{PREFIX}{platform_of(verdict)}-{name}"


def kept_findings(verdict: AppVerdict, subject: str) -> tuple[KeptFinding, ...]:
    """What is to be corrected or known; what was not checked is no finding."""
    return tuple(
        KeptFinding(
            id=_id(subject, finding), rule=finding.rule, level=finding.level.value, text=finding.text[:_MOST_TEXT]
        )
        for finding in findings_of(verdict) if finding.level is not Level.OPEN
    )  # fmt: skip


def _id(subject: str, app_finding: AppFinding) -> str:
    same = f"{subject}\0{app_finding.rule}\0{app_finding.subject}"
    return f"AF-{hashlib.sha256(same.encode('utf-8', 'replace')).hexdigest()[:12]}"


def content_of(verdict: AppVerdict, subject: str, sha256: str, rules: AppRules) -> dict[str, Any]:
    """A check as plain JSON values."""
    return {
        "package": verdict.facts.package, "version": verdict.facts.version, "category": verdict.category.id,
        "rules": rules.digest, "sha256": sha256, "whole": not verdict.facts.unread,
        "findings": [
            {"id": finding.id, "rule": finding.rule, "level": finding.level, "text": finding.text}
            for finding in kept_findings(verdict, subject)
        ],
    }  # fmt: skip


def checks_in(records: Iterable[KeptRecord]) -> dict[str, tuple[KeptCheck, ...]]:
    """By app, its checks, the oldest first."""
    found: dict[str, tuple[KeptCheck, ...]] = {}
    for record in records:
        if record.kind == CHECKED and record.subject.startswith(PREFIX):
            found[record.subject] = (*found.get(record.subject, ()), _check(record))
    return found


def change_of(before: KeptCheck | None, after: KeptCheck) -> AppChange:
    """What a check found that the one before had not, and the other way round."""
    then = {finding.id: finding for finding in before.findings} if before is not None else {}
    now = {finding.id for finding in after.findings}
    gone = tuple(finding for name, finding in then.items() if name not in now)
    is_comparable = before is None or (before.category, before.rules) == (after.category, after.rules)
    closed = tuple(finding for finding in gone if after.is_whole and (is_comparable or finding.rule not in _BY_TABLES))
    return AppChange(
        before=before, new=tuple(finding for finding in after.findings if finding.id not in then), closed=closed,
        unknown=tuple(finding for finding in gone if finding not in closed), is_comparable=is_comparable,
    )  # fmt: skip


def _check(record: KeptRecord) -> KeptCheck:
    content = record.content
    rows = content.get("findings")
    findings = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return KeptCheck(
        subject=record.subject, at=record.occurred_at.latest, entry=record.sequence, package=_word(content, "package"),
        version=_word(content, "version"), category=_word(content, "category"),
        rules=_word(content, "rules"), sha256=_word(content, "sha256"),
        is_whole=content.get("whole") is True,
        findings=tuple(
            KeptFinding(id=_word(finding, "id"), rule=_word(finding, "rule"), level=_word(finding, "level"),
                        text=_word(finding, "text"))
            for finding in findings
        ),
    )  # fmt: skip


def _word(content: Mapping[str, Any], name: str) -> str:
    return str(content.get(name) or "")
