"""Checksums: whether a text can be a number of a kind, by the rules of whoever gives such numbers out.

All that need a checksum take it from here. The rules are those of `stdnum`, but for Taiwan, Hong Kong and Singapore,
whose identity cards it does not know. The libraries are loaded when the first value is looked at: a scan that reads
no value needs none of them.
"""

from __future__ import annotations

import importlib
import ipaddress
import re
from functools import cache
from typing import Any

_CARD_LENGTHS = range(13, 20)
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|35(?:2[89]|[3-8])|6011|64[4-9]|65|62|81", re.ASCII
)
"""ISO/IEC 7812 ranges of Visa, Mastercard, American Express, JCB, Discover and UnionPay."""
_LATIN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""Taiwan's order of the letters, from which the first two digits are counted (Ministry of the Interior)."""


@cache
def _module(name: str) -> Any:  # noqa: ANN401  (a module)
    return importlib.import_module(name)


def passes(module: str, text: str) -> bool:
    """Whether `text` passes the checksum of a module of `stdnum`, such as `cn.ric`."""
    return bool(_module(f"stdnum.{module}").is_valid(text))


def is_cn_resident_id(text: str) -> bool:
    """A resident identity number of China: 18 places, a place and a day that exist, ISO 7064 MOD 11-2 (GB 11643)."""
    return passes("cn.ric", text.upper())


def has_cn_resident_checksum(text: str) -> bool:
    """Whether the last place fits the others (ISO 7064 MOD 11-2), wherever and whenever its holder was born.

    For refusing: a place that the table of `cn.ric` does not know yet is no reason to print a number.
    """
    return passes("iso7064.mod_11_2", text.upper())


def is_iban(text: str) -> bool:
    """An international bank account number (ISO 13616)."""
    return passes("iban", text)


def is_us_ssn(text: str) -> bool:
    """A US social security number that may have been issued."""
    return passes("us.ssn", text)


def is_card(text: str) -> bool:
    """A payment card: an issuer's first digits, a length and Luhn's checksum (ISO/IEC 7812)."""
    digits = _digits(text)
    fits = len(digits) in _CARD_LENGTHS and _ISSUERS.match(digits) is not None and len(set(digits)) > 1
    return fits and passes_luhn(digits)


def passes_luhn(text: str) -> bool:
    """Luhn's checksum alone (ISO/IEC 7812), whoever issued the number; spaces and hyphens do not count."""
    return passes("luhn", _digits(text))


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def is_phone(text: str) -> bool:
    """A number in the international form that its country may have given out."""
    library = _module("phonenumbers")
    plain = f"+{text[2:]}" if text.startswith("00") else text
    try:
        return bool(library.is_valid_number(library.parse(plain, None)))
    except library.NumberParseException:
        return False


def is_global_address(text: str) -> bool:
    """An IP address of the open internet; one of a private network is nobody's."""
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def is_tw_id(text: str) -> bool:
    """A national id of Taiwan: a letter, 1 or 2 for the sex (8 or 9 for foreigners), a weighted sum of ten."""
    place = 10 + _LATIN.index(text[0])
    digits = [place // 10, place % 10, *map(int, text[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def is_hk_id(text: str) -> bool:
    """An identity card number of Hong Kong, `A123456(3)`: weights 9 to 2, modulus 11."""
    bare = text.replace("(", "").replace(")", "").rjust(9)
    values = [36 if letter == " " else int(letter, 36) for letter in bare]
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def is_sg_id(text: str) -> bool:
    """An NRIC or FIN of Singapore: weights 2 7 6 5 4 3 2 and a letter by the remainder of 11."""
    total = sum(int(digit) * weight for digit, weight in zip(text[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
    rest = total % 11
    return text[8] == letters[text[0]][10 - rest if text[0] == "M" else rest]
