"""Findings as a table that a person reads at 03:00, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import JustifyMethod, OverflowMethod
from rich.table import Table
from rich.text import Text

from leakguard.models.findings import DecoyVerdict, Finding, Outcome, Severity
from leakguard.outputs.words import byte_words, count_words, printable

_STYLES = {
    Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan",
    Severity.NONE: "green",
}  # fmt: skip
_ORDER = {severity: position for position, severity in enumerate(_STYLES)}
_STANDINGS = ("exposed", "protected", "other", "closed", "silent", "not_checked")


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row a finding: how bad, what, where, how big, why; ids to go on with."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for heading, overflow, is_number in _COLUMNS:
        justify: JustifyMethod = "right" if is_number else "left"
        table.add_column(heading, overflow=overflow, no_wrap=overflow == "ellipsis", justify=justify)
    table.columns[-1].ratio = 1
    for finding in sorted(findings, key=_worst_first):
        verdict, size = finding.verdict, finding.verdict.size
        mark = "" if size is None or size.exact else "~"
        table.add_row(
            Text(_word(finding), style=_STYLES[verdict.severity]),
            Text(printable(finding.target, longest=60)),
            Text(
                printable(" ".join(filter(None, (verdict.product or finding.datastore, verdict.version))), longest=40)
            ),
            Text(mark + count_words(size.records) if size and size.records is not None else "-"),
            Text(mark + byte_words(size.bytes) if size and size.bytes is not None else "-"),
            Text(finding.id),
            Text(printable(_reason(finding))),
        )
    return table


_COLUMNS: tuple[tuple[str, OverflowMethod, bool], ...] = (
    ("VERDICT", "ellipsis", False), ("TARGET", "fold", False), ("PRODUCT", "fold", False),
    ("RECORDS", "ellipsis", True), ("BYTES", "ellipsis", True), ("FINDING", "ellipsis", False), ("WHY", "fold", False),
)  # fmt: skip
"""Heading, what happens to a text that is too long (`ellipsis` keeps it in one line), whether it is a number."""


def counts_line(counts: Mapping[str, int]) -> str:
    """`3 exposed, 1 protected, 40 closed = 44 endpoints`; the parts add up to the sum."""
    parts = [f"{counts[name]} {name.replace('_', ' ')}" for name in _STANDINGS if counts.get(name)]
    total = sum(counts.values())
    noun = "endpoint" if total == 1 else "endpoints"
    return f"{', '.join(parts) or 'nothing'} = {total} {noun}"


def _word(finding: Finding) -> str:
    verdict = finding.verdict
    if verdict.decoy.verdict is DecoyVerdict.DECLARED:
        return "decoy (ours)"
    if verdict.outcome in {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}:
        partly = "" if verdict.outcome is Outcome.EXPOSED else ", names only"
        return f"{verdict.severity.value.upper()}{partly}"
    return {Outcome.NOT_EXPOSED: "protected", Outcome.INCONCLUSIVE: "unclear"}.get(verdict.outcome, "not applicable")


def _reason(finding: Finding) -> str:
    notes: Iterable[str] = (
        f" Looks like a decoy: {', '.join(finding.verdict.decoy.signals)}."
        if finding.verdict.decoy.verdict is DecoyVerdict.SUSPECTED
        else "",
        " Signs of a ransom note." if finding.verdict.ransomed.verdict != "no" else "",
        " (experimental check)" if finding.lifecycle != "stable" else "",
    )
    return finding.verdict.reason + "".join(notes)


def _worst_first(finding: Finding) -> tuple[int, int, str]:
    size = finding.verdict.size
    return _ORDER[finding.verdict.severity], -(size.records or 0 if size else 0), finding.target
