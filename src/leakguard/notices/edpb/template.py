"""The template's fields as data, as `duties/edpb/template.yaml` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load
from leakguard.notices.edpb.conditions import Condition

ROWS = 126
"""Rows of the template in version 1.0, those that only give structure among them."""
Kind = Literal[
    "text", "texts", "choice", "choices", "count", "counts", "countries", "moment", "date", "flag"
]  # fmt: skip
Need = Literal["mandatory", "conditional", "optional"]
How = Literal[
    "text", "texts", "contact", "contact_name", "stated", "standing", "choice", "count", "precision", "period",
    "is_estimated", "first_moment", "last_moment", "categories", "category_words", "countries", "counts", "nature",
    "intelligible", "awareness", "told_on", "reference", "registered", "registration", "sector",
]  # fmt: skip


class Source(Shape):
    """Where the template was read, and how sure we are."""

    title: str
    kind: str
    verified_on: date
    confidence: str


class Derivation(Shape):
    """How a fact answers a field."""

    how: How
    fact: str = ""
    codes: Mapping[str, str] = Field(default_factory=dict)
    """From the fact's value, or its state, to the template's code."""


class TemplateField(Shape):
    """One field that is filled in."""

    number: int
    title: str
    section: str
    need: Need
    kind: Kind
    codes: Mapping[str, str] = Field(default_factory=dict)
    only_incomplete: tuple[str, ...] = ()
    first: bool = False
    """An incomplete notice may not leave it open."""
    may_wait: bool = False
    """An incomplete notice may stand without an answer: the template has none that leaves it open."""
    left_open: str = ""
    """The code that leaves the question open, where complete notices may give it as well."""
    shown_if: Condition | None = None
    derived: Derivation | None = Field(default=None, alias="from")
    gdpr: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """The name in a payload."""
        return f"field_{self.number}"

    @property
    def is_enforced(self) -> bool:
        """Whether leaving it out where it is asked is a fault; a mere "if applicable" is a person's call."""
        return self.need == "mandatory" or (self.need == "conditional" and self.shown_if is not None)

    def is_demanded(self, *, is_incomplete: bool) -> bool:
        """Whether a notice has to answer it where it is asked."""
        return self.is_enforced and not (self.may_wait and is_incomplete)

    @property
    def open_code(self) -> str:
        """The code with which an incomplete notice leaves the question open; empty where there is none."""
        return self.left_open or next(iter(self.only_incomplete), "")


class Template(Shape):
    """All fields, in the order of their numbers."""

    source: Source
    verify: tuple[str, ...] = ()
    structural: tuple[int, ...]
    fields: tuple[TemplateField, ...]

    @property
    def by_key(self) -> dict[str, TemplateField]:
        """The fields by `field_<number>`."""
        return {field.key: field for field in self.fields}


def parse_template(text: str, *, name: str) -> Template:
    """Read the template; raises `BadFile` with all problems."""
    template = load(text, Template, name=name)
    problems = tuple(_problems(template))
    if problems:
        raise BadFile(name, problems)
    return template


def _problems(template: Template) -> Iterator[Problem]:
    numbers = [field.number for field in template.fields]
    if sorted((*numbers, *template.structural)) != list(range(1, ROWS + 1)):
        yield Problem(where="fields", text=f"fields and structural rows must number 1 to {ROWS}, each once")
    for index, field in enumerate(template.fields):
        where = f"fields[{index}]"
        if (field.kind in {"choice", "choices"}) != bool(field.codes):
            yield Problem(where=f"{where}.codes", text="a choice has codes, and nothing else has")
        codes = (
            *field.only_incomplete,
            *([field.left_open] if field.left_open else []),
            *(field.derived.codes.values() if field.derived else ()),
        )
        if not set(codes) <= set(field.codes):
            yield Problem(where=where, text="names a code that the field does not have")
        asked = tuple(field.shown_if.fields()) if field.shown_if else ()
        if not set(asked) <= set(numbers[:index]):
            yield Problem(where=f"{where}.shown_if", text="may ask about earlier fields only")
