"""Keeps values of victims out of facts and letters: a notice names kinds and counts, never a person's data."""

from __future__ import annotations

import re

from leakguard.sensitivity.checksums import has_cn_resident_checksum, passes_luhn

_RESIDENT_ID = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")
_CARD = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]?){3}[0-9]{4}(?![0-9])")
_US_SSN = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_TELEPHONE = re.compile(r"\+[0-9](?:[ ()./-]{0,2}[0-9]){7,14}(?![0-9])")


def refuse_personal_values(text: str) -> None:
    """Raise `ValueError` when `text` holds an identity or card number; the message never repeats it."""
    if any(has_cn_resident_checksum(found.group()) for found in _RESIDENT_ID.finditer(text)):
        raise ValueError("holds a resident identity number; a notice names kinds of data, never a person's values")
    if any(passes_luhn(found.group()) for found in _CARD.finditer(text)):
        raise ValueError("holds a payment card number; a notice names kinds of data, never a person's values")
    if _US_SSN.search(text):
        raise ValueError("holds a social security number; a notice names kinds of data, never a person's values")


def masked(text: str) -> str:
    """`text` with marks in the place of personal values: what a report shows of words that somebody typed in a hurry.

    E-mail addresses, telephone numbers with a country's code, numbers of identity documents and of payment cards.
    """
    text = _EMAIL.sub("[e-mail address]", text)
    text = _RESIDENT_ID.sub("[identity number]", text)
    text = _US_SSN.sub("[identity number]", text)
    text = _CARD.sub("[card number]", text)
    return _TELEPHONE.sub("[telephone number]", text)


def email_addresses(text: str) -> tuple[str, ...]:
    """The e-mail addresses in a text, in lower case."""
    return tuple(found.group().lower() for found in _EMAIL.finditer(text))
