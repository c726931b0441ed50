"""XLSX by openpyxl: dates that are dates, numbers that are numbers, texts that stay texts."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from leakguard.documents.sheet_cells import clean
from leakguard.models.sheets import Cell, Sheet
from leakguard.models.texts import may_compute

MOST_CHARACTERS = 32_767
"""What one cell of Excel holds, counted in UTF-16: an emoji counts twice. More makes the file unreadable."""
MOST_EXACT = 10**15
"""Excel keeps 15 digits of a number; a larger one is written as text, digit by digit."""
_WIDTHS = {datetime: 20, int: 14, str: 40}
"""Columns wide enough for a time and a number; texts are wrapped."""
_HEADER, _USUAL = Font(bold=True), Font()


class XlsxMaker:
    """Makes a workbook of one sheet."""

    def make(self, sheet: Sheet) -> bytes:
        """The file: the header stays in view and filters, times are UTC as real dates."""
        book = Workbook()
        page = book.worksheets[0]
        page.title = sheet.title[:31]
        page.append([_cell(page, name, font=_HEADER) for name in sheet.columns])
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
        for column, name in enumerate(sheet.columns, start=1):
            kinds = [type(row[column - 1]) for row in sheet.rows]
            width = max((_WIDTHS.get(kind, 0) for kind in kinds), default=0)
            page.column_dimensions[get_column_letter(column)].width = max(width, len(name) + 2)
        page.freeze_panes = "B2"
        page.auto_filter.ref = page.dimensions
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()


def _cell(page: Worksheet, value: Cell, *, font: Font | None = None) -> SheetCell:
    cell = SheetCell(page, row=1, column=1)
    cell.font = font or _USUAL
    if isinstance(value, datetime):
        cell.value = value.astimezone(UTC).replace(tzinfo=None)
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, int) and abs(value) < MOST_EXACT:
        cell.value = value
        cell.number_format = "#,##0"
    elif value is not None:
        _fill_text(cell, clean(str(value)))
    return cell


def _fill_text(cell: SheetCell, text: str) -> None:
    """As text, also where it begins like a formula or looks like a number."""
    cell.value = text if _length(text) <= MOST_CHARACTERS else f"{_beginning(text)}…"
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.quotePrefix = may_compute(text)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _beginning(text: str) -> str:
    """As much as leaves room for a mark; no sign is cut in two."""
    return text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore")
