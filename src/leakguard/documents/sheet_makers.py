"""Which formats of tables there are, and the maker of each."""

from __future__ import annotations

from leakguard.documents.csv_sheet import CsvMaker
from leakguard.errors import UsageProblem
from leakguard.ports import SheetMaker

SHEET_FORMATS = ("csv", "xlsx")


def sheet_maker(format_name: str) -> SheetMaker:
    """The maker of `csv` or `xlsx`; raises `UsageProblem` for any other."""
    if format_name == "csv":
        return CsvMaker()
    if format_name == "xlsx":
        from leakguard.documents.xlsx_sheet import XlsxMaker  # noqa: PLC0415  (openpyxl takes a moment to load)

        return XlsxMaker()
    raise UsageProblem(
        f"there is no table format `{format_name[:20]}`", next_step=f"Use one of {', '.join(SHEET_FORMATS)}."
    )
