"""The part of a run's report that says which data lie open: each kind, in how many stores, who calls it sensitive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.models.findings import Finding
from leakguard.models.kinds import Category, Sensitive
from leakguard.outputs.data_words import people_words
from leakguard.outputs.words import printable
from leakguard.reports.paper import Cell, Paragraph, Section, Table, line

MOST_PLACES = 3
"""Places that are named of each kind."""


def data_section(findings: Iterable[Finding]) -> Section | None:
    """One row a kind, those that some standard calls sensitive first; nothing where no name gave a kind away."""
    found = list(findings)
    kinds = dict.fromkeys(category.category for finding in found for category in _categories(finding))
    if not kinds:
        return None
    rows = [_row(kind, found) for kind in kinds]
    rows.sort(key=lambda row: (not row[2].lines, row[0].lines))
    text = (
        "Known by the names of fields, tables, indices and files, or by values that were counted and dropped where the "
        "scope permits it. A kind that is missing here may still be there."
    )
    table = Table(
        caption="Kinds of data, and who calls them sensitive",
        columns=("Kind", "Where", "Sensitive by", "People"), widths=(20, 34, 28, 18), rows=tuple(rows),
    )  # fmt: skip
    return Section(name="data", title="Which data", blocks=(Paragraph(text=text), table))


def _row(kind: str, found: list[Finding]) -> tuple[Cell, ...]:
    having = [finding for finding in found if any(category.category == kind for category in _categories(finding))]
    places = [
        _place(finding, category)
        for finding in having
        for category in _categories(finding)
        if category.category == kind
    ]
    more = len(places) - MOST_PLACES
    shown = (*places[:MOST_PLACES], *((f"and {more:,} more",) if more > 0 else ()))
    people_counts = (finding.verdict.data.people for finding in having if finding.verdict.data)
    people = tuple(dict.fromkeys(people_words(each) for each in people_counts if each))
    return (
        line(printable(kind).replace("_", " ").replace(".", ", ")),
        Cell(shown),
        Cell(tuple(dict.fromkeys(_standards(kind, having))), "risk"),
        Cell(people[:MOST_PLACES]),
    )


def _place(finding: Finding, category: Category) -> str:
    return f"{printable(finding.place)}: {printable(category.where)}"


def _categories(finding: Finding) -> Iterator[Category]:
    return iter(finding.verdict.data.categories if finding.verdict.data else ())


def _standards(kind: str, having: list[Finding]) -> Iterator[str]:
    for finding in having:
        for each in finding.verdict.data.sensitive if finding.verdict.data else ():
            if each.category == kind:
                yield _named(each)


def _named(each: Sensitive) -> str:
    return f"{printable(each.standard)} ({printable(each.version)}): {printable(each.data_class)}"
