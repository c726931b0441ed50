"""How letters look in each language: the table that all formats read, so that no maker asks for a language's name."""

from __future__ import annotations

import re
from functools import cache
from math import ceil
from typing import Any, Literal
from unicodedata import east_asian_width

from leakguard.frozen import Frozen, as_dict
from leakguard.models.languages import STYLES, Lang
from leakguard.models.letters import Letter

Side = Literal["left", "centre", "right"]


class Typography(Frozen):
    """Fonts, measures and places of one language; templates read these fields beside those of `Traits`."""

    word_tag: str
    """What a word processor checks the spelling by; unlike a reader it always wants a region."""
    script: str = ""
    """ISO 15924, for East Asian letters: without it a comma behind a Latin word takes the shape of another region.

    Words of a letter with one are all joined by its rules, and those of an Arabic name not at all.
    """
    css_fonts: str = "Georgia,'Times New Roman',serif"
    word_asian_font: str = "SimSun"
    """A word processor keeps the font of East Asian signs apart; a name in a Latin letter may need it."""
    leading: float = 0.62
    """Space between lines in PDF, in ems: square signs need more air."""
    line_height: float = 1.5
    sender_at: Side = "left"
    addressee_at: Literal["window", "right_window", "line"] = "window"
    """Where an envelope's window is."""
    date_at: Side = "right"
    signature_at: Side = "left"
    page: tuple[str, str, str] = ("Page ", " of ", "")
    """The words before, between and behind the number of the page and of all pages."""


_CHINESE = "'Noto Serif CJK SC','Source Han Serif SC','Songti SC','SimSun','Noto Sans CJK SC','Microsoft YaHei',serif"
_TRADITIONAL = "'Noto Serif CJK TC','Source Han Serif TC','Songti TC','PMingLiU','Noto Sans CJK TC',serif"
_JAPANESE = "'Noto Serif CJK JP','Hiragino Mincho ProN','Yu Mincho','MS PMincho','Noto Sans CJK JP',serif"
_KOREAN = "'Noto Serif CJK KR','AppleMyungjo','Batang','Noto Sans CJK KR','Malgun Gothic',serif"

_BY_LANGUAGE: dict[Lang, Typography] = {
    "en": Typography(word_tag="en-GB"),
    "zh": Typography(
        word_tag="zh-CN",
        script="hani",
        css_fonts=_CHINESE,
        leading=0.82,
        line_height=1.75,
        addressee_at="line",
        signature_at="right",
        page=("第", "页，共", "页"),
    ),
    "ja": Typography(
        word_tag="ja-JP",
        script="kana",
        css_fonts=_JAPANESE,
        word_asian_font="MS Mincho",
        leading=0.82,
        line_height=1.75,
        sender_at="right",
        addressee_at="line",
        signature_at="right",
        page=("", " / ", ""),
    ),
    "ko": Typography(
        word_tag="ko-KR",
        script="hang",
        css_fonts=_KOREAN,
        word_asian_font="Batang",
        leading=0.78,
        line_height=1.7,
        addressee_at="line",
        signature_at="centre",
        page=("", " / ", "쪽"),
    ),
    "pt": Typography(word_tag="pt-BR", page=("Página ", " de ", "")),
    "fr": Typography(word_tag="fr-FR", addressee_at="right_window", page=("Page ", " sur ", "")),
    "es": Typography(word_tag="es-ES", page=("Página ", " de ", "")),
    "de": Typography(word_tag="de-DE", page=("Seite ", " von ", "")),
    "it": Typography(word_tag="it-IT", addressee_at="right_window", page=("Pagina ", " di ", "")),
    "nl": Typography(word_tag="nl-NL", page=("Pagina ", " van ", "")),
    "pl": Typography(word_tag="pl-PL", addressee_at="right_window", page=("Strona ", " z ", "")),
    "zh-hant": Typography(
        word_tag="zh-TW",
        script="hani",
        css_fonts=_TRADITIONAL,
        word_asian_font="PMingLiU",
        leading=0.82,
        line_height=1.75,
        addressee_at="line",
        signature_at="right",
        page=("第", "頁，共", "頁"),
    ),
}


def typography_of(letter: Letter) -> Typography:
    """The fonts, measures and places of the letter's language."""
    return _BY_LANGUAGE[letter.lang]


def template_values(letter: Letter) -> dict[str, Any]:
    """All that a template may ask about a language, by the names of the fields of `Traits` and `Typography`."""
    return dict(_values_of(letter.lang))


@cache
def _values_of(lang: Lang) -> dict[str, Any]:
    return {**as_dict(STYLES[lang]), **as_dict(_BY_LANGUAGE[lang])}


ROOM_OF_SENDER, ROOM_OF_ADDRESS = (6, 400.0), (6, 227.0)
"""Lines, and points a line, that an envelope with a window leaves to the sender above it and to the address in it.

They are 33 mm and 30 mm high, and 163 mm (at up to 12 points) and 80 mm wide (at 10.5 points).
"""
WIDTH_OF_LINE = 440.0
"""Points, a little less than the 163 mm of a line."""
_BROAD, _NARROW = frozenset("mwMW@%&Œœ"), frozenset(" .,:;'|!iljtfr()[]-")
_WIDTHS = {"broad": 10.5, "capital": 8.0, "narrow": 4.0, "other": 5.6}
"""Points of a sign at 10.5 points, each more than the font's own: what is counted must never turn out to be wider."""


def fits_window(letter: Letter) -> bool:
    """Whether sender and address fit where an envelope shows them; counted with room to spare, not measured."""
    return _fits(letter.sender, *ROOM_OF_SENDER) and _fits(shown_addressee(letter), *ROOM_OF_ADDRESS)


def fits_line(text: str) -> bool:
    """Whether a text surely fits one line of a letter; counted with space left over, not measured."""
    return 1.1 * _points(text) <= WIDTH_OF_LINE


_LAST_BRACKETS = re.compile(r"[（(][^（）()]{1,24}[）)]$")


def title_end(title: str) -> str:
    """The words in brackets at the end of a title, which stay on one line; empty where there are none, or too many."""
    found = _LAST_BRACKETS.search(title)
    return found.group() if found else ""


def _fits(texts: tuple[str, ...], most_lines: int, room: float) -> bool:
    return sum(max(1, ceil(1.1 * _points(text) / room)) for text in texts) <= most_lines


def _points(text: str) -> float:
    return sum(_WIDTHS[_class_of(sign)] for sign in text)


def _class_of(sign: str) -> str:
    if sign in _NARROW:
        return "narrow"
    if sign in _BROAD or east_asian_width(sign) in "WF":
        return "broad"
    return "capital" if sign.isupper() else "other"


def shown_addressee(letter: Letter) -> tuple[str, ...]:
    """A postal address always; a single line only where the salutation does not name the addressee already."""
    return letter.addressee if letter.traits.shows_addressee or len(letter.addressee) > 1 else ()
