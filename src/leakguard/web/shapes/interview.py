"""Questions, answers, and how duties stand, in both languages."""

from __future__ import annotations

from typing import Any, TypedDict

from leakguard.web.shapes.base import Day, Moment
from leakguard.web.shapes.notices import Absence, KeptFacts, Settled


class Said(TypedDict):
    """A text of our data in both languages."""

    en: str
    zh: str


class Code(Said):
    """What may be chosen."""

    code: str


class NamedFact(Said):
    """A fact by its name."""

    fact: str


class NamedOne(Said):
    """An office by its name."""

    id: str


class FactKind(TypedDict):
    """How a fact is asked."""

    fact: str
    kind: str
    label: Said
    is_list: bool
    ask: Said | None
    answered_by: Said | None
    unit: Said | None
    options: list[Code]


class Section(Said):
    """Facts that stand together."""

    id: str
    facts: list[FactKind]


class Catalogue(TypedDict):
    """Every fact that a facts file may state."""

    sections: list[Section]
    organisation: list[FactKind]
    categories: list[Code]
    roles: list[Code]
    sectors: list[Code]
    bodies: list[Code]
    places: list[Code]


class DutyRow(TypedDict):
    """One duty in a line."""

    duty: str
    applies: str
    law: Said
    jurisdiction: str
    to: str
    recipient: Said
    office: NamedOne | None
    stage: str | None
    state: str | None
    work_by: Moment | None
    is_done: bool
    length: Said | None
    soft: bool
    from_memory: bool
    missing_facts: list[NamedFact]
    overridden: bool
    organisations: list[str]


class Span(TypedDict):
    """A count, perhaps a rough one."""

    low: int
    high: int


class OpenPlace(TypedDict):
    """A place whose rule is not known."""

    place: str
    role: str
    state: str
    text: str
    text_zh: str | None
    source_url: str | None
    on: Day | None
    duties: list[str]
    absent: list[Absence]
    settled: Settled | None
    name: Said
    role_words: Said
    people: Span | None
    is_open: bool


class Duties(TypedDict):
    """How the duties stand, the soonest limit first."""

    law_of: dict[str, str]
    applies: list[DutyRow]
    needs_fact: list[DutyRow]
    places: list[OpenPlace]
    no_rule_known: int
    does_not_apply: int
    contradictions: list[str]
    undecided: list[str]


class StatedFact(TypedDict):
    """What was stated, and is not enough."""

    state: str
    reason: str | None


AskedFact = TypedDict(
    "AskedFact",
    {
        "fact": str, "kind": str, "label": Said, "is_list": bool, "ask": Said | None, "answered_by": Said | None,
        "unit": Said | None,
        "options": list[Code], "for": str, "stated": StatedFact | None, "deadline": Moment | None, "from_memory": bool,
        "why": list[DutyRow], "duties": list[str], "unclear": list[str],
    },
)  # fmt: skip


class Interview(TypedDict):
    """What to ask, in this order."""

    incident: str
    sha256: str | None
    written_at: Moment | None
    by: str | None
    answered: int
    questions: list[AskedFact]
    put_off: list[AskedFact]
    duties: Duties | None


NOTHING: dict[str, Any] = {
    "sha256": None, "written_at": None, "by": None, "answered": 0, "questions": [], "put_off": [], "duties": None,
}  # fmt: skip
"""The interview of an incident whose facts nobody wrote."""


class AnsweredFacts(KeptFacts):
    """The facts after an answer."""

    lost_comments: int
    event: str | None
    """Of the event that was recorded with it; none where none was asked for."""


class FactChange(TypedDict):
    """One entry that is not as it was; null where there was none, or is none now."""

    path: str
    before: Any
    after: Any


class FactChanges(TypedDict):
    """What was written since."""

    incident: str
    sequence: int
    written_at: Moment
    by: str | None
    by_source: str | None
    sha256: str
    changed: list[FactChange]


class ProposedOrganisation(TypedDict):
    """What the organisation said of itself in the facts of the named incident; null where nobody said it."""

    incident: str | None
    organisation: dict[str, Any]
    obligated_as: list[str]
    not_obligated_as: list[str]
