"""The form of an office, filled in."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Day
from leakguard.web.shapes.notices import Authority


class PackForm(TypedDict):
    """The office's form."""

    id: str
    name: dict[str, str]
    seen: bool
    note: str
    source_url: str
    source_kind: str
    checked_on: Day


class PackField(TypedDict):
    """One field, with our answer ready to paste."""

    number: int
    label: str
    local_label: str
    label_zh: str
    state: str
    answer: str
    facts: list[str]
    problem: str
    hint: str
    most: int | None
    choices: list[str]
    required: bool
    from_memory: bool
    unstated: list[str]
    of_law: bool


class MissingField(TypedDict):
    """A field that keeps the form from being filed."""

    number: int
    label: str
    facts: list[str]


class Pack(TypedDict):
    """The form of the office, each field with our answer."""

    duty: str
    lang: str
    drill: bool
    complete: bool
    missing: list[MissingField]
    authority: Authority | None
    form: PackForm | None
    basis: str
    fields: list[PackField]
