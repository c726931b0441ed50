"""Apps in the ledger: their findings and what changed since the build before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.apps.history import KeptFinding
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable
from leakguard.use_cases.apps.kept_apps import KeptApp


def kept_json(app: KeptApp) -> dict[str, Any]:
    """One app, with its last check."""
    last, change = app.last, app.change
    return {
        "app": last.subject, "package": last.package or None, "version": last.version or None,
        "category": last.category, "checked_at": to_z(last.at), "entry": f"E-{last.entry}", "sha256": last.sha256,
        "whole": last.is_whole, "findings": [_finding(finding) for finding in last.findings],
        "before": {
            "version": change.before.version or None, "category": change.before.category,
            "checked_at": to_z(change.before.at),
        } if change.before is not None else None,
        "more": change.more if change.before is not None and change.is_comparable else None,
        **{name: [finding.id for finding in getattr(change, name)] for name in ("new", "closed", "unknown")},
    }  # fmt: skip


def _finding(finding: KeptFinding) -> dict[str, str]:
    return {"id": finding.id, "rule": finding.rule, "level": finding.level, "text": finding.text}


def kept_line(app: KeptApp) -> str:
    """`APP-android-cn.example.jobs 8.1 (recruiting): 3 findings, 1 more than last time (8.0)`."""
    last, change = app.last, app.change
    line = f"{printable(last.subject)} {printable(last.version)} ({last.category}): {len(last.findings)} findings"
    if change.before is not None and not change.is_comparable:
        otherwise = "by other rules" if last.category == change.before.category else f"as {change.before.category}"
        line += f"; last time ({printable(change.before.version)}) it was judged {printable(otherwise)}"
    elif change.before is not None:
        amount = f"{abs(change.more)} {'more' if change.more > 0 else 'fewer'}" if change.more else "as many"
        line += f", {amount} {'than' if change.more else 'as'} last time ({printable(change.before.version)})"
    return line if last.is_whole else f"{line}; not everything was read"


def kept_lines(app: KeptApp) -> Iterator[str]:
    """The line, and one for each finding and change."""
    yield kept_line(app)
    new = {finding.id for finding in app.change.new} if app.change.before is not None else set()
    for finding in app.last.findings:
        mark, text = "new  " if finding.id in new else "", printable(finding.text, longest=200)
        yield f"  {finding.id}  {finding.level:<7}  {mark}{text}"
    unknown = "not comparable" if app.last.is_whole else "not checked"
    for word, found in (("closed", app.change.closed), (unknown, app.change.unknown)):
        yield from (f"  {finding.id}  {word}  {printable(finding.text, longest=200)}" for finding in found)
