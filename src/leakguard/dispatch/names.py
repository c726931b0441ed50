"""When two typed names are one person's. Nobody is authenticated: the ledger keeps what was typed."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 200
"""A name longer than this is no name."""
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxijsabezhikmnoptyx",
)
"""Cyrillic and Greek letters that are drawn as Latin ones, small or capital (Unicode Technical Standard 39)."""
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of Hangul that fill a place and show nothing."""
_BETWEEN_WORDS = re.compile(r"[^\w\u200c\u200d]|_")


def same_person(name: str) -> str:
    """What spellings of a name have in common: neither width, case, accents, signs nor the order of words count.

    Initials stay what they are: nothing in `A. Lovelace` tells whether it is Ada.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_LOOK_ALIKES)
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = (_letters(word) for word in _BETWEEN_WORDS.split(plain))
    return "".join(sorted(words))


def _letters(word: str) -> str:
    return "".join(sign for sign in word if sign.isprintable() and sign not in _UNSEEN)
