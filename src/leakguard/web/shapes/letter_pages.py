"""One letter with everything about it."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Day, Moment
from leakguard.web.shapes.letter_lists import LetterFiling, LetterRecipient, LetterStage, NamedFact, NamedLetter
from leakguard.web.shapes.letters import Checked, Linted, Proposal
from leakguard.web.shapes.notices import Authority


class TextSegment(TypedDict):
    """A piece of a line: the letter's own words, or a free passage."""

    text: str
    passage: str | None
    unknown: bool


class TextLine(TypedDict):
    """A paragraph, a heading, an entry of a list, or a row of a table with its label."""

    label: str
    unknown: bool
    segments: list[TextSegment]


class TextBlock(TypedDict):
    """One block of a letter."""

    kind: str
    where: str
    lines: list[TextLine]


class FreePassage(NamedFact):
    """Words of the facts that stand in the letter and may be reworded."""

    id: str
    text: str
    unknown: bool
    shared: bool
    others: list[str]


class LetterBlocks(TypedDict):
    """The letter as it goes out."""

    title: str
    sender: list[str]
    addressee: list[str]
    to_fill_in: list[str]
    reference: str
    date_line: str
    salutation: str
    blocks: list[TextBlock]
    closing: str
    signature: list[str]
    footer: list[str]
    mark: str
    lang: str
    passages: list[FreePassage]


class LetterItem(NamedFact):
    """Something that the letter has to say, and how it stands."""

    state: str
    may_be_promised: bool


class LetterRemark(TypedDict):
    """What to settle, or to see, before the letter goes out; and the fact that it is about."""

    fact: NamedFact | None
    text: str


class DiffLine(TypedDict):
    """A line that stayed, went, or came."""

    kind: str
    text: str


class LetterDiff(TypedDict):
    """What changed since an approved version; `exact` is whether that text is proved to be the approved one."""

    digest: str
    exact: bool
    lines: list[DiffLine]


class PromisedItem(TypedDict):
    """What was promised and not delivered yet."""

    duty: str
    item: str
    event: str
    stage: str
    promised_at: Moment


class LetterFilings(TypedDict):
    """What was filed under the duty, and what can be filed."""

    filings: list[LetterFiling]
    stages: list[LetterStage]
    waits_for: list[str]
    promised: list[PromisedItem]


class OfficeForm(TypedDict):
    """How the office takes notices."""

    kind: str
    name: str
    url: str
    email: str
    note: str


class OfficeShown(TypedDict):
    """An office, and how it is reached."""

    id: str
    place: str
    name: str
    name_zh: str
    name_local: str
    address: list[str]
    phone: str
    email: str
    web: str
    form: OfficeForm
    languages: list[str]
    early: str
    early_note: str
    hours: str
    notes: str
    checked_on: Day
    source_url: str
    source_kind: str
    from_memory: list[str]


class ShownLetter(NamedLetter):
    """Everything about one letter."""

    incident: str
    recipient: LetterRecipient
    lang: str
    languages: list[str]
    language_note: str
    work_by: Moment | None
    clock: str | None
    text: LetterBlocks | None
    digest: str | None
    written_at: Moment | None
    facts_sha256: str
    lacking: list[LetterRemark]
    next_step: str
    items: list[LetterItem]
    check: Checked
    unverified_zh: list[str]
    remarks: list[LetterRemark]
    unsettled: list[LetterRemark]
    lint: Linted | None
    versions: list[Proposal]
    current: str | None
    approved: bool
    mine: bool
    changed: list[str]
    diff: LetterDiff | None
    merge: bool
    not_by_mail: str | None
    filed: LetterFilings
    addressed: list[str]
    authority: Authority | None
    offices: list[OfficeShown]


class LostApproval(TypedDict):
    """An approved version that no longer is what goes out."""

    letter: str
    law: str | None
    law_zh: str | None
    recipient: LetterRecipient | None
    stage: str | None
    lang: str | None
    digest: str
    by: list[str]


class Reworded(TypedDict):
    """What became of the edited passages."""

    incident: str
    sha256: str
    entry: int
    changed: list[str]
    loses: list[LostApproval]


class Previewed(TypedDict):
    """The letter as it would be, and which approvals saving it would cost."""

    letter: ShownLetter
    changed: list[str]
    loses: list[LostApproval]
