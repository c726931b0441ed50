"""CSV that a spreadsheet opens without computing anything, and that a script reads back."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from leakguard.documents.sheet_cells import clean
from leakguard.models.moments import to_z
from leakguard.models.sheets import Cell, Sheet
from leakguard.models.texts import may_compute

GUARD = "'"
"""Stands before a text that a spreadsheet could take for a formula; it shows the text as it is."""


class CsvMaker:
    """Makes CSV as RFC 4180 has it."""

    def make(self, sheet: Sheet) -> bytes:
        """UTF-8 with a byte order mark, without which Excel reads Chinese wrongly; all cells quoted, one line a row."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(sheet.columns)
        writer.writerows([_text(cell) for cell in row] for row in sheet.rows)
        return text.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return to_z(cell)
    if isinstance(cell, int):
        return str(cell)
    text = clean(cell)
    return f"{GUARD if may_compute(text) else ''}{text}"
