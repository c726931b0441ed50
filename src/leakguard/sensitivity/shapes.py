"""Shapes of values: patterns that find a kind of data inside a longer text."""

from __future__ import annotations

import re
from collections.abc import Callable

from leakguard.sensitivity.checksums import (
    is_card,
    is_cn_resident_id,
    is_global_address,
    is_iban,
    is_phone,
    is_us_ssn,
)

_EMAIL = re.compile(
    r"(?<![\w%+-])[A-Za-z0-9][\w.%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![A-Za-z])", re.ASCII
)
_CN_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)
_CN_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9]{9}(?![0-9])", re.ASCII)
_INTERNATIONAL = re.compile(r"(?<![0-9A-Za-z+])(?:\+|00)[1-9][0-9 ().-]{6,18}[0-9](?![0-9])", re.ASCII)
_CARD = re.compile(
    r"(?<![0-9.])(?:[2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})(?![0-9])",
    re.ASCII,
)
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])", re.ASCII
)
_SSN = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])", re.ASCII)
_IPV4 = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])", re.ASCII)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*", re.ASCII)
_HASH = re.compile(
    r"(?:^|(?<=[\s:,;\"'=}]))\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha\d+)?)\$[\w./$=,+-]{8,}",
    re.ASCII,
)
_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])|(?<![A-Za-z0-9])(?:gh[pousr]_[0-9A-Za-z]{36}|glpat-[\w-]{20}|sk_live_[0-9A-Za-z]{16,}"
    r"|xox[abprs]-[0-9A-Za-z-]{10,}|AIza[\w-]{35}|LTAI[0-9A-Za-z]{12,20})|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----",
    re.ASCII,
)  # fmt: skip
_AGENT = re.compile(r"\bMozilla/[45]\.0 \(", re.ASCII)
_COORDINATES = re.compile(
    r"(?<![0-9.,-])-?[0-9]{1,2}\.[0-9]{3,}\s*,\s*-?(?:1[0-7][0-9]|[0-9]{1,2})\.[0-9]{3,}(?![0-9.])", re.ASCII
)
_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])", re.ASCII)
_CN_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?:省|市|自治区|区|县|州)[\u4e00-\u9fff0-9]{1,30}(?:路|街|巷|村|弄|大道|小区|镇|号)"
)


def _always(_text: str) -> bool:
    return True


FOUND_INSIDE: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("credentials.token", _JWT, _always),
    ("credentials.password_hash", _HASH, _always),
    ("credentials.secret", _SECRET, _always),
    ("contact.email", _EMAIL, _always),
    ("identification_number.cn_resident_id", _CN_ID, is_cn_resident_id),
    ("payment.bank_account", _IBAN, is_iban),
    ("payment.card", _CARD, is_card),
    ("identification_number.us_ssn", _SSN, is_us_ssn),
    ("contact.phone", _CN_MOBILE, _always),
    ("contact.phone", _INTERNATIONAL, is_phone),
    ("location.ip_address", _IPV4, is_global_address),
    ("location", _COORDINATES, _always),
    ("profile.device", _MAC, _always),
    ("profile.user_agent", _AGENT, _always),
    ("contact.address", _CN_ADDRESS, _always),
)
"""A kind, what it looks like, and what the text must pass besides."""


def kinds_inside(text: str) -> tuple[str, ...]:
    """The kinds of which something stands in the text, each once; what passes no checksum is none."""
    found = (
        kind for kind, pattern, holds in FOUND_INSIDE if any(holds(match.group()) for match in pattern.finditer(text))
    )
    return tuple(dict.fromkeys(found))
