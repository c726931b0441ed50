"""Which formats there are, and the maker of each."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.documents.docx import FOLDER, PARTS, DocxMaker
from leakguard.documents.html import HtmlMaker
from leakguard.documents.markdown import MarkdownMaker
from leakguard.documents.text import TextMaker
from leakguard.errors import UsageProblem
from leakguard.ports import DataFolders, DocumentMaker

FORMATS = ("txt", "html", "docx", "pdf", "md")


def sign_checker(format_name: str) -> Callable[[str], bool]:
    """Whether a text can be shown in a format: those but PDF are shown with the fonts of whoever reads them."""
    if format_name != "pdf":
        return lambda _: True
    from leakguard.documents.pdf import PdfSigns  # noqa: PLC0415  (typst takes a moment to load)

    return PdfSigns().can_show


def document_maker(format_name: str, folders: DataFolders) -> DocumentMaker:
    """The maker of `txt`, `html`, `docx`, `pdf` or `md`; raises `UsageProblem` for any other."""
    if format_name == "txt":
        return TextMaker()
    if format_name == "md":
        return MarkdownMaker()
    if format_name == "html":
        return HtmlMaker(folders.text("templates", "documents/letter.html"))
    if format_name == "docx":
        return DocxMaker({name: folders.text("templates", f"documents/{FOLDER}/{name}") for name in PARTS.values()})
    if format_name == "pdf":
        from leakguard.documents.pdf import PdfMaker  # noqa: PLC0415  (typst takes a moment to load)

        return PdfMaker(folders.text("templates", "documents/letter.typ"))
    raise UsageProblem(
        f"there is no document format `{format_name[:20]}`", next_step=f"Use one of {', '.join(FORMATS)}."
    )
