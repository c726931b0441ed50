"""A section that is one table, or a sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.reports.paper import Cell, Paragraph, Section, Table
from leakguard.reports.phrases import Phrases


def table_section(name: str, widths: Mapping[str, int], rows: tuple[tuple[Cell, ...], ...], say: Phrases) -> Section:
    """`widths` names each column and its hundredths of the page; the words are those under `name`."""
    words = say.words
    if not rows:
        return Section(name=name, title=words(name), blocks=(Paragraph(text=words(f"{name}.none")),))
    table = Table(
        caption=words(f"{name}.caption"),
        columns=tuple(words(f"{name}.{column}") for column in widths),
        widths=tuple(widths.values()),
        rows=rows,
    )
    return Section(name=name, title=words(name), blocks=(table,))
