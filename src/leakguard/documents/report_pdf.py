"""A report as PDF by typst: tagged for screen readers (PDF/UA-1), drawings with their description."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from leakguard.documents.fonts import Typeface, find_cjk_font, find_script_font, needs_cjk, scripts_of
from leakguard.documents.paper_values import paper_values
from leakguard.documents.pdf import unshown_signs
from leakguard.documents.typesetting import compile_pdf, families
from leakguard.reports.paper import Paper


class ReportPdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup."""

    def __init__(self, template: str, *, find_font: Callable[[], Typeface] = find_cjk_font) -> None:
        """`template` is the text of `templates/report/report.typ`."""
        self._template = template
        self._find_font = find_font

    def make(self, paper: Paper) -> bytes:
        """The document; the same paper gives the same bytes. Raises `FontMissing` and `DocumentFailed`.

        A report tells what people wrote, whatever that was: a sign that no font has is shown by its number.
        """
        values = json.dumps(paper_values(paper), ensure_ascii=False)
        cjk = self._find_font() if paper.language.startswith("zh") or needs_cjk(values) else None
        found = [find_script_font(script) for script in scripts_of(values)]
        others = [typeface for typeface in found if typeface is not None]
        numbers = {ord(sign): f"[U+{ord(sign):04X}]" for sign in unshown_signs(values, cjk=cjk, others=others)}
        known_at = datetime.fromisoformat(paper.known_at)
        inputs = {
            "paper": values.translate(numbers),
            "fonts": json.dumps(families(cjk, others, is_asian=False)),
            "day": json.dumps([known_at.year, known_at.month, known_at.day]),
        }
        return compile_pdf(self._template, inputs, fonts=[*([cjk] if cjk else []), *others], made_at=known_at)
