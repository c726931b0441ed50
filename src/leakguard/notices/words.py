"""One meaning in the languages that letters are written in: words, and nouns that are counted."""

from __future__ import annotations

from typing import Self

from leakguard.files.light_shapes import Field, LightShape
from leakguard.models.languages import LANGS, Lang, field_of
from leakguard.notices.language_file import Plural


class Words(LightShape):
    """One meaning in the languages that letters are written in; English and Chinese always."""

    en: str
    zh: str
    ja: str | None = None
    ko: str | None = None
    pt: str | None = None
    fr: str | None = None
    es: str | None = None
    de: str | None = None
    it: str | None = None
    nl: str | None = None
    pl: str | None = None
    zh_hant: str | None = Field(default=None, alias="zh-hant")

    def of(self, lang: Lang) -> str:
        """The words of one language; English where that language has none, which what ships never needs in a letter."""
        return getattr(self, field_of(lang)) or self.en

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages that it is written in."""
        return tuple(lang for lang in LANGS if getattr(self, field_of(lang)) is not None)

    def also(self, lang: Lang, text: str) -> Self:
        """The same with the words of one more language."""
        return self.model_copy(update={field_of(lang): text})


class Unit(LightShape):
    """A noun that is counted, in its forms."""

    en: Plural
    zh: Plural
    ja: Plural | None = None
    ko: Plural | None = None
    pt: Plural | None = None
    fr: Plural | None = None
    es: Plural | None = None
    de: Plural | None = None
    it: Plural | None = None
    nl: Plural | None = None
    pl: Plural | None = None
    zh_hant: Plural | None = Field(default=None, alias="zh-hant")

    def of(self, lang: Lang, form: str) -> str:
        """The form of one language that stands behind a number; English where that language has none."""
        plural: Plural = getattr(self, field_of(lang)) or self.en
        return plural.of(form)

    def forms(self, lang: Lang) -> tuple[str, ...]:
        """Every form of one language; none where it has no word."""
        plural: Plural | None = getattr(self, field_of(lang))
        return tuple(filter(None, (plural.one, plural.many, plural.other))) if plural else ()
