"""Texts that speak to their reader: right in a letter to that reader, and wrong in every other.

A text for all readers must speak to none of them, for an authority would read of `your illness`. A text that is
written for one audience may. Only words that are sure are looked for: Spanish `su` may be `his`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from leakguard.frozen import Frozen
from leakguard.notices.audiences import PEOPLE, Audience, audience_of
from leakguard.notices.fact_values import Contact, LocalisedText
from leakguard.notices.facts import Fact, Facts
from leakguard.notices.language_detection import is_foreign
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import LANGS, Lang

_WORDS: Mapping[Lang, str] = {
    "en": r"\b(?:you|your|yours|yourself|yourselves)\b",
    "zh": r"您|你",
    # `Sie` at the beginning of a sentence may be `they`, and `Ihre` may be `their`.
    "de": r"(?<![.!?:„“\"»] )(?<!^)\b(?-i:Sie|Ihnen|Ihre?[nmrs]?)\b",
    "fr": r"\b(?:vous|votre|vos|vôtres?)\b",
    "es": r"\b(?:usted|ustedes)\b",
    "pt": r"\b(?:você|vocês)\b",
    "it": r"\b(?:voi|vostr[oaie])\b",
    "nl": r"\b(?:u|uw|uzelf|jij|jouw|jullie)\b",
    # `Państwo` at the beginning of a sentence may be the state, and `Pani` stands before names.
    "pl": r"(?<![.!?:„”] )(?<!^)\b(?-i:Państw(?:o|a|u|em))\b",
    "ja": r"あなた|貴方",
    "ko": r"귀하|당신",
    "zh-hant": r"您|你",
}
"""What speaks to a reader, by language."""
_FOUND = {lang: re.compile(words, re.IGNORECASE) for lang, words in _WORDS.items()}
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]|「[^」]*」")
"""What somebody else said may speak to anybody."""
_OF_ONE_READER = frozenset({"support_needed", "processor_requests", "publication_request", "safe_harbour", "hotline"})
"""Facts that one kind of reader alone gets, so that their text may speak to that reader."""


class AddressedFact(Frozen):
    """A fact whose text for all readers speaks to one of them."""

    fact: str
    words: str
    """The first words that do, as they are written."""
    text: str
    """The whole text, as the letter has it but for its first letter and its stop."""
    audience: Audience
    """Who would read it."""

    @property
    def problem(self) -> str:
        """What is wrong, and what to do."""
        return (
            f"{self.fact}: speaks to the people affected (`{self.words}`) in a letter to another reader; {self.advice}"
        )

    @property
    def advice(self) -> str:
        """What to write instead."""
        return f"write a text for that reader, for: {{{self.audience}: ...}}"


def address_in(text: str, lang: Lang) -> str:
    """The first word of a text that speaks to its reader; empty where none does."""
    found = _FOUND[lang].search(_QUOTED.sub(" ", text))
    return found.group() if found else ""


def addressed_in(
    notice: NoticeContent, facts: Facts, names: Iterable[str], langs: tuple[Lang, ...] = LANGS
) -> Iterator[AddressedFact]:
    """Of these facts, those that speak to another reader than that of the letter, in one of the languages."""
    audience = audience_of(notice.recipient)
    if audience in PEOPLE:
        return
    for name in names:
        fact = facts.get(name)
        if fact is None or fact.written_for == audience or name in _OF_ONE_READER:
            continue
        for words, text in _addresses(fact, langs):
            yield AddressedFact(fact=name, words=words, text=text, audience=audience)
            break


def _addresses(fact: Fact, langs: tuple[Lang, ...]) -> Iterator[tuple[str, str]]:
    for localised in _texts(fact):
        for lang in langs:
            text = localised.of(lang) or ""
            words = "" if localised.is_plain and is_foreign(text, lang) else address_in(text, lang)
            if words:
                yield words, text


def _texts(fact: Fact) -> Iterator[LocalisedText]:
    value = fact.value
    parts = value if isinstance(value, tuple) else (value.text,) if isinstance(value, Contact) else ()
    yield from (part for part in (*parts, fact.reason) if isinstance(part, LocalisedText))
