"""Duties of the book, duties of an incident with their reasons, and the EDPB's form."""

from __future__ import annotations

from typing import Any, TypedDict

from leakguard.web.shapes.base import Day, Moment, Next
from leakguard.web.shapes.interview import Code, DutyRow, Said
from leakguard.web.shapes.notices import Authority, Review, RuleSource


class ShortRecipient(TypedDict):
    """To whom the notice goes."""

    type: str
    name: str


class ListedDuty(TypedDict):
    """One duty of a list."""

    id: str
    jurisdiction: str
    law: str
    article: str
    status: str
    in_force_from: Day | None
    in_force_to: Day | None
    recipient: ShortRecipient
    soft: bool
    source_kind: str
    verified_on: Day
    confidence: str
    law_words: Said
    recipient_words: Said


class FoundDuty(ListedDuty):
    """One duty that was found."""

    length: Said | None
    from_memory: list[str]
    roles: list[Code]


class DutyList(TypedDict):
    """What was found."""

    duties: list[FoundDuty]
    all: int
    next: Next


class Stage(TypedDict):
    """One stage of a duty."""

    name: str
    words: Said
    length: Said | None
    soft: bool
    note: str


class Item(Code):
    """Something that the notice says."""

    required: str
    means: str
    text: str


class Duty(ListedDuty):
    """One duty, whole."""

    rule: str
    thresholds: list[str]
    obligated: list[Code]
    stages: list[Stage]
    content: list[Item]
    must_not_contain: list[Code]
    exemptions: list[str]
    languages: list[str]
    language_note: str
    channel: str
    penalties: str
    late_rule: str
    notes: str
    verify_fields: list[str]
    verify_fields_zh: list[str]
    source_url: str
    sources: dict[str, RuleSource]
    from_memory: list[str]
    tried: str
    reviewed: Review | None


class Condition(TypedDict):
    """One part of a rule with its answer."""

    kind: str
    text: str
    text_zh: str | None
    answer: str
    detail: str
    detail_zh: str | None
    fact: str | None
    parts: list[Condition]


class Exempted(TypedDict):
    """A way out, and whether it is open; `judge` where only a person can say."""

    text: str
    answer: str


class DutyClock(TypedDict):
    """One stage and how its clock stands."""

    stage: str
    state: str
    work_by: Moment | None
    ended_at: Moment | None
    clock: str
    length: Said | None
    zone: str | None
    from_memory: bool


class Decided(TypedDict):
    """What a person decided."""

    applies: str
    by: str
    reason: str
    recorded_at: Moment


class IncidentDuty(Duty):
    """One duty as it stands to an incident."""

    row: DutyRow
    because: str
    because_zh: str | None
    consider: list[str]
    law_of: dict[str, str]
    dormant: bool
    addressed: list[Code]
    conditions: Condition
    exempted: list[Exempted]
    clocks: list[DutyClock]
    authority: Authority | None
    authority_because: str
    authority_because_zh: str
    override: Decided | None


class ReasonedDuty(DutyRow):
    """One duty of an incident with its reason."""

    because: str
    because_zh: str | None
    dormant: bool


class IncidentDuties(TypedDict):
    """The duties of an incident that have one answer."""

    law_of: dict[str, str]
    duties: list[ReasonedDuty]
    all: int
    next: Next


class EdpbCode(TypedDict):
    """What may be answered."""

    code: str
    words: str
    only_incomplete: bool


class EdpbField(TypedDict):
    """One field of the template."""

    number: int
    field: str
    section: str
    question: str
    demanded: str
    kind: str
    codes: list[EdpbCode]
    gdpr: str
    state: str
    answer: Any
    answer_words: str
    answered_by: str
    problem: str


class EdpbForm(TypedDict):
    """The template with our answers."""

    type: str
    status: str
    ready: bool | None
    fields: list[EdpbField]


class EdpbNotice(TypedDict, total=False):
    """The notice as the template has it: an answer for each field that has one, by its number."""

    field_3: str
    field_4: str
