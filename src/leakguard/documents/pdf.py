"""PDF by typst: tagged for screen readers (PDF/UA-1), with title and language, the same bytes for the same letter."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from functools import cache
from typing import Literal, Protocol, cast

import typst

from leakguard.documents.fonts import CjkFont, find_cjk_font, needs_cjk, region_of
from leakguard.documents.html import letter_values
from leakguard.documents.typography import fits_window, template_values
from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter

STANDARD: Literal["ua-1"] = "ua-1"
LATIN = "Libertinus Serif"
"""A font inside typst, so that a letter looks the same on every machine."""


class FindFont(Protocol):
    """Finds a font for the signs of one region; raises `FontMissing`."""

    def __call__(self, *, region: str = "SC") -> CjkFont:
        """The folder and the family."""


_LONG_WORD = re.compile("[!-~]{48}")
"""One that may be wider than a column; looked for here, so that most letters are set without a rule for words."""
_UNSHOWN = re.compile(r"the text `?\"?(?P<signs>[^`]+?)\"?`? could not be displayed")
_SURE = re.compile(
    "[\u0020-\u036f\u0370-\u03ff\u0400-\u0484\u1e00-\u1eff\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
"""Signs that these fonts have, tried one by one: nearly all names are made of them."""
_PROBE = """#set document(title: "x")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.text"""


class Typesetter:
    """Keeps typst's compiler, with its fonts and what it learnt from the template, between documents.

    A kept one makes some 160 short letters a second on one core, a fresh one half as many; the bytes are the same.
    """

    def __init__(self) -> None:
        self._compilers: dict[str, typst.Compiler] = {}

    def compile(self, template: str, inputs: dict[str, str], *, cjk: CjkFont | None, made_at: datetime) -> bytes:
        """A PDF that says it was made at `made_at`, with the fonts of typst and `cjk` alone.

        Raises `DocumentFailed`. The compiler forgets a template that is given as bytes, so each call gives it again.
        """
        try:
            made = self._compiler(cjk).compile(
                input=template.encode(),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=[STANDARD],
                timestamp=int(made_at.timestamp()),
            )
        except (typst.TypstError, ValueError, RuntimeError) as error:
            if unshown := _UNSHOWN.search(str(error)):
                raise DocumentFailed(
                    f"the fonts of a PDF have no sign for `{unshown['signs'][:20]}`",
                    next_step="Use --as html or --as docx, which are shown with the reader's own fonts.",
                ) from error
            raise DocumentFailed(
                f"typst could not make the PDF: {error}", next_step="Use --as html, and report this as a bug."
            ) from error
        return cast("bytes", made)  # one document, not one picture a page

    def _compiler(self, cjk: CjkFont | None) -> typst.Compiler:
        folder = str(cjk.folder) if cjk else ""
        if folder not in self._compilers:
            fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])
            self._compilers[folder] = typst.Compiler(font_paths=fonts)
        return self._compilers[folder]


class PdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup. Made to be kept for many letters."""

    def __init__(self, template: str, *, find_font: FindFont = find_cjk_font) -> None:
        """`template` is the text of `templates/documents/letter.typ`."""
        self._template, self._find_font = template, find_font
        self._typesetter = Typesetter()
        self._fonts: dict[str, CjkFont] = {}

    def make(self, letter: Letter) -> bytes:
        """The document; raises `FontMissing`, and `DocumentFailed` when typst refuses."""
        values = json.dumps(letter_values(letter), ensure_ascii=False)
        is_asian = letter.traits.cjk != ""
        region = letter.traits.cjk or (region_of(values) if needs_cjk(values) else "")
        cjk = self._font(region) if region else None
        inputs = {
            "letter": values,
            "fonts": json.dumps(_families(cjk, is_asian=is_asian)),
            "traits": json.dumps(template_values(letter), ensure_ascii=False),
            "fits": "yes" if fits_window(letter) else "no",
            "long": "yes" if _LONG_WORD.search(values) else "no",
            "bold": "font" if cjk is None or cjk.has_bold or not is_asian else "stroke",
        }
        noon = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
        return self._typesetter.compile(self._template, inputs, cjk=cjk, made_at=noon)

    def _font(self, region: str) -> CjkFont:
        """Looked for once a region: a folder of fonts holds thousands of files."""
        if region not in self._fonts:
            self._fonts[region] = self._find_font(region=region)
        return self._fonts[region]


class PdfSigns:
    """Tells whether a PDF can show a text, so that one name with rare signs keeps nobody else's letter back."""

    def __init__(self, *, find_font: FindFont = find_cjk_font) -> None:
        self._find_font, self._typesetter = cache(find_font), Typesetter()

    def can_show(self, text: str) -> bool:
        """Whether there is a sign for each letter of it; raises `FontMissing` as `PdfMaker.make` does."""
        if _SURE.fullmatch(text):
            return True
        cjk = self._find_font(region=region_of(text)) if needs_cjk(text) else None
        inputs = {"text": text, "fonts": json.dumps(_families(cjk, is_asian=False))}
        try:
            self._typesetter.compile(_PROBE, inputs, cjk=cjk, made_at=datetime(2000, 1, 1, tzinfo=UTC))
        except DocumentFailed:
            return False
        return True


def unshown_signs(text: str, *, cjk: CjkFont | None) -> tuple[str, ...]:
    """The signs of a text for which these fonts have no picture, each once."""
    typesetter, fonts = Typesetter(), json.dumps(_families(cjk, is_asian=False))

    def is_shown(sign: str) -> bool:
        inputs = {"text": sign, "fonts": fonts}
        try:
            typesetter.compile(_PROBE, inputs, cjk=cjk, made_at=datetime(2000, 1, 1, tzinfo=UTC))
        except DocumentFailed:
            return False
        return True

    return tuple(sign for sign in sorted(set(text)) if not _SURE.fullmatch(sign) and not is_shown(sign))


def _families(cjk: CjkFont | None, *, is_asian: bool) -> list[str]:
    """The families to ask for; in an East Asian letter one font shows Latin words too, so that they match in weight."""
    if cjk is None:
        return [LATIN]
    return [cjk.family, LATIN] if is_asian else [LATIN, cjk.family]


def compile_pdf(template: str, inputs: dict[str, str], *, cjk: CjkFont | None, made_at: datetime) -> bytes:
    """One document, as `Typesetter.compile` makes it."""
    return Typesetter().compile(template, inputs, cjk=cjk, made_at=made_at)
