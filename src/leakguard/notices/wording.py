"""Small rules of written language: spaces, full stops and the numbers of headings."""

from __future__ import annotations

import re

from leakguard.notices.vocabulary import Lang

_WIDE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_SPACE_BETWEEN_WIDE = re.compile(f"(?<={_WIDE}) (?={_WIDE})")
_CHINESE_DIGITS = "一二三四五六七八九"


def tidy(text: str) -> str:
    """One space between words, none between Chinese signs, no line breaks."""
    return _SPACE_BETWEEN_WIDE.sub("", " ".join(text.split()))


def sentence(text: str, lang: Lang) -> str:
    """The text with a full stop at its end and, in English, a capital at its start."""
    if lang == "zh":
        return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('.;；')}。"
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。")) else f"{text.rstrip(';')}."


def ordinal(number: int, lang: Lang) -> str:
    """The mark before a heading: `1. `, or `一、`; `number` is from 1 to 99."""
    if lang == "en":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    leading = "" if tens <= 1 else _CHINESE_DIGITS[tens - 1]
    ten = f"{leading}十" if tens else ""
    return f"{ten}{_CHINESE_DIGITS[ones - 1] if ones else ''}、"
