"""Sheets: rows under named columns, as plain values that every table format shows in its own way."""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen, replace

Cell = str | int | datetime | None
"""A time is UTC; `None` is an empty cell."""


class Sheet(Frozen):
    """One table; every row has a cell for each column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remarks: tuple[str, ...] = ()
    """What the table lacks, for whoever makes it; it stands in the rows as well."""


def as_drill(sheet: Sheet) -> Sheet:
    """The same table, with a word in its title and before each row: rows are copied out of tables."""
    rows = tuple(("DRILL", *row) for row in sheet.rows)
    return replace(sheet, title=f"DRILL {sheet.title}", columns=("drill", *sheet.columns), rows=rows)
