"""PDF by typst: tagged for screen readers (PDF/UA-1), with title and language, the same bytes for the same letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from functools import cache
from typing import Literal, Protocol, cast

import typst

from leakguard.documents.fonts import (
    Typeface,
    find_cjk_font,
    find_script_font,
    is_misshapen,
    needs_cjk,
    region_of,
    scripts_of,
)
from leakguard.documents.html import letter_values
from leakguard.documents.typography import fits_window, template_values, typography_of
from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter

STANDARD: Literal["ua-1"] = "ua-1"
LATIN = "Libertinus Serif"
"""A font inside typst, so that a letter looks the same on every machine."""


FindScript = Callable[[str], Typeface | None]


class FindFont(Protocol):
    """Finds a font for the signs of one region; raises `FontMissing`."""

    def __call__(self, *, region: str = "SC") -> Typeface:
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
        self._compilers: dict[tuple[str, ...], typst.Compiler] = {}

    def compile(self, template: str, inputs: dict[str, str], *, fonts: Sequence[Typeface], made_at: datetime) -> bytes:
        """A PDF that says it was made at `made_at`, with the fonts of typst and `fonts` alone.

        Raises `DocumentFailed`. The compiler forgets a template that is given as bytes, so each call gives it again.
        """
        try:
            made = self._compiler(fonts).compile(
                input=template.encode(),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=[STANDARD],
                timestamp=int(made_at.timestamp()),
            )
        except (typst.TypstError, ValueError, RuntimeError) as error:
            if unshown := _UNSHOWN.search(str(error)):
                raise _no_sign_for(f"`{unshown['signs'][:20]}`") from error
            raise DocumentFailed(
                f"typst could not make the PDF: {error}", next_step="Use --as html, and report this as a bug."
            ) from error
        return cast("bytes", made)  # one document, not one picture a page

    def _compiler(self, fonts: Sequence[Typeface]) -> typst.Compiler:
        folders = tuple(dict.fromkeys(str(one.folder) for one in fonts))
        if folders not in self._compilers:
            found = typst.Fonts(include_system_fonts=False, font_paths=list(folders))
            self._compilers[folders] = typst.Compiler(font_paths=found)
        return self._compilers[folders]


class FontShelf:
    """The fonts that texts want; each is looked for once, as a folder of fonts holds thousands of files."""

    def __init__(self, find_font: FindFont, find_script: FindScript) -> None:
        """Looks for nothing yet."""
        self._find_font, self._find_script = cache(find_font), cache(find_script)

    def cjk(self, text: str, region: str = "") -> Typeface | None:
        """For the East Asian signs of `text`, with the shapes of `region` or of their own; raises `FontMissing`."""
        wanted = region or (region_of(text) if needs_cjk(text) else "")
        return self._find_font(region=wanted) if wanted else None

    def of_scripts(self, text: str) -> list[Typeface]:
        """For other scripts in `text`; raises `DocumentFailed` for one that would be misspelt."""
        found = {script: self._find_script(script) for script in scripts_of(text)}
        for script, typeface in found.items():
            if typeface is None and is_misshapen(script):
                raise _no_sign_for(f"letters of the script {script}")
        return [one for one in found.values() if one is not None]


class PdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup. Made to be kept for many letters."""

    def __init__(
        self, template: str, *, find_font: FindFont = find_cjk_font, find_script: FindScript = find_script_font
    ) -> None:
        """`template` is the text of `templates/documents/letter.typ`."""
        self._template, self._fonts = template, FontShelf(find_font, find_script)
        self._typesetter = Typesetter()

    def make(self, letter: Letter) -> bytes:
        """The document; raises `FontMissing`, and `DocumentFailed` when typst refuses."""
        values = json.dumps(letter_values(letter), ensure_ascii=False)
        is_asian = letter.traits.cjk != ""
        cjk, others = self._fonts.cjk(values, letter.traits.cjk), self._fonts.of_scripts(values)
        inputs = {
            "letter": values,
            "fonts": json.dumps(families(cjk, others, is_asian=is_asian)),
            "traits": json.dumps(template_values(letter), ensure_ascii=False),
            "script": "" if scripts_of(values) else typography_of(letter).script,
            "fits": "yes" if fits_window(letter) else "no",
            "long": "yes" if _LONG_WORD.search(values) else "no",
            "bold": "font" if cjk is None or cjk.has_bold or not is_asian else "stroke",
        }
        noon = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
        fonts = [*([cjk] if cjk else []), *others]
        return self._typesetter.compile(self._template, inputs, fonts=fonts, made_at=noon)


class PdfSigns:
    """Tells whether a PDF can show a text, so that one name with rare signs keeps nobody else's letter back."""

    def __init__(self, *, find_font: FindFont = find_cjk_font, find_script: FindScript = find_script_font) -> None:
        self._fonts, self._typesetter = FontShelf(find_font, find_script), Typesetter()

    def can_show(self, text: str) -> bool:
        """Whether there is a sign for each letter of it; raises `FontMissing` as `PdfMaker.make` does."""
        if _SURE.fullmatch(text):
            return True
        cjk = self._fonts.cjk(text)
        try:
            others = self._fonts.of_scripts(text)
        except DocumentFailed:
            return False
        return _is_shown(self._typesetter, text, cjk, others)


def unshown_signs(text: str, *, cjk: Typeface | None, others: Sequence[Typeface]) -> tuple[str, ...]:
    """The signs of a text for which these fonts have no picture, each once."""
    typesetter = Typesetter()
    signs = [sign for sign in sorted(set(text)) if not _SURE.fullmatch(sign)]
    return tuple(sign for sign in signs if not _is_shown(typesetter, sign, cjk, others))


def _is_shown(typesetter: Typesetter, text: str, cjk: Typeface | None, others: Sequence[Typeface]) -> bool:
    inputs = {"text": text, "fonts": json.dumps(families(cjk, others, is_asian=False))}
    fonts = [*([cjk] if cjk else []), *others]
    try:
        typesetter.compile(_PROBE, inputs, fonts=fonts, made_at=datetime(2000, 1, 1, tzinfo=UTC))
    except DocumentFailed:
        return False
    return True


def families(cjk: Typeface | None, others: Sequence[Typeface], *, is_asian: bool) -> list[str]:
    """The families to ask for; in an East Asian letter one font shows Latin words too, so that they match in weight."""
    asian = [cjk.family] if cjk else []
    return [*([*asian, LATIN] if is_asian else [LATIN, *asian]), *(one.family for one in others)]


def compile_pdf(template: str, inputs: dict[str, str], *, fonts: Sequence[Typeface], made_at: datetime) -> bytes:
    """One document, as `Typesetter.compile` makes it."""
    return Typesetter().compile(template, inputs, fonts=fonts, made_at=made_at)


def _no_sign_for(what: str) -> DocumentFailed:
    return DocumentFailed(
        f"the fonts of a PDF have no sign for {what}",
        next_step="Use --as html or --as docx, which are shown with the reader's own fonts; "
        "or install fonts: apt-get install fonts-noto-core.",
    )
