"""The shared words: content items, decisions, conditions, kinds of data, places.

English and Chinese stand in the vocabulary; what letters to people need in a further language stands in its own file.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from leakguard.files.light_shapes import BeforeValidator, Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.notices.expressions import Expression
from leakguard.notices.sectors import RoleQuestion, Sector, refuse_unknown_words
from leakguard.notices.words import Unit, Words

__all__ = ["BOTH", "LANGS", "Lang", "Vocabulary", "Words"]

Kind = Literal[
    "text",
    "count",
    "moment",
    "categories",
    "contact",
    "flag",
    "choice",
    "money",
    "encryption",
    "residents",
    "places",
    "steps",
]
PlainAnswer = Literal["affirmed", "denied"]
_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?", re.ASCII)
_FINER = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", re.ASCII)


def _split(value: object) -> object:
    """A list of codes may stand in one line of text."""
    return tuple(value.split()) if isinstance(value, str) else value


Codes = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Addressee(Words):
    """A role that duties address."""

    defined_in: Codes = ()
    """Where the law that defines the role is law; empty for a word that is no term of one law."""
    defined_by: str = ""
    """The law that defines it."""


class FactKind(Words):
    """What a fact is called and what its value may look like."""

    kind: Kind
    unit: str | None = None
    """What a count counts: one of the vocabulary's units."""
    options: tuple[str, ...] = ()
    is_name: bool = False
    """Names and codes, which stand in every letter as they are."""


class Remedy(LightShape):
    """Help that people are offered: to everybody, or to everybody in the places in which it exists."""

    within: Codes = ()


class Requirement(LightShape):
    """What a duty means by the word behind a content item."""

    means: str
    unknown_allowed: bool = False
    """A stated reason why it is not known yet is enough."""
    optional: bool = False
    tells_unknown: bool = False
    """Of what is optional: a stated reason why it is not known yet stands in the letter."""
    when: Literal["late", "later_stage"] | Expression | None = None


class Signs(LightShape):
    """By what a text tells an item that some notices must not tell."""

    words: tuple[str, ...] = ()
    """Whole words, in any case."""
    strangers: bool = False
    """An e-mail address of somebody else tells it."""


