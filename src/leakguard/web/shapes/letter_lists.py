"""Letters of an incident, and of all incidents by state."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment
from leakguard.web.shapes.notices import Authority


class LetterRecipient(TypedDict):
    """Whom the letter is for."""

    type: str
    name: str
    name_zh: str


class LetterStage(TypedDict):
    """A stage of a duty, in words."""

    stage: str
    en: str
    zh: str


class NamedLetter(TypedDict):
    """Which letter it is."""

    letter: str
    law: str | None
    law_zh: str | None
    why: str | None
    soft: bool
    stage: LetterStage | None


class NamedFact(TypedDict):
    """A fact by its name, in words."""

    fact: str
    label: str
    label_zh: str


class ApprovedIn(TypedDict):
    """The last approved version in one language."""

    lang: str | None
    digest: str
    by: list[str]
    needed: int
    mine: bool
    changed: bool


class LetterFiling(TypedDict):
    """What was filed."""

    event: str
    at: Moment
    reference: str
    stage: str
    by: str | None


class LetterSent(TypedDict):
    """What became of the sending."""

    begun: bool
    counts: dict[str, int]
    bounced: int
    unbegun: int
    without_letter: int


class LetterRow(NamedLetter):
    """One letter of an incident, and how far it is."""

    recipient: LetterRecipient
    applies: str | None
    state: str
    work_by: Moment | None
    clock: str | None
    from_memory: bool
    missing: list[NamedFact]
    unclear: list[NamedFact]
    languages: list[str]
    usual_language: str
    authority: Authority | None
    approved: list[ApprovedIn]
    mine: bool
    merge: bool
    filed: LetterFiling | None
    sent: LetterSent


class LetterList(TypedDict):
    """The letters of an incident, the soonest limit first."""

    incident: str
    has_facts: bool
    letters: list[LetterRow]


class BoardLetter(NamedLetter):
    """One letter of one incident."""

    recipient: LetterRecipient | None
    incident: str
    incident_title: str
    state: str
    work_by: Moment | None
    from_memory: bool
    approved: list[ApprovedIn]
    mine: bool
    filed: LetterFiling | None
    sent: LetterSent


class LetterGroup(TypedDict):
    """The letters in one state."""

    state: str
    count: int
    letters: list[BoardLetter]


class LetterBoard(TypedDict):
    """The letters of all incidents by state."""

    groups: list[LetterGroup]
    mine: int
