"""How letters look in each language: the table that all formats read, so that no maker asks for a language's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typography:
    """The customs of one language; the fields are read by the templates too, so a new one must be looked at there."""

    tag: str
    """BCP 47, with a region only where one set of forms is meant: `fr` serves France and Quebec."""
    word_tag: str
    """What a word processor checks the spelling by; it always wants a region."""
    region: str = ""
    """ISO 3166-1, for the shapes of signs in PDF."""
    script: str = "latn"
    """ISO 15924; without it a Chinese comma behind a Latin word takes the shape of another region."""
    font_region: Literal["", "SC", "JP", "KR"] = ""
    """Which regional face of a font shows this language; empty where Latin letters do."""
    css_fonts: str = "Georgia,'Times New Roman',serif"
    word_font: str = "Georgia"
    word_asian_font: str = "SimSun"
    """The font for East Asian signs, which a word processor keeps apart; a name in a Latin letter may need it."""
    leading: float = 0.62
    """Space between lines in PDF, in ems: square signs need more air."""
    line_height: float = 1.5
    indent: float = 0.0
    """How far the first line of a paragraph stands in, in ems."""
    is_justified: bool = False
    """Square signs fill a grid; words with spaces would tear it."""
    keeps_words: bool = True
    """A line breaks between words only; Chinese and Japanese break between any two signs."""
    sender_at: Side = "left"
    addressee_at: Literal["window", "right_window", "line", "none"] = "window"
    """Where an envelope's window is; `none` where the salutation names the addressee (a postal address still shows)."""
    date_at: Side = "right"
    title_at: Side = "left"
    signature_at: Side = "left"
    page: tuple[str, str, str] = ("Page ", " of ", "")
    """The words before, between and behind the number of the page and of all pages."""

    @property
    def is_asian(self) -> bool:
        """Whether the letter is written in Chinese, Japanese or Korean."""
        return bool(self.font_region)


_CHINESE = "'Noto Serif CJK SC','Source Han Serif SC','Songti SC','SimSun','Noto Sans CJK SC','Microsoft YaHei',serif"
_JAPANESE = "'Noto Serif CJK JP','Hiragino Mincho ProN','Yu Mincho','MS PMincho','Noto Sans CJK JP',serif"
_KOREAN = "'Noto Serif CJK KR','AppleMyungjo','Batang','Noto Sans CJK KR','Malgun Gothic',serif"

_BY_LANGUAGE = {
    "en": Typography(tag="en-GB", word_tag="en-GB", region="GB"),
    "zh": Typography(
        tag="zh-CN",
        word_tag="zh-CN",
        region="CN",
        script="hani",
        font_region="SC",
        css_fonts=_CHINESE,
        word_font="Times New Roman",
        leading=0.82,
        line_height=1.75,
        indent=2.0,
        is_justified=True,
        keeps_words=False,
        addressee_at="none",
        title_at="centre",
        signature_at="right",
        page=("第", "页，共", "页"),
    ),
    "ja": Typography(
        tag="ja-JP",
        word_tag="ja-JP",
        region="JP",
        script="kana",
        font_region="JP",
        css_fonts=_JAPANESE,
        word_font="Times New Roman",
        word_asian_font="MS Mincho",
        leading=0.82,
        line_height=1.75,
        indent=1.0,
        is_justified=True,
        keeps_words=False,
        sender_at="right",
        addressee_at="line",
        title_at="centre",
        signature_at="right",
        page=("", " / ", ""),
    ),
    "ko": Typography(
        tag="ko-KR",
        word_tag="ko-KR",
        region="KR",
        script="hang",
        font_region="KR",
        css_fonts=_KOREAN,
        word_font="Times New Roman",
        word_asian_font="Batang",
        leading=0.78,
        line_height=1.7,
        addressee_at="line",
        title_at="centre",
        signature_at="centre",
        page=("", " / ", "쪽"),
    ),
    "pt": Typography(tag="pt-BR", word_tag="pt-BR", region="BR", page=("Página ", " de ", "")),
    "fr": Typography(tag="fr", word_tag="fr-FR", addressee_at="right_window", page=("Page ", " sur ", "")),
    "es": Typography(tag="es", word_tag="es-ES", page=("Página ", " de ", "")),
    "de": Typography(tag="de-DE", word_tag="de-DE", region="DE", page=("Seite ", " von ", "")),
}


def typography_of(lang: str) -> Typography:
    """The customs of a letter's language; raises `KeyError` for a language that letters are not written in."""
    return _BY_LANGUAGE[lang]
