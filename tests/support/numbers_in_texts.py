"""The numbers of an English and a Chinese text, so that a translation keeps figures, deadlines and articles."""

from __future__ import annotations

import re
from collections import Counter

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_WORDS = {
    "half": 2, "one": 1, "first": 1, "two": 2, "double": 2, "three": 3, "third": 3, "four": 4, "five": 5, "six": 6,
    "sixth": 6, "eight": 8, "nine": 9, "ten": 10, "fourteen": 14, "fifteenth": 15, "eighteen": 18, "thirty": 30,
    "sixty": 60, "hundred": 100,
}  # fmt: skip
_ENGLISH_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "lakh": 10**5, "crore": 10**7}
_CHINESE_SCALES = {"万": 10**4, "亿": 10**8}
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
_ORDINAL = re.compile(r"第([一二三四五六七八九十]+(?:[、至到][一二三四五六七八九十]+)*)")
"""As articles, paragraphs and levels are numbered: `第四十二条`, `第一、二项`."""
_GROUPS = re.compile(r"(?<=\d)[ ,](?=\d{3}(?!\d))")
_PAGE = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_RANGE = re.compile(r"(\d+) to (\d+) (million|billion)")


def english_numbers(text: str) -> tuple[Counter[float], Counter[float]]:
    """Those that the text writes in digits, and those that it writes as words, which Chinese may write in digits."""
    plain = _RANGE.sub(r"\1 \3 to \2 \3", _GROUPS.sub("", _PAGE.sub(" ", text)))
    found = _scaled(plain, r" (thousand|million|billion|lakh|crore)\b", _ENGLISH_SCALES)
    words = re.findall(r"[A-Za-z]+", text)
    months = [_MONTHS.index(month) + 1 for word in words for month in _MONTHS if word in {month, month[:3]}]
    said = [_WORDS[one.lower()] for one in words if one.lower() in _WORDS]
    spoken = Counter(float(number) for number in (*months, *said))
    for word, scale in re.findall(r"\b(a|two|five) (hundred|million|billion)\b", text):
        spoken[float(_WORDS.get(word, 1) * (_ENGLISH_SCALES | _WORDS)[scale])] += 1
    return found, spoken


def chinese_numbers(text: str) -> Counter[float]:
    """Those that the text writes in digits."""
    return _scaled(_GROUPS.sub("", _PAGE.sub(" ", text)), r"多?(万|亿)", _CHINESE_SCALES)


def chinese_ordinals(text: str) -> Counter[float]:
    """Those that the text writes in signs behind `第`."""
    return Counter(_value(one) for row in _ORDINAL.findall(text) for one in re.split("[、至到]", row))


def _value(signs: str) -> float:
    """`四十二`: up to ninety-nine."""
    tens, ten, ones = signs.rpartition("十")
    return float((_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0))


def _scaled(text: str, scale: str, scales: dict[str, int]) -> Counter[float]:
    found: Counter[float] = Counter()

    def take(match: re.Match[str]) -> str:
        found[round(float(match[1]) * scales[match[2]], 3)] += 1
        return " "

    rest = re.sub(r"(\d+(?:\.\d+)?)" + scale, take, text)
    found.update(float(number) for number in _NUMBER.findall(rest))
    return found


def differing(english: str, chinese: str) -> tuple[list[float], list[float]]:
    """The numbers that the Chinese lacks, and those that only it has."""
    stated, spoken = english_numbers(english)
    told = chinese_numbers(chinese)
    return sorted((stated - told - chinese_ordinals(chinese)).elements()), sorted((told - stated - spoken).elements())
