"""Small rules of written language: spaces, full stops and the numbers of headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from leakguard.models.languages import STYLES, Lang

_WIDE = (("\u3000", "\u30ff"), ("\u4e00", "\u9fff"), ("\uff00", "\uffef"))
"""The first and last sign of each block of Chinese and Japanese."""
_WIDE_STOPS = frozenset("。！？；：，、）")
_BREAKING = re.compile("[^\\S\u00a0\u202f]+")
_SECOND_STOP = re.compile(r"(?:(?<=[^.\s]\.)|(?<=[?!]))\.(?=\s|$)|(?<=[？！])。")
"""The full stop of a sentence behind that of an abbreviation, such as `Example Inc.`, or behind a question."""
_WORDS_OF_A_SENTENCE = 4
"""From so many words on a text with a full stop is taken for a sentence, where words have spaces."""
_CHINESE_DIGITS = "一二三四五六七八九"


def tidy(text: str) -> str:
    """One space between words, none between Chinese or Japanese signs or behind their stops, no line breaks."""
    return _without_wide_spaces(" ".join(text.split()))


def closed_up(text: str) -> str:
    """The same for a text that was put together: spaces that must not break a line stay, as in telephone numbers.

    A sentence that ends with an abbreviation or a question has one sign at its end.
    """
    return _without_wide_spaces(_SECOND_STOP.sub("", _BREAKING.sub(" ", text).strip(" ")))


def _without_wide_spaces(text: str) -> str:
    """The title of a work keeps its spaces. A pattern of these blocks takes 2 ms to compile."""
    if text.isascii():
        return text
    parts, titles, joined = text.split(" "), 0, []
    for before, part in pairwise(parts):
        titles += before.count("《") - before.count("》")
        is_wide = before[-1:] in _WIDE_STOPS or (_is_wide(before[-1:]) and _is_wide(part[:1]))
        joined.append(part if is_wide and titles <= 0 else f" {part}")
    return parts[0] + "".join(joined)


def _is_wide(sign: str) -> bool:
    return any(first <= sign <= last for first, last in _WIDE)


def sentence(text: str, lang: Lang) -> str:
    """The text with a full stop at its end and, where the script has them, a capital at its start."""
    stop = STYLES[lang].stop
    if STYLES[lang].is_wide:
        return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('.;；')}{stop}"
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。")) else f"{text.rstrip(';')}{stop}"


def in_one_line(parts: Sequence[str], *, comma: str, semicolon: str) -> str:
    """Several texts in one line: clauses are kept apart more strongly, and the last of several sentences has a stop."""
    opened = [*map(_opened, parts[:-1]), *parts[-1:]]
    is_long = opened != list(parts) or any(sign in part for part in parts for sign in ",，;；、")
    return (semicolon if is_long else comma).join(opened)


def _opened(text: str) -> str:
    """A sentence without its full stop; a few words with one are a name, such as `Example Inc.`."""
    is_sentence = text.endswith("。") or (text.endswith(".") and text.count(" ") >= _WORDS_OF_A_SENTENCE - 1)
    return text[:-1] if is_sentence and not text.endswith("..") else text


def ordinal(number: int, lang: Lang) -> str:
    """The mark before a heading: `1. `, or `一、`; `number` is from 1 to 99."""
    if STYLES[lang].ordinals == "digits":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    leading = "" if tens <= 1 else _CHINESE_DIGITS[tens - 1]
    ten = f"{leading}十" if tens else ""
    return f"{ten}{_CHINESE_DIGITS[ones - 1] if ones else ''}、"
