"""A report as PDF by typst: tagged for screen readers (PDF/UA-1), drawings with their description."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from leakguard.documents.fonts import CjkFont, find_cjk_font, needs_cjk
from leakguard.documents.paper_values import paper_values
from leakguard.documents.pdf import LATIN, compile_pdf, unshown_signs
from leakguard.reports.paper import Paper


class ReportPdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup."""

    def __init__(self, template: str, *, find_font: Callable[[], CjkFont] = find_cjk_font) -> None:
        """`template` is the text of `templates/report/report.typ`."""
        self._template = template
        self._find_font = find_font

    def make(self, paper: Paper) -> bytes:
        """The document; the same paper gives the same bytes. Raises `FontMissing` and `DocumentFailed`.

        A report tells what people wrote, whatever that was: a sign that no font has is shown by its number.
        """
        values = json.dumps(paper_values(paper), ensure_ascii=False)
        cjk = self._find_font() if paper.language.startswith("zh") or needs_cjk(values) else None
        numbers = {ord(sign): f"[U+{ord(sign):04X}]" for sign in unshown_signs(values, cjk=cjk)}
        known_at = datetime.fromisoformat(paper.known_at)
        inputs = {
            "paper": values.translate(numbers),
            "fonts": json.dumps([LATIN, *([cjk.family] if cjk else [])]),
            "day": json.dumps([known_at.year, known_at.month, known_at.day]),
        }
        return compile_pdf(self._template, inputs, cjk=cjk, made_at=known_at)
