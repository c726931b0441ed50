"""Finds what a notice must not tell in the words of a letter, without alarms on short words or on dates.

A fact counts as told when its words are quoted, when one of the signs of its kind stands there as whole words,
or when people are counted. What is told in other words a person has to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.notices import locale_forms
from leakguard.notices.fact_values import Contact, LocalisedText, Span
from leakguard.notices.facts import Fact, Facts
from leakguard.notices.letters.personal_values import email_addresses
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import LANGS, Signs, Vocabulary

LEAST_QUOTED = 12
"""Characters of a fact from which on its words are told apart from usual ones: `open` stands in many letters."""
LEAST_TELLING = 1_000
"""A count from which on the bare number, written with separators, tells it; smaller ones need their noun."""
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH}\.?(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? (?:19|20)\d\d\b"
    rf"|\b\d{{1,2}} {_MONTH}\b|\b{_MONTH} \d{{1,2}}\b"
    r"|\b\d{4}-\d\d?-\d\d?\b|\b\d\d?[/.]\d\d?[/.]\d{2,4}\b"
    r"|\b(?:in|since|until|by|during|before|after|from|of) (?:19|20)\d\d\b"
)
_IN_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens of|hundreds of|thousands of"
_NUMBER = rf"(?:\d[\d,. ]*|{_IN_WORDS})"
_BETWEEN = r"(?:affected|other|current|former|impacted|of our|of the|our|more|massachusetts|state) "
_PEOPLE = r"(?:residents|people|individuals|persons|consumers|customers|patients|students|employees|users)\b"
_COUNTED = re.compile(
    rf"(?<![\w.,-]){_NUMBER} ?(?:{_BETWEEN}){{0,3}}{_PEOPLE}|\bnumber of (?:{_BETWEEN}){{0,3}}{_PEOPLE}[^.\d]{{0,40}}\d"
)


def forbidden_in(duty: NoticeContent, facts: Facts, text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The items of `must_not_contain` that `text` tells, in the order of the duty."""
    plain = _plain(text)
    for name in duty.must_not_contain:
        fact, signs = facts.get(name), vocabulary.signs.get(name, Signs())
        is_told = _quotes(fact, plain) or _counts(fact, name, plain)
        is_given_away = any(_stands_in(_plain(word), plain) for word in signs.words)
        if is_told or is_given_away or (signs.strangers and _has_stranger(duty, facts, plain)):
            yield name


def texts_of(fact: Fact | None) -> Iterator[str]:
    """The texts of a fact in every language; none for one that has no text."""
    value = fact.value if fact is not None else None
    parts = value if isinstance(value, tuple) else (value.name, value.text) if isinstance(value, Contact) else ()
    for part in parts:
        if isinstance(part, LocalisedText):
            yield from part.texts.values()
    if isinstance(value, Contact):
        yield from value.ways


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _quotes(fact: Fact | None, plain: str) -> bool:
    quotes = (_plain(text).rstrip(".") for text in texts_of(fact))
    return any(len(text) >= LEAST_QUOTED and _stands_in(text, plain) for text in quotes)


def _stands_in(words: str, plain: str) -> bool:
    """As whole words: `hack` does not stand in `shack`."""
    return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", plain) is not None


def _counts(fact: Fact | None, name: str, plain: str) -> bool:
    if not name.endswith("_count"):
        return False
    undated = _DATES.sub(" ", plain)
    value = fact.value if fact is not None else None
    numbers = {value.low, value.high} if isinstance(value, Span) else set()
    forms = (locale_forms.number(number, lang) for number in numbers if number >= LEAST_TELLING for lang in LANGS)
    in_myriads = (locale_forms.numbers((number,), "zh")[0] for number in numbers if number >= LEAST_TELLING)
    plain_forms = map(_plain, (*forms, *in_myriads))
    return _COUNTED.search(undated) is not None or any(_stands_in(number, undated) for number in plain_forms)


def _has_stranger(duty: NoticeContent, facts: Facts, plain: str) -> bool:
    """An address that neither the organisation nor any fact that may be told names."""
    names = [name for name in facts.stated if name not in duty.must_not_contain]
    named = (facts.get(name) for name in dict.fromkeys((*names, "org_contact", "dpo_contact")))
    own = {address.split("@")[1] for fact in named for text in texts_of(fact) for address in email_addresses(text)}
    return any(address.split("@")[1] not in own for address in email_addresses(plain))