class Vocabulary(LightShape):
    """All the words; see `duties/vocabulary.yaml`."""

    version: str
    items: dict[str, FactKind]
    practice: dict[str, FactKind] = Field(default_factory=dict)
    """Content items of letters that no law demands; these letters are written in English and Chinese alone."""
    decisions: dict[str, FactKind]
    remedies: dict[str, Remedy] = Field(default_factory=dict)
    """Content items that are help for people, which all people of an incident are offered alike."""
    units: dict[str, Unit]
    conditions: dict[str, Requirement]
    categories: dict[str, Words]
    obligated: dict[str, Addressee]
    sectors: dict[str, Sector] = Field(default_factory=dict)
    role_questions: tuple[RoleQuestion, ...] = ()
    bodies: dict[str, Words] = Field(default_factory=dict)
    """Sorts of organisations that have an office of their own."""
    marks: dict[str, Words]
    """How sure a rule is, in words."""
    phrases: dict[str, Words]
    """The fixed words of letters."""
    answers: dict[PlainAnswer, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    """Texts that are a plain yes or no and nothing else, by language."""
    breaches: dict[str, Words] = Field(default_factory=dict)
    """What may have happened to data, for letters in English and Chinese."""
    stages: dict[str, Words] = Field(default_factory=dict)
    """Names of further stages than the first, supplementary and final report, in letters to authorities.

    `DUTY.STAGE` is what the law of one duty calls a stage.
    """
    verify: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """What duties leave to be verified, in further languages by its English words."""
    to_offices: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """What a letter to an office calls an item, where the words for people do not fit."""
    to_person: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """Kinds of data as a letter to one person names them, where `categories` says it of many or in a technical term."""
    recipients: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """Recipients in further languages, by what duties call them in English, or by their kind."""
    laws: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """Laws with their article in further languages, by their English names."""
    signs: dict[str, Signs] = Field(default_factory=dict)
    """What gives an item away in the words of a letter."""
    regions: dict[str, Codes]
    same_places: dict[str, str] = Field(default_factory=dict)
    """Codes of places that ISO 3166 names twice, each with the code that the rules use."""
    subdivisions: dict[str, Codes] = Field(default_factory=dict)
    """Every subdivision of a country that has duties of some of them."""
    countries: Codes
    places: dict[Lang, dict[str, str]] = Field(default_factory=dict)
    """Names of subdivisions in further languages, where they are not those in English."""
    place_names: dict[str, Words] = Field(default_factory=dict)
    """Names of subdivisions; those of countries are CLDR's."""

    @model_validator(mode="after")
    def _units_are_known(self) -> Vocabulary:
        wrong = {fact.unit for fact in self.facts.values() if fact.unit is not None} - self.units.keys()
        if self.remedies.keys() - self.items.keys():
            raise ValueError("`remedies` names what is no content item")
        if wrong:
            raise ValueError(f"facts count what `units` does not name: {', '.join(sorted(wrong))}")
        if any(words.keys() - self.categories.keys() for words in self.to_person.values()):
            raise ValueError("`to_person` names what is no kind of data")
        return self

    @model_validator(mode="after")
    def _questions_name_what_is_known(self) -> Vocabulary:
        refuse_unknown_words(self.role_questions, self.obligated, self.sectors)
        return self

    @cached_property
    def facts(self) -> dict[str, FactKind]:
        """Every fact that a facts file may state."""
        return {**self.content_items, **self.decisions}

    @cached_property
    def content_items(self) -> dict[str, FactKind]:
        """Every content item: what a letter may tell."""
        return {**self.items, **self.practice}

    def is_place(self, code: str) -> bool:
        """Whether `code` is an ISO country, or a subdivision of one."""
        found = _PLACE.fullmatch(code)
        if found is None or found[1] not in self._countries:
            return False
        return found[2] is None or found[2] in self.subdivisions.get(found[1], (found[2],))

    @cached_property
    def _countries(self) -> frozenset[str]:
        return frozenset(self.countries)

    @cached_property
    def _country_codes(self) -> dict[str, str]:
        """The code as a country of each place that the rules know as a part of another: `RE` for `FR-RE`."""
        return {place: code for code, place in self.same_places.items() if "-" not in code}

    def covers(self, place: str, code: str) -> bool:
        """Whether `code` lies in `place`, a region, a country or a subdivision."""
        inside, code = self.regions.get(place, (place,)), self.place(code)
        return any(code == self.place(place) or code.startswith(f"{place}-") for place in inside)

    def place(self, code: str) -> str:
        """The code that the rules use for this place."""
        return self.same_places.get(code, code)

    def place_words(self, code: str, lang: Lang) -> str:
        """The name of a place; the code where it has none."""
        own = self.places.get(lang, {}).get(code)
        if own is not None:
            return own
        words = self.place_names.get(code)
        if words is not None:
            return words.of(lang)
        from leakguard.notices.country_names import country_name  # noqa: PLC0415  (few commands name places)

        place = self.place(code)
        return country_name(self._country_codes.get(place, place), lang)

    def is_category(self, name: str) -> bool:
        """Whether `name` is a known kind of data, or a finer one of a known kind."""
        return bool(_FINER.fullmatch(name)) and name.split(".", maxsplit=1)[0] in self.categories

    def category_words(self, name: str, lang: Lang, *, to_person: bool = False) -> str:
        """A kind of data in words; an unlisted finer one is named behind its known kind.

        `to_person` is for a letter to the person whose data they are: `name`, where others read `names`.
        """
        own = self.to_person.get(lang, {}).get(name) if to_person else None
        if own is not None:
            return own
        if name in self.categories:
            return self.categories[name].of(lang)
        head, _, finer = name.partition(".")
        known = self.categories[head].of(lang)
        return self.phrases["finer"].of(lang).format(known=known, finer=finer.replace("_", " "))

    def stage_words(self, stage: str, lang: Lang, duty: str = "") -> str:
        """A stage in words; its own name where there are none. The law of a duty may call it otherwise."""
        words = self.stages.get(f"{duty}.{stage}") or self.stages.get(stage) or self.phrases.get(f"stage_{stage}")
        return words.of(lang) if words is not None else stage.replace("_", " ")

    def label(self, name: str, lang: Lang, *, to_office: bool) -> str:
        """What a letter calls a fact; people read other words for it than an office where a language has both."""
        own = self.to_offices.get(lang, {}).get(name) if to_office else None
        return own or self.facts[name].of(lang)

    def recipient_words(self, name: str, kind: str, lang: Lang) -> str:
        """A recipient in a further language, by its own English name or by its kind; else its English name."""
        words = self.recipients.get(lang, {})
        return words.get(name) or words.get(kind) or name

    def nearest_fact(self, name: str) -> str | None:
        """The known fact that `name` probably meant."""
        return nearest_name(name, list(self.facts))
