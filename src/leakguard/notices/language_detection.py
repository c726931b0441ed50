"""In which language a text is visibly written: by its script, or by the small words that every sentence needs."""

from __future__ import annotations

import re
from collections import Counter

from leakguard.models.languages import STYLES, Lang

_HANGUL, _KANA, _HAN = (re.compile(f"[{span}]") for span in ("\uac00-\ud7af", "\u3040-\u30ff", "\u4e00-\u9fff"))
_PHRASE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}+(?:[ ,.;:'-]+[^\W\d_]{2,}+){2,}")
"""Three words in a row; fewer may be a product's name. Only looked for once the signs of East Asia are gone.

Each word is taken whole from its first letter: one of 20,000 letters held up a letter for twenty seconds.
"""
_EAST = re.compile("[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")
LEAST_HAN = 8
"""Chinese signs without a single kana from which on a text is no Japanese: shorter ones may be a Japanese noun."""
LEAST_COMMON = 2
"""Small words that a text must have before it counts as a language of Latin letters."""
_SIMPLIFIED = re.compile("[们这个为时发现书务应设备数据问题险处罚关开门对会电图学员账户网络传严级报联]")
_TRADITIONAL = re.compile("[們這個為時發現書務應設備數據問題險處罰關開門對會電圖學員帳戶網絡傳嚴級報聯]")
"""Common signs that only one of the two scripts of Chinese has."""
_SMALL_WORDS: dict[Lang, str] = {
    "en": "the of and to was were with from that not by is are has have this which at a an in on be for or as our",
    "de": "der die das und von mit wurde wurden den dem ist sind nicht auf für ein eine wir durch in an im er zu",
    "fr": "le la les des et une dans est sont pas du au avec qui sur nous été par pour a on de en un que se ce ou",
    "es": "el la los las y del una con fue fueron que por para se no en sin su sus a de un o e al lo",
    "it": "il lo la gli le di del della dei delle è sono stato stata non che per con nel nella una un a in e se da o",
    "nl": "de het een van en in is zijn was werd niet met voor door op aan dat die er te we",
    "pl": "i w z na do się nie jest są był została zostały przez oraz dla od po że które który a we",
    "pt": "o a os as e do da dos das uma com foi foram não em no na por para que de se um ao ou",
}
"""The commonest words of each language, articles and prepositions before all.

A word of several languages stands with each of them: `a` alone would make English Portuguese, and `de` Spanish Dutch.
"""
_COMMON = {lang: frozenset(words.split()) for lang, words in _SMALL_WORDS.items()}

_OTHER_SCRIPT: dict[Lang, re.Pattern[str]] = {"zh": _TRADITIONAL, "zh-hant": _SIMPLIFIED}
_OWN_SCRIPT: dict[Lang, re.Pattern[str]] = {"zh": _SIMPLIFIED, "zh-hant": _TRADITIONAL}


def is_foreign(text: str, lang: Lang) -> bool:
    """Whether `text` is visibly written in another language than `lang`; a short or mixed one gets the benefit."""
    latin = _PHRASE.search(_EAST.sub(" ", text)) is not None
    if STYLES[lang].cjk:
        return _is_foreign_in_the_east(text, lang, has_phrase=latin)
    if not latin:
        return _EAST.search(text) is not None
    found = _latin_language(text)
    return found is not None and found != lang


def language_of(text: str) -> Lang:
    """The language in which `text` seems to be written; English where the signs of it are too few."""
    return _eastern_language(text) or _latin_language(text) or "en"


def _is_foreign_in_the_east(text: str, lang: Lang, *, has_phrase: bool) -> bool:
    own = _eastern_language(text)
    if own == "zh" and lang in _OTHER_SCRIPT:
        return _OTHER_SCRIPT[lang].search(text) is not None and _OWN_SCRIPT[lang].search(text) is None
    return has_phrase if own is None else own != lang and not _may_be_both(text, lang)


def _eastern_language(text: str) -> Lang | None:
    if _HANGUL.search(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    return "zh" if _HAN.search(text) else None


def _may_be_both(text: str, lang: Lang) -> bool:
    """A few Chinese signs may be a Japanese noun."""
    return lang == "ja" and not _HANGUL.search(text) and len(_HAN.findall(text)) < LEAST_HAN


def _latin_language(text: str) -> Lang | None:
    """The language whose small words are the most; `None` for a tie, or for too few."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    hits: Counter[Lang] = Counter({lang: sum(word in common for word in words) for lang, common in _COMMON.items()})
    (first, most), (_, second) = hits.most_common(2)
    return first if most >= LEAST_COMMON and most > second else None
