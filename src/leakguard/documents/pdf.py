"""Letters as PDF/UA-1 by typst, with title and language, the same bytes for the same letter."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

from leakguard.documents.fonts import Typeface, find_cjk_font, find_script_font, needs_cjk, scripts_of
from leakguard.documents.html import letter_values
from leakguard.documents.page_fit import Fit, Layout, Places, layout_of, places_of
from leakguard.documents.typesetting import (
    FindFont,
    FindScript,
    FontShelf,
    Source,
    Typesetter,
    families,
    quoted,
)
from leakguard.documents.typography import (
    fits_line,
    fits_window,
    shown_addressee,
    template_values,
    typography_of,
)
from leakguard.errors import DocumentFailed
from leakguard.frozen import Frozen, as_dict, replace
from leakguard.models.letters import Letter

_LONG_WORD = re.compile("[!-~]{48}")
"""One that may be wider than a column; looked for here, so that most letters are set without a rule for words."""
_SURE = re.compile(
    "[\u0020-\u036f\u0370-\u03ff\u0400-\u0484\u1e00-\u1eff\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
"""Signs that these fonts have, tried one by one: nearly all names are made of them."""
_ONE_HEIGHT = {
    "": re.compile("[\u0020-\u017f\u0400-\u045f\u1ea0-\u1ef9\u2019]*"),
    "cjk": re.compile("[\u0020-\u007e\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"),
}
"""Signs of the letter's own font: lines of them are of one height, whichever they are."""
_REMEMBERED = 64
"""Groups of letters whose setting is kept."""
_PROBE = """#set document(title: "x")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.text"""


class _Shared:
    """What the letters of a group have in common, and how those were set that differ in no line's length."""

    def __init__(self, letter: Letter) -> None:
        """`letter` has neither addressee nor salutation."""
        self.text = json.dumps(letter_values(letter), ensure_ascii=False)
        self.has_long = _LONG_WORD.search(self.text) is not None
        self.layouts: dict[str, Layout] = {}


class _Setting(Frozen):
    """One letter, ready for typst but for its layout."""

    letter: Letter
    shared: _Shared
    fonts: tuple[Typeface, ...]
    look: dict[str, Any]
    own: dict[str, Any]
    alike: str
    """The same for letters whose lines have the same height, whatever stands in them."""


class PdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup. Made to be kept for many letters."""

    def __init__(
        self, template: str, *, find_font: FindFont = find_cjk_font, find_script: FindScript = find_script_font
    ) -> None:
        """`template` is the text of `templates/documents/letter.typ`."""
        self._template, self._fonts = template.encode(), FontShelf(find_font, find_script)
        self._typesetter = Typesetter()
        self._shared = lru_cache(maxsize=_REMEMBERED)(_Shared)

    def make(self, letter: Letter) -> bytes:
        """The document; raises `FontMissing`, and `DocumentFailed` when typst refuses."""
        setting = self._setting(letter)
        kept = setting.shared.layouts
        if setting.alike not in kept:
            kept[setting.alike] = layout_of(letter, lambda fit, is_endless: self._places(setting, fit, is_endless))
        source = self._source(setting, kept[setting.alike])
        noon = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
        return self._typesetter.compile(source, fonts=setting.fonts, made_at=noon)

    def _setting(self, letter: Letter) -> _Setting:
        shared = self._shared(replace(letter, addressee=(), salutation=""))
        addressee, traits = shown_addressee(letter), letter.traits
        own = {
            "addressee": addressee, "salutation": letter.salutation, "fits": fits_window(letter),
            "long": shared.has_long or any(_LONG_WORD.search(text) for text in (*addressee, letter.salutation)),
        }  # fmt: skip
        text = shared.text + "\n".join((*addressee, letter.salutation))
        cjk, others, is_asian = self._fonts.cjk(text, traits.cjk), self._fonts.of_scripts(text), traits.cjk != ""
        look = {
            "fonts": families(cjk, others, is_asian=is_asian),
            "traits": template_values(letter),
            "script": "" if scripts_of(text) else typography_of(letter).script,
            "bold": "font" if cjk is None or cjk.has_bold or not is_asian else "stroke",
        }
        fonts = (*([cjk] if cjk else []), *others)
        alike = json.dumps([look["fonts"], look["script"], _heights(letter, own)], ensure_ascii=False)
        return _Setting(letter=letter, shared=shared, fonts=fonts, look=look, own=own, alike=alike)

    def _places(self, setting: _Setting, fit: Fit, is_endless: bool) -> Places:  # noqa: FBT001  (as `Measure` has it)
        source = self._source(setting, Layout(fit=fit), ', measured: "whole"' if is_endless else ', measured: "pages"')
        return places_of(self._typesetter.query(source, "places", fonts=setting.fonts))

    def _source(self, setting: _Setting, layout: Layout, more: str = "") -> Source:
        """The template, and one line that calls it; what differs between readers comes last."""
        look = {**setting.look, "fit": as_dict(layout.fit), "pages": layout.pages}
        values = (setting.shared.text, *(json.dumps(one, ensure_ascii=False) for one in (look, setting.own)))
        given = ", ".join(f"json(bytes({quoted(one)}))" for one in values)
        main = f'#import "letter.typ": make\n#make({given}{more})\n'
        return Source(files={"main.typ": main.encode(), "letter.typ": self._template})


def _heights(letter: Letter, own: dict[str, Any]) -> list[Any]:
    """What the reader's own lines take of the page: a text that may take more than a line stands for itself."""
    signs = _ONE_HEIGHT["cjk" if letter.traits.cjk else ""]

    def height(text: str) -> str:
        return "" if fits_line(text) and signs.fullmatch(text) else text

    is_in_window = own["fits"] and typography_of(letter).addressee_at != "line"
    addressee = [] if is_in_window else [height(line) for line in own["addressee"]]
    return [addressee, height(own["salutation"]), own["long"], own["fits"]]


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
    source = Source(files={"main.typ": _PROBE.encode()}, inputs=inputs)
    try:
        typesetter.compile(source, fonts=fonts, made_at=datetime(2000, 1, 1, tzinfo=UTC))
    except DocumentFailed:
        return False
    return True
