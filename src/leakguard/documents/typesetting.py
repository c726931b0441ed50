"""Typst: sources and fonts in, a PDF out that is tagged for screen readers (PDF/UA-1), the same bytes each time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol, cast

import typst

from leakguard.documents.fonts import Typeface, is_misshapen, needs_cjk, region_of, scripts_of
from leakguard.documents.pdf_packing import packed
from leakguard.errors import DocumentFailed
from leakguard.frozen import Frozen

STANDARD: Literal["ua-1"] = "ua-1"
LATIN = "Libertinus Serif"
"""A font inside typst, so that a letter looks the same on every machine."""
_UNSHOWN = re.compile(r"the text `?\"?(?P<signs>[^`]+?)\"?`? could not be displayed")
FindScript = Callable[[str], Typeface | None]


class FindFont(Protocol):
    """Finds a font for the signs of one region; raises `FontMissing`."""

    def __call__(self, *, region: str = "SC") -> Typeface:
        """The folder and the family."""


class Source(Frozen):
    """What typst reads: files by name, of which `main.typ` is the first, and the texts of `sys.inputs`."""

    files: Mapping[str, bytes]
    inputs: Mapping[str, str] | None = None
    """Nothing where there never are any: to give them, typst makes its whole library anew."""


class Typesetter:
    """Keeps typst's compiler, with its fonts and what it learnt from the sources, between documents.

    What a kept one set before takes it half the time again; the bytes are the same.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[typst.Fonts, typst.Compiler]] = {}

    def compile(self, source: Source, *, fonts: Sequence[Typeface], made_at: datetime) -> bytes:
        """A PDF that says it was made at `made_at`, with the fonts of typst and `fonts` alone.

        Raises `DocumentFailed`. The compiler forgets sources that are given as bytes, so each call gives them again.
        """
        with _understood():
            made = self._of(fonts)[1].compile(
                input=_input(source), format="pdf", pdf_standards=[STANDARD], timestamp=int(made_at.timestamp()),
                sys_inputs=... if source.inputs is None else dict(source.inputs),
            )  # fmt: skip
        return packed(cast("bytes", made))  # one document, not one picture a page

    def query(self, source: Source, label: str, *, fonts: Sequence[Typeface]) -> Any:  # noqa: ANN401  (any JSON)
        """The value at the only place with this label, without making a document; raises `DocumentFailed`."""
        with _understood():
            answer = typst.query(
                input=_input(source), selector=f"<{label}>", field="value", one=True, font_paths=self._of(fonts)[0]
            )
        return json.loads(answer)

    def _of(self, fonts: Sequence[Typeface]) -> tuple[typst.Fonts, typst.Compiler]:
        folders = tuple(dict.fromkeys(str(font.folder) for font in fonts))
        if folders not in self._kept:
            found = typst.Fonts(include_system_fonts=False, font_paths=list(folders))
            self._kept[folders] = (found, typst.Compiler(font_paths=found))
        return self._kept[folders]


def _input(source: Source) -> bytes:
    """Several files are read as one file is, which the types of the library leave out."""
    return cast("bytes", dict(source.files))


@contextmanager
def _understood() -> Iterator[None]:
    """Raises `DocumentFailed` for what typst raises."""
    try:
        yield
    except (typst.TypstError, ValueError, RuntimeError) as error:
        if unshown := _UNSHOWN.search(str(error)):
            raise no_sign_for(f"`{unshown['signs'][:20]}`") from error
        raise DocumentFailed(
            f"typst could not make the PDF: {error}", next_step="Use --as html, and report this as a bug."
        ) from error


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
                raise no_sign_for(f"letters of the script {script}")
        return [typeface for typeface in found.values() if typeface is not None]


def families(cjk: Typeface | None, others: Sequence[Typeface], *, is_asian: bool) -> list[str]:
    """The families to ask for; in an East Asian letter one font shows Latin words too, so that they match in weight."""
    asian = [cjk.family] if cjk else []
    return [*([*asian, LATIN] if is_asian else [LATIN, *asian]), *(other.family for other in others)]


def compile_pdf(template: str, inputs: dict[str, str], *, fonts: Sequence[Typeface], made_at: datetime) -> bytes:
    """One document of one template that reads `sys.inputs`, as `Typesetter.compile` makes it."""
    source = Source(files={"main.typ": template.encode()}, inputs=inputs)
    return Typesetter().compile(source, fonts=fonts, made_at=made_at)


def quoted(text: str) -> str:
    """A text as typst reads it: between quotes nothing but a quote and a backslash means anything."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def no_sign_for(what: str) -> DocumentFailed:
    """What to raise where no font has a sign."""
    return DocumentFailed(
        f"the fonts of a PDF have no sign for {what}",
        next_step="Use --as html or --as docx, which are shown with the reader's own fonts; "
        "or install fonts: apt-get install fonts-noto-core.",
    )
