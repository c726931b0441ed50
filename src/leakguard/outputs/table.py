"""Findings as a table that a person reads at 03:00, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import JustifyMethod, OverflowMethod
from rich.table import Table
from rich.text import Text

from leakguard.models.findings import Answer, DecoyVerdict, Finding, Outcome, Severity
from leakguard.outputs.words import byte_words, count_words, printable
from leakguard.scanning.stores import Store, stores_of

_STYLES = {
    Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan",
    Severity.NONE: "green",
}  # fmt: skip
_ORDER = {severity: position for position, severity in enumerate(_STYLES)}
WIDE = 120
"""Columns of a terminal from which each fact has a column of its own."""
_STANDINGS = ("exposed", "protected", "other", "closed", "silent", "not_checked")


def findings_table(findings: Sequence[Finding], *, width: int = WIDE) -> Table:
    """A row a finding: how bad, what, where, how big, why; ids to go on with.

    The ways into one store share a row, so that its size is told once.

    Where `width` is less than 120 columns, two facts share a column, one above the other.
    """
    columns = _WIDE_COLUMNS if width >= WIDE else _NARROW_COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for parts, overflow, is_number in columns:
        heading = "\n".join(parts)
        justify: JustifyMethod = "right" if is_number else "left"
        table.add_column(heading, overflow=overflow, no_wrap=overflow == "ellipsis", justify=justify)
    table.columns[-1].ratio = 1
    for store in sorted(stores_of(findings), key=lambda store: _worst_first(store.worst)):
        cells = _cells(store)
        table.add_row(*(Text("\n").join(cells[part] for part in parts) for parts, _, _ in columns))
    return table


_WIDE_COLUMNS: tuple[tuple[tuple[str, ...], OverflowMethod, bool], ...] = (
    (("VERDICT",), "ellipsis", False), (("TARGET",), "fold", False), (("PRODUCT",), "fold", False),
    (("RECORDS",), "ellipsis", True), (("BYTES",), "ellipsis", True), (("FINDING",), "ellipsis", False),
    (("WHY",), "fold", False),
)  # fmt: skip
"""Heading, what happens to a text that is too long (`ellipsis` keeps it in one line), whether it is a number."""
_NARROW_COLUMNS: tuple[tuple[tuple[str, ...], OverflowMethod, bool], ...] = (
    (("VERDICT", "FINDING"), "ellipsis", False), (("TARGET", "PRODUCT"), "fold", False),
    (("RECORDS", "BYTES"), "ellipsis", True), (("WHY",), "fold", False),
)  # fmt: skip


def _cells(store: Store) -> Mapping[str, Text]:
    finding = store.worst
    verdict, size = finding.verdict, finding.verdict.size
    mark = "" if size is None or size.exact else "~"
    product = " ".join(filter(None, (verdict.product or finding.datastore, verdict.version)))
    return {
        "VERDICT": Text(_word(finding), style=_STYLES[verdict.severity]),
        "TARGET": Text("\n".join(printable(way.place, longest=60) for way in store.ways)),
        "PRODUCT": Text(printable(product, longest=40)),
        "RECORDS": Text(mark + count_words(size.records) if size and size.records is not None else "-"),
        "BYTES": Text(mark + byte_words(size.bytes) if size and size.bytes is not None else "-"),
        "FINDING": Text("\n".join(way.id for way in store.ways)),
        "WHY": Text(printable(_reason(finding, ways=len(store.ways)))),
    }


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


def _reason(finding: Finding, *, ways: int) -> str:
    verdict = finding.verdict
    parts = [verdict.reason.rstrip(".")]
    if ways > 1:
        parts.append(f"one store, {ways} ways in")
    if verdict.decoy.verdict is DecoyVerdict.SUSPECTED:
        parts.append(f"looks like a decoy: {', '.join(verdict.decoy.signals)}")
    if verdict.ransomed.verdict != "no":
        parts.append("signs of a ransom note")
    allowed = [each for each in verdict.permissions if each.answer is Answer.ALLOWED]
    for who in dict.fromkeys(each.who for each in allowed):
        rights = ", ".join(each.right.value for each in allowed if each.who is who)
        parts.append(f"{who.value} may {rights}".replace("_", " "))
    if finding.lifecycle != "stable":
        parts.append("experimental check")
    return "; ".join(parts)


def _worst_first(finding: Finding) -> tuple[int, int, str]:
    size = finding.verdict.size
    return _ORDER[finding.verdict.severity], -(size.records or 0 if size else 0), finding.place
