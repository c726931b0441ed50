"""The doubt before a letter or evidence leaves China for a foreign body."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from leakguard.outbound.countries import HOME
from leakguard.outbound.rules import EVIDENCE, MAIL, PEOPLE, TELEPHONE, RuleBook, ScreenLang

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_TELEPHONE = re.compile(r"(?<![0-9])\+?[0-9](?:[ ()./-]{0,2}[0-9]){8,14}(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_SPACED_MOBILE = re.compile(
    r"(?<![0-9])(?:(?<![0-9][-.,/])|(?<=86-))1[3-9][0-9](?: [0-9]{4} |-[0-9]{4}-)[0-9]{4}(?![-.,/]?[0-9])"
)
"""The same number as people write it, and no part of a longer reference."""
_EVIDENCE = re.compile(r"\b(?:F-[0-9a-f]{8,}|EV-[0-9]+)\b", re.ASCII)
"""Chinese and Japanese signs are no letters here: they stand beside an id without a space."""
_NOT_FOREIGN = frozenset({HOME, "HK", "MO", "TW"})
"""The articles speak of foreign bodies; what goes to other parts of China is outbound, and no such body."""


def carried(texts: Iterable[str], contacts: Collection[str], *, names_people: bool = False) -> tuple[str, ...]:
    """Which kinds of personal information or evidence stand in these texts; `contacts` may stand in any letter.

    Those who sign and answer are named in every letter, so their contacts are left out, and counts are no matter.
    """
    found = dict.fromkeys(kind for text in texts for kind in _kinds(text, " ".join(contacts).lower()))
    return (*found, *([PEOPLE] if names_people else ()))


def is_foreign(country: str, place: str) -> bool:
    """Whether an office of this place is a foreign body for an organisation of a country: only China's law asks."""
    return country == HOME and place.partition("-")[0].upper() not in _NOT_FOREIGN


def letter_doubt(book: RuleBook, kinds: Collection[str], lang: ScreenLang = "en") -> str:
    """The sentence about a letter; empty where it carries nothing of that kind."""
    if not kinds:
        return ""
    body = book.incident.foreign_body
    return body.letter.of(lang).format(
        what=("、" if lang == "zh" else ", ").join(body.carries[kind].of(lang) for kind in kinds)
    )


def evidence_doubt(book: RuleBook, lang: ScreenLang = "en") -> str:
    """The sentence about evidence."""
    return f"{book.incident.foreign_body.evidence.of(lang)} ({cited(book, lang)})"


def cited(book: RuleBook, lang: ScreenLang) -> str:
    """The articles that forbid it."""
    sources = [book.sources[name] for name in book.incident.foreign_body.sources]
    between = "、" if lang == "zh" else "; "
    return between.join(
        f"{source.law.of(lang)}{'' if lang == 'zh' else ', '}{source.article.of(lang)}" for source in sources
    )


def _kinds(text: str, contacts: str) -> Iterator[str]:
    if any(found.lower() not in contacts for found in _MAIL.findall(text)):
        yield MAIL
    if any(_digits(telephone) not in _digits(contacts) for telephone in _telephones(text)):
        yield TELEPHONE
    if _EVIDENCE.search(text):
        yield EVIDENCE


def _telephones(text: str) -> Iterator[str]:
    """Numbers with a country's code, and mobile numbers of China; any other row of digits is a count or a reference."""
    yield from (found for found in _TELEPHONE.findall(text) if found.startswith("+"))
    yield from _MOBILE.findall(text)
    yield from _SPACED_MOBILE.findall(text)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
