"""Which formats reports have, and the maker of each."""

from __future__ import annotations

from typing import Protocol

from leakguard.errors import UsageProblem
from leakguard.ports import DataFolders
from leakguard.reports.paper import Paper

REPORT_FORMATS = ("html", "pdf")


class PaperMaker(Protocol):
    """Turns a report in words into bytes of one format."""

    def make(self, paper: Paper) -> bytes:
        """The document; the same paper gives the same bytes."""


def report_maker(format_name: str, folders: DataFolders) -> PaperMaker:
    """The maker of `html` or `pdf`; raises `UsageProblem` for any other."""
    if format_name == "html":
        from leakguard.documents.report_html import ReportHtmlMaker  # noqa: PLC0415  (one of the two is enough)

        return ReportHtmlMaker(folders.text("templates", "report/report.html"))
    if format_name == "pdf":
        from leakguard.documents.report_pdf import ReportPdfMaker  # noqa: PLC0415  (typst takes a moment to load)

        return ReportPdfMaker(folders.text("templates", "report/report.typ"))
    raise UsageProblem(
        f"there is no report format `{format_name[:20]}`", next_step=f"Use one of {', '.join(REPORT_FORMATS)}."
    )
