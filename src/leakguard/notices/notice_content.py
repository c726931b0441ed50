"""What one letter must tell to whom, and must not: letters of laws and of good practice alike."""

from __future__ import annotations

from datetime import date
from typing import Literal

from leakguard.files.light_shapes import Field, LightShape, model_validator
from leakguard.notices.format_rules import FormatRule
from leakguard.notices.vocabulary import Lang

RecipientKind = Literal[
    "regulator",
    "individuals",
    "controller",
    "media",
    "cert",
    "public",
    "consumer_agencies",
    "investors",
    "other",
    "register",
    "processor",
    "finder",
    "staff",
]

OFFICES: frozenset[RecipientKind] = frozenset({"regulator", "cert"})
"""Recipients to whom a notice goes in stages."""


class Recipient(LightShape):
    """Whom the notice is for."""

    type: RecipientKind
    name: str
    name_zh: str = ""
    note: str = ""
    is_one: bool = False
    """That a name which reads like two is one, such as that of the Information and Privacy Commissioner's office."""
    guardians: bool = False
    """That it goes to the guardians of children, and has the words for them."""
    authority: str = ""
    """The id of the office, in `authorities/`."""
    by: str = ""
    """The law by which one of several offices is competent, a word of `authorities/kinds.yaml`."""

    @model_validator(mode="after")
    def _one_way_to_the_office(self) -> Recipient:
        if self.authority and self.by:
            raise ValueError("names an `authority` or `by` which law one is found, not both")
        return self


class ContentItem(LightShape):
    """Something that the notice must say, and under which condition."""

    item: str
    required: str
    text: str = ""
    or_: str = Field(default="", alias="or")
    """Another item that satisfies the law as well: where that one is stated, this one may be left out."""


class Language(LightShape):
    """Which languages the recipient reads; no codes means that none is prescribed."""

    codes: tuple[str, ...] = ()
    text: str = ""


class NoticeContent(LightShape):
    """One letter: its recipient, its content and its form."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    verified_on: date
    """The day on which somebody last held it against its source, or against what good practice asks for."""
    recipient: Recipient
    content: tuple[ContentItem, ...] = Field(min_length=1)
    must_not_contain: tuple[str, ...] = ()
    format_rules: tuple[FormatRule, ...] = ()
    language: Language = Field(default_factory=Language)

    @property
    def readers(self) -> str:
        """Where its readers live, as a jurisdiction; empty where only the sender's place tells."""
        return ""

    @property
    def reader_places(self) -> frozenset[str]:
        """The places that its rules ask about; empty where it is for everybody."""
        return frozenset()

    def recipient_words(self, lang: Lang) -> str:
        """The recipient, as a letter addresses it."""
        return self.recipient.name_zh or self.recipient.name if lang == "zh" else self.recipient.name

    def law_words(self, lang: Lang) -> str | None:  # noqa: ARG002  (a duty answers in the letter's language)
        """The law and its article, as a letter names them; `None` when no law demands the letter."""
        return None

    def guide_words(self, lang: Lang) -> str | None:  # noqa: ARG002  (several laws answer in the letter's language)
        """The recommended standard that the letter follows beside laws; `None` where there is none."""
        return None

    def names_law_in(self, lang: Lang) -> bool:  # noqa: ARG002  (as above)
        """Whether the law that demands the letter has a name in this language."""
        return True

    def clock_of(self, stage: str | None) -> str | None:  # noqa: ARG002  (a duty has stages)
        """The clock of a stage, by default of the first; `None` when none runs for the letter."""
        return None

    def opens_with(self, stage: str | None) -> bool:  # noqa: ARG002  (a duty has stages)
        """Whether `stage` is the first of a notice in stages."""
        return False

    def items_of(self, stage: str | None) -> tuple[ContentItem, ...]:  # noqa: ARG002  (a duty has stages)
        """What the notice of `stage` must say."""
        return self.content

    def every_item(self) -> tuple[ContentItem, ...]:
        """What the notice must say at one stage or another."""
        return self.content
