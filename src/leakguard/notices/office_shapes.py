"""One office that takes notices, as a file states it: its names, what it is competent for, how it wants to be told."""

from __future__ import annotations

from datetime import date
from typing import Literal

from leakguard.files.light_shapes import Field, LightShape
from leakguard.notices.duty_sources import Source

Part = Literal["names", "competence", "form", "languages", "early", "hours", "contact"]
PARTS: tuple[Part, ...] = ("names", "competence", "form", "languages", "early", "hours", "contact")
"""What is told of an office; each part has its own source."""
_TRADITIONAL = frozenset({"HK", "MO", "TW"})
"""Places whose offices have their Chinese name in traditional signs."""
Medium = Literal["web_form", "portal", "e_mail", "paper", "telephone", "none", "not_known"]


class BreachForm(LightShape):
    """How a breach is told to the office."""

    kind: Medium = "not_known"
    name: str = ""
    """In the words of the office."""
    url: str = ""
    email: str = ""
    note: str = ""


class Early(LightShape):
    """Whether a notice may come early and be completed later."""

    answer: Literal["yes", "no", "not_known"] = "not_known"
    note: str = ""


class OfficeContact(LightShape):
    """How the office is reached; its general mailbox is not always that for breaches."""

    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    web: str = ""


class Competence(LightShape):
    """For whom the office is competent: by which law (`kind`), where the organisation sits, what sort of body it is."""

    kind: str
    seat: str
    bodies: tuple[str, ...] = ()
    """Words of `bodies` in the vocabulary; none means every body for which no other office is named."""
    note: str = ""


class FormerName(LightShape):
    """What the office was called until a day."""

    until: date
    names: dict[str, str] = Field(min_length=1)
    name_en: str
    name_zh: str
    source: Source


class Authority(LightShape):
    """One office."""

    id: str = Field(pattern=r"^[a-z]{2}(-[a-z0-9]+)+$")
    place: str
    names: dict[str, str] = Field(min_length=1)
    """In its own languages, by language code."""
    name_en: str
    name_zh: str
    short: str = ""
    """What everybody calls it: CNIL."""
    competence: tuple[Competence, ...] = ()
    form: BreachForm = BreachForm()
    languages: tuple[str, ...] = ()
    """Which it accepts; none means that it is not known."""
    early: Early = Early()
    hours: str = ""
    """When somebody answers; empty means that it is not known."""
    contact: OfficeContact = OfficeContact()
    notes: str = ""
    source: Source
    """Of every part that has none of its own."""
    sources: dict[Part, Source] = Field(default_factory=dict)
    former: tuple[FormerName, ...] = ()

    @property
    def name_local(self) -> str:
        """Its name in its own languages."""
        return " / ".join(dict.fromkeys(self.names.values()))

    def name_in(self, lang: str) -> str:
        """Its name for readers of a language, in English where there is no better one."""
        if lang == "zh":
            return self.name_zh
        if lang == "zh-hant" and self.place.partition("-")[0] in _TRADITIONAL:
            return self.names.get("zh", self.name_en)
        return self.names.get(lang, self.name_en) if lang != "en" else self.name_en

    def source_of(self, part: Part) -> Source:
        """The source of a part."""
        return self.sources.get(part, self.source)

    def states(self, part: Part) -> bool:
        """Whether the part says anything."""
        blank = {"form": BreachForm(), "early": Early(), "contact": OfficeContact(), "languages": (), "hours": ""}
        value = getattr(self, part)
        return bool(value) and value != blank.get(part)

    @property
    def from_memory(self) -> tuple[Part, ...]:
        """Parts that are stated and rest on memory."""
        return tuple(part for part in PARTS if self.states(part) and self.source_of(part).kind == "own-knowledge")

    def on(self, day: date) -> Authority:
        """The office as it was called on a day."""
        older = [
            former_name for former_name in sorted(self.former, key=lambda name: name.until) if day <= former_name.until
        ]
        if not older:
            return self
        then = older[0]
        changed = {"names": then.names, "name_en": then.name_en, "name_zh": then.name_zh}
        return self.model_copy(update={**changed, "sources": {**self.sources, "names": then.source}})


class CompetenceKind(LightShape):
    """A law that leaves it to a rule which office is competent."""

    en: str
    zh: str
    within: str
    """The country or region whose offices it is about."""
    elsewhere: Literal["each_where_people_live", "not_known"] = "not_known"
    """Who is told by an organisation without a seat there."""
    rule: str
    rule_zh: str
    source: Source
