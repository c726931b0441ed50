"""PDF by typst: tagged for screen readers (PDF/UA-1), with title and language, the same bytes for the same letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Literal

import typst

from leakguard.documents.fonts import CjkFont, find_cjk_font, needs_cjk
from leakguard.documents.html import letter_values
from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter

STANDARD: Literal["ua-1"] = "ua-1"
LATIN = "Libertinus Serif"
"""A font inside typst, so that a letter looks the same on every machine."""


class PdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup."""

    def __init__(self, template: str, *, find_font: Callable[[], CjkFont] = find_cjk_font) -> None:
        """`template` is the text of `templates/documents/letter.typ`."""
        self._template = template
        self._find_font = find_font

    def make(self, letter: Letter) -> bytes:
        """The document; raises `FontMissing`, and `DocumentFailed` when typst refuses."""
        values = json.dumps(letter_values(letter), ensure_ascii=False)
        cjk = self._find_font() if letter.lang == "zh" or needs_cjk(values) else None
        inputs = {"letter": values, "fonts": json.dumps([LATIN, *([cjk.family] if cjk else [])])}
        noon = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
        return compile_pdf(self._template, inputs, cjk=cjk, made_at=noon)


def compile_pdf(template: str, inputs: dict[str, str], *, cjk: CjkFont | None, made_at: datetime) -> bytes:
    """A PDF that says it was made at `made_at`, with the fonts of typst and `cjk` alone; raises `DocumentFailed`."""
    try:
        made = typst.compile(
            template.encode(),
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(cjk.folder)] if cjk else []),
            sys_inputs=inputs,
            pdf_standards=[STANDARD],
            timestamp=int(made_at.timestamp()),
        )
    except (typst.TypstError, ValueError, RuntimeError) as error:
        raise DocumentFailed(
            f"typst could not make the PDF: {error}", next_step="Use --as html, and report this as a bug."
        ) from error
    return bytes(made)
