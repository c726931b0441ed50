"""What keeps a letter in one language: texts and kinds of data that would stand in it in another one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.models.languages import STYLES
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Fact
from leakguard.notices.language_detection import is_foreign
from leakguard.notices.vocabulary import Lang, Vocabulary

_SMALL_LATIN = re.compile(r"(?<![^\W_])[a-z]{2,}(?![^\W_])")
_HAN = re.compile("[\u4e00-\u9fff]")
_FEWEST_WORDS = 2
"""Words in small letters that are a text and no name: `open port`, and not `Elasticsearch` or `nginx`."""


def plain_texts(fact: Fact) -> Iterator[str]:
    """The texts of a fact that were written once, without their language."""
    parts = fact.value if isinstance(fact.value, tuple) else ()
    for part in (*parts, fact.reason):
        if isinstance(part, LocalisedText) and part.is_plain:
            yield from dict.fromkeys(part.texts.values())


def foreign_problems(fact: Fact, lang: Lang, vocabulary: Vocabulary) -> Iterator[str]:
    """Why a fact cannot stand in a letter whose language keeps out every other; names stand in it as they are."""
    known = vocabulary.facts.get(fact.name)
    if not STYLES[lang].refuses_foreign or known is None:
        return
    if not known.is_name and any(_is_foreign(text, lang) for text in plain_texts(fact)):
        yield f"{fact.name}: is written in another language than the letter; add it under `{lang}`"
    if known.kind == "categories" and isinstance(fact.value, tuple):
        for kind in map(str, fact.value):
            if kind not in vocabulary.categories:
                yield f"{fact.name}: `{kind}` has no words in this language; name a kind that the vocabulary has"


def _is_foreign(text: str, lang: Lang) -> bool:
    """Also a short text in Latin letters, which a detector of languages gives the benefit of the doubt."""
    is_short_latin = not _HAN.search(text) and len(_SMALL_LATIN.findall(text)) >= _FEWEST_WORDS
    return is_foreign(text, lang) or is_short_latin
