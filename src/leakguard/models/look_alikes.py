"""Which texts read alike: by Unicode's table of look-alikes (UTS #39), in any case, form and width.

A sign is followed through the table, its cases and its compatible forms as long as they lead somewhere new.
Two signs read alike where one text is reached from both. That is not transitive, on purpose: a Greek ν may be taken for
`v`, and its capital for `N`, and yet `v` and `n` are different letters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

_BLANK = frozenset("\U00016fe4\u0640")
"""Signs that no property calls invisible: the filler of Khitan, and the stroke that stretches an Arabic word."""
_LONG_VOWEL, _DASH = "\u30fc\uff70", "\u2500"
"""The stroke that lengthens a syllable of kana, and a line that reads like it or like nothing."""
_LONE_SIGNS = frozenset("\ua78f")
"""Letters by their property, which stand alone as a dot and spell nothing."""
_SPACING_SIGNS = (range(0x2B9, 0x2E0), range(0x2E5, 0x300))
"""The block of spacing modifiers without those that are raised letters: primes, strokes, tone marks."""
_NAMED_LETTER = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|(?:CROSSED )?NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])"
)
"""Letters that only their names tell: small capitals, and white ones in black shapes."""
_ACCENTS = range(0x300, 0x370)
"""The block of combining diacritical marks."""
_DEEPEST = 64
"""Texts that one sign may be followed to; the table needs 14."""
_IDEOGRAPHS = range(0x20000, 0x40000)
"""Two planes in which nothing but ideographs will be assigned: one that this Python does not know is a letter."""


@lru_cache(maxsize=4096)
def readings(sign: str) -> frozenset[str]:
    """Every text that `sign` may be read as; the empty one is among them where it may as well not be there."""
    found, todo = {sign}, [sign]
    while todo and len(found) < _DEEPEST:
        text = todo.pop()
        new = {text.lower(), text.upper(), text.casefold(), unicodedata.normalize("NFKD", text), _looks_like(text)}
        new.add(_letter_by_name(text))
        todo += new - found
        found |= new
    folded = {unicodedata.normalize("NFKD", text.casefold()) for text in found}
    folded |= {"".join(sign for sign in text if ord(sign) not in _ACCENTS) for text in folded if len(text) > 1}
    return frozenset(folded | {""} if _is_optional(sign) else folded)


def signs_of(text: str) -> str:
    """The signs of a text that show something, letters apart from their accents.

    The stroke that lengthens kana is a mere line where no kana stands before it, as in `Ada ー Lovelace`.
    """
    found: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        if sign in _LONG_VOWEL and not (found and _is_kana(found[-1])):
            found.append(_DASH)
        elif not _is_unseen(sign):
            found.append(sign)
    return "".join(found)


def is_readable(text: str) -> bool:
    """Whether a text holds anything that is read: a letter or a digit, in the place of blanks, fillers and strokes."""
    return any("" not in readings(sign) for sign in signs_of(text))


def read_alike(text: str, other: str) -> bool:
    """Whether one reading of all signs of `one` is a reading of all signs of `other`."""
    texts = (text, other)
    start = (0, 0, "", 0)
    todo, seen = [start], {start}
    while todo:
        state = todo.pop()
        if state[:3] == (len(text), len(other), ""):
            return True
        new = [each for each in _next(texts, state) if each not in seen]
        seen.update(new)
        todo += new
    return False


_State = tuple[int, int, str, int]
"""How far both texts are read, the letters by which one of them is ahead, and which."""


def _next(texts: Sequence[str], state: _State) -> Iterator[_State]:
    """Read one more sign of the text that is behind."""
    *places, ahead, leader = state
    behind = 1 - leader if ahead or places[1 - leader] < len(texts[1 - leader]) else leader
    if places[behind] == len(texts[behind]):
        return
    sign = texts[behind][places[behind]]
    first, second = (places[side] + (side == behind) for side in (0, 1))
    for text in readings(sign):
        if ahead.startswith(text):
            left = ahead[len(text) :]
            yield first, second, left, leader if left else 0
        elif text.startswith(ahead):
            yield first, second, text[len(ahead) :], behind


def is_boundary(sign: str) -> bool:
    """Whether it stands between words: a space, a sign of punctuation, a symbol."""
    return unicodedata.category(sign)[0] in "ZPS"


def _is_kana(sign: str) -> bool:
    """Also of a voicing mark, which NFD sets behind its kana, and of the stroke itself."""
    return any(script in unicodedata.name(sign, "") for script in ("KATAKANA", "HIRAGANA"))


def _letter_by_name(text: str) -> str:
    """The letter that a small capital or a squared one is; the text itself where it is neither."""
    found = _NAMED_LETTER.fullmatch(unicodedata.name(text, "")) if len(text) == 1 else None
    return found[1] if found else text


def _looks_like(text: str) -> str:
    table = _table()
    return unicodedata.normalize(
        "NFD",
        "".join(table.get(ord(sign), sign) for sign in unicodedata.normalize("NFD", text) if not _is_unseen(sign)),
    )


def _is_optional(sign: str) -> bool:
    """Punctuation, symbols, letters that look like an apostrophe, and accents; never a vowel or a voicing mark."""
    kind = unicodedata.category(sign)
    if kind[0] in "ZPS" or kind == "Me" or sign in _LONE_SIGNS or any(ord(sign) in each for each in _SPACING_SIGNS):
        return True
    if kind == "Lm":
        return all(is_boundary(sign) for sign in _looks_like(sign))
    order = unicodedata.combining(sign)
    # Canonical combining classes (UAX #44): overlays, the points of Hebrew and Arabic, and what is attached, above or
    # below. The nukta, the kana's voicing, viramas and the vowels of Thai, Lao and Tibetan lie between.
    return order == 1 or 10 <= order <= 36 or order >= 200  # noqa: PLR2004  (named above)


def _is_unseen(sign: str) -> bool:
    """What shows nothing, or nothing that is known here: fillers, joiners, directions, controls, no characters."""
    if sign in _BLANK or _is_ignorable(ord(sign)):
        return True
    kind = unicodedata.category(sign)
    return kind[0] == "C" and not (kind == "Cn" and (ord(sign) in _IDEOGRAPHS or ord(sign) in _table()))


def _is_ignorable(code: int) -> bool:
    starts, ends = _ignorable()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _table() -> Mapping[int, str]:
    """Code points to what they look like: Unicode's own table, as the library ships it."""
    from homoglyph.data import load_prototypes  # noqa: PLC0415  (few commands compare names)

    return load_prototypes()


@cache
def _ignorable() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first and the last of each range of code points that show nothing by themselves, by Unicode's property."""
    from homoglyph.data import load_ucd  # noqa: PLC0415  (as above)

    ranges = sorted((first, last) for first, last in load_ucd()["defaultIgnorable"])
    return tuple(first for first, _ in ranges), tuple(last for _, last in ranges)
