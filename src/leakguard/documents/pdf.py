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
from leakguard.documents.page_fit import Fit, Layout, Measured, Places, layout_of, places_of
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
_OF_LATIN = re.compile("[\u0020-\u017f\u0400-\u045f\u1ea0-\u1ef9\u2019]+")
_OF_ASIAN = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]+")
_OF_BOTH = re.compile("[\u0020-\u007e]+")
"""Signs that the Latin font, an East Asian one and each of them has: a line of one font is of one height."""
_REMEMBERED = 64
"""Groups of letters, and in each of them calls, that are kept."""
_PROBE = """#set document(title: "x")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.text"""


class _Setting(Frozen):
    """What the texts of a letter ask for beside its measures."""

    fonts: tuple[Typeface, ...]
    families: list[str]
    script: str
    bold: str


class _Group:
    """What the letters of a group have in common, and the calls that set those whose lines have the same heights."""

    def __init__(self, letter: Letter) -> None:
        """`letter` has neither addressee nor salutation."""
        self.text = json.dumps(letter_values(letter), ensure_ascii=False)
        self.traits = template_values(letter)
        self.has_long = _LONG_WORD.search(self.text) is not None
        self.look: _Setting | None = None
        self.calls: dict[tuple[str, ...], str] = {}


class PdfMaker:
    """Makes PDF from a typst template; texts go in as data, never as markup. Made to be kept for many letters."""

    def __init__(
        self, template: str, *, find_font: FindFont = find_cjk_font, find_script: FindScript = find_script_font
    ) -> None:
        """`template` is the text of `templates/documents/letter.typ`."""
        self._template, self._fonts = template.encode(), FontShelf(find_font, find_script)
        self._typesetter = Typesetter()
        self._group = lru_cache(maxsize=_REMEMBERED)(_Group)

    def make(self, letter: Letter) -> bytes:
        """The document; raises `FontMissing`, and `DocumentFailed` when typst refuses."""
        group = self._group(replace(letter, addressee=(), salutation=""))
        addressee = shown_addressee(letter)
        own = (*addressee, letter.salutation)
        fits, is_long = fits_window(letter), group.has_long or any(_LONG_WORD.search(text) for text in own)
        look = self._look(letter, group, "\n".join(own))
        values = {"addressee": addressee, "salutation": letter.salutation, "fits": fits, "long": is_long}
        call = self._call(letter, group, look, values)
        noon = datetime.combine(letter.written_on, time(12), tzinfo=UTC)
        return self._typesetter.compile(self._source(call, values), fonts=look.fonts, made_at=noon)

    def _look(self, letter: Letter, group: _Group, own: str) -> _Setting:
        """Found once for a group, and anew for a reader whose name wants a font of its own."""
        is_asian = letter.traits.cjk != ""
        is_usual = (is_asian or not needs_cjk(own)) and not scripts_of(own)
        if is_usual and group.look is not None:
            return group.look
        text = group.text if is_usual else group.text + own
        cjk, others = self._fonts.cjk(text, letter.traits.cjk), self._fonts.of_scripts(text)
        look = _Setting(
            fonts=(*([cjk] if cjk else []), *others),
            families=families(cjk, others, is_asian=is_asian),
            script="" if scripts_of(text) else typography_of(letter).script,
            bold="font" if cjk is None or cjk.has_bold or not is_asian else "stroke",
        )
        if is_usual:
            group.look = look
        return look

    def _call(self, letter: Letter, group: _Group, look: _Setting, values: dict[str, Any]) -> str:
        """The call of the template, but for what is the reader's own; measured once for lines of the same heights."""
        alike = (look.script, *look.families, *_heights(letter, values))
        if alike not in group.calls:
            if len(group.calls) == _REMEMBERED:
                group.calls.clear()

            def measure(fit: Fit, how: Measured) -> Places:
                source = self._source(_call(group, look, Layout(fit=fit)), values, how)
                return places_of(self._typesetter.query(source, "places", fonts=look.fonts))

            group.calls[alike] = _call(group, look, layout_of(letter, measure))
        return group.calls[alike]

    def _source(self, call: str, values: dict[str, Any], measured: str = "") -> Source:
        """The template, and one line that calls it; what differs between readers comes last."""
        more = f", measured: {quoted(measured)}" if measured else ""
        main = f"{call}json(bytes({quoted(json.dumps(values, ensure_ascii=False))})){more})\n"
        return Source(files={"main.typ": main.encode(), "letter.typ": self._template})


def _call(group: _Group, look: _Setting, layout: Layout) -> str:
    settings = {
        "fonts": look.families, "script": look.script, "bold": look.bold, "traits": group.traits,
        "fit": as_dict(layout.fit), "pages": layout.pages,
    }  # fmt: skip
    shown = (quoted(text) for text in (group.text, json.dumps(settings, ensure_ascii=False)))
    return '#import "letter.typ": make\n#make(' + "".join(f"json(bytes({text})), " for text in shown)


def _heights(letter: Letter, values: dict[str, Any]) -> tuple[str, ...]:
    """What the reader's own lines take of the page."""
    is_in_window = values["fits"] and typography_of(letter).addressee_at != "line"
    addressee = () if is_in_window else values["addressee"]
    lines = [_height(text, is_asian=letter.traits.cjk != "") for text in (values["salutation"], *addressee)]
    return (str(values["fits"]), str(values["long"]), *lines)


def _height(text: str, *, is_asian: bool) -> str:
    """The fonts of a line; a text of more than a line, and a sign of which nobody knows the font, are as they are."""
    if not fits_line(text):
        return text
    others = _OF_ASIAN.sub("", text)
    unsure = (_OF_BOTH if is_asian else _OF_LATIN).sub("", others)
    return "".join(("c" * (others != text), "o" * (unsure != others), *sorted(set(unsure))))


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
