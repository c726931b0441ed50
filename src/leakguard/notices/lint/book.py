"""The rules of the lint and their words: one file of rules, one of words a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field, field_validator

from leakguard.errors import BadFile
from leakguard.files.shapes import Shape, load
from leakguard.frozen import Frozen
from leakguard.models.languages import LANGS, STYLES, Lang

Readers = Literal["people", "public", "professional"]
READERS: tuple[Readers, ...] = ("people", "public", "professional")
RULES = "rules.yaml"


class LintRule(Shape):
    """What one rule says about a letter, what to do, and where it comes from."""

    says: str
    instead: str
    source: str
    readers: tuple[Readers, ...] = Field(alias="for")


class RuleFile(Shape):
    """`templates/lint/rules.yaml`."""

    version: str
    rules: dict[str, LintRule]


class Limit(Shape):
    """How long something may be, in words or, where a script has none, in signs."""

    most: int
    unit: Literal["words", "signs"]


class FlaggedWords(Shape):
    """Words to avoid, and what to write in their place."""

    words: tuple[str, ...]
    instead: str


class Advice(Shape):
    """What a rule says, and what to do, in the language of the letter."""

    says: str
    instead: str


NOTES: Mapping[str, str] = {
    "word": "{word}: {text}",
    "no_date": "no date: {text}",
    "size": "{count} {unit}, at most {most}",
    "grade": "grade {grade}; the longest sentence: {text}",
    "full_width": "`{full}` instead of `{half}`",
    "twice": "{first} tells it too: {text}",
    "personal_value": "{text}",
}
"""What the lint writes beside words of the letter; a language may have its own. `{...}` are filled in."""


class LintWords(Shape):
    """The words of one language; `templates/lint/<language>.yaml`."""

    advice: dict[str, Advice] = Field(default_factory=dict)
    """By rule, for those who write letters in this language; without it the rule speaks English."""
    notes: dict[str, str] = Field(default_factory=dict)
    """In the place of those of `NOTES`."""
    sentence: Limit
    clause: Limit | None = None
    """Between two commas."""
    paragraph: Limit
    grade: float | None = None
    """The highest reading grade, where a formula for the language is settled."""
    dates: tuple[str, ...]
    """Regular expressions."""
    unknown: tuple[str, ...]
    """Says that something is not known yet, which is as good as a date when it is true."""
    involved: tuple[str, ...]
    """Headings and labels of the part about what was involved."""
    hedges: tuple[str, ...]
    concerned: tuple[str, ...]
    about_reader: tuple[str, ...]
    no_evidence: tuple[str, ...]
    misuse: tuple[str, ...]
    checked: tuple[str, ...]
    steps: tuple[str, ...]
    """Headings of the part that tells the reader what to do."""
    reasons: tuple[str, ...]
    deadlines: tuple[str, ...]
    happened: tuple[str, ...]
    found: tuple[str, ...]
    closed: tuple[str, ...]
    vague_times: tuple[str, ...]
    other_topics: tuple[FlaggedWords, ...]
    blame: tuple[FlaggedWords, ...]
    jargon: tuple[FlaggedWords, ...]
    you: tuple[str, ...] = ()
    """Words of address that do not go together."""
    addresses: tuple[str, ...] = ()
    """Words that speak to a person affected."""
    addresses_office: tuple[str, ...] = ()
    """Phrases with such a word that are right in a letter to an authority or a company."""
    reason_forms: tuple[str, ...] = ()
    """Regular expressions for what `reasons` cannot name, such as a sign that is part of other words."""
    deadline_forms: tuple[str, ...] = ()
    """The same for `deadlines`."""
    empty_forms: tuple[str, ...] = ()
    """Regular expressions for "none" or "not applicable" where a sentence needs a noun."""
    law_forms: tuple[str, ...] = ()
    """The same for sentences that say no more than that the law demands the letter."""
    answer_forms: tuple[str, ...] = ()
    """The same for a question and its bare answer."""
    invitations: tuple[str, ...] = ()
    """Words that invite the reader to ask; they need a way to do it."""
    verbs: tuple[str, ...] = ()
    """Words that only a sentence with a verb has; without them fragments are not looked for."""
    verb_forms: tuple[str, ...] = ()
    """Regular expressions beside `verbs`."""
    date_forms: tuple[str, ...] = ()
    """Regular expressions for the ways in which a day is written in words; a letter keeps to one of them."""
    stiff: tuple[FlaggedWords, ...] = ()
    """Turns that nobody uses when speaking."""

    @field_validator(
        "dates",
        "reason_forms",
        "deadline_forms",
        "empty_forms",
        "law_forms",
        "answer_forms",
        "verb_forms",
        "date_forms",
    )
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for expression in value:
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"is no regular expression: {error}") from error
        return value


class Finder(Frozen, dict=True):
    """Finds the words of one language: as whole words in Latin letters, anywhere where words have no spaces."""

    lang: Lang
    words: LintWords

    def first(self, names: tuple[str, ...], text: str) -> str:
        """The words of `names` that stand first in `text`, as they are written there; empty when none does."""
        found = self._pattern(names).search(text) if names else None
        return found.group() if found else ""

    def all(self, names: tuple[str, ...], text: str) -> tuple[str, ...]:
        """Every place where words of `names` stand in `text`."""
        return tuple(found.group() for found in self._pattern(names).finditer(text)) if names else ()

    def without(self, names: tuple[str, ...], text: str) -> str:
        """`text` without the words of `names`."""
        return self._pattern(names).sub(" ", text) if names else text

    def form(self, forms: tuple[str, ...], text: str) -> str:
        """What in `text` one of these regular expressions fits; empty when none does."""
        if forms not in self._kept:
            self._kept[forms] = re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)
        found = self._kept[forms].search(text) if forms else None
        return found.group() if found else ""

    def note(self, name: str, **values: object) -> str:
        """What the lint writes beside the letter's own words, in the letter's language where it has words for it."""
        return (self.words.notes.get(name) or NOTES[name]).format_map(values)

    def has_date(self, text: str) -> bool:
        """Whether a day or a month with its year stands in `text`."""
        return self._dates.search(text) is not None

    def undated(self, text: str) -> str:
        """`text` without its dates: the month of May is no hedge, and the 31st (日) before (前) is a date."""
        return self._dates.sub(" ", text)

    @cached_property
    def _dates(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{date})" for date in self.words.dates), re.IGNORECASE)

    @cached_property
    def _kept(self) -> dict[tuple[str, ...], re.Pattern[str]]:
        return {}

    def _pattern(self, names: tuple[str, ...]) -> re.Pattern[str]:
        if names not in self._kept:
            longest_first = sorted(names, key=len, reverse=True)
            either = "|".join(re.escape(name).replace("\\ ", r"\s+").replace("'", "['’]") for name in longest_first)
            whole = either if STYLES[self.lang].cjk else rf"(?<!\w)(?:{either})(?!\w)"
            self._kept[names] = re.compile(whole, re.IGNORECASE)
        return self._kept[names]


class LintBook(Frozen):
    """All rules, and the words of every language."""

    version: str
    rules: Mapping[str, LintRule]
    finders: Mapping[Lang, Finder]

    def advice(self, name: str, lang: Lang) -> Advice:
        """What a rule says to those who write letters in `lang`."""
        rule = self.rules[name]
        return self.finders[lang].words.advice.get(name) or Advice(says=rule.says, instead=rule.instead)


def parse_lint_book(texts: Mapping[str, str]) -> LintBook:
    """Read the files by name; raises `BadFile` with all problems of the first file that has one, or that is missing."""
    wanted = {RULES, *(f"{lang}.yaml" for lang in LANGS)}
    if set(texts) != wanted:
        wrong = ", ".join(sorted(set(texts) ^ wanted))
        raise BadFile.whole("templates/lint", f"too many or too few files: {wrong}")
    rules = load(texts[RULES], RuleFile, name=f"templates/lint/{RULES}")
    finders = {
        lang: Finder(lang=lang, words=load(texts[f"{lang}.yaml"], LintWords, name=f"templates/lint/{lang}.yaml"))
        for lang in LANGS
    }
    return LintBook(version=rules.version, rules=rules.rules, finders=finders)
