"""Letters of an incident, of all incidents, and one with everything about it."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Day, Moment
from leakguard.web.shapes.letters import Checked, Linted, Proposal
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
    stages: list[str]
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
    facts_sha256: str
    lacking: list[str]
    next_step: str
    items: list[LetterItem]
    check: Checked
    remarks: list[str]
    unsettled: list[str]
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
    authority: Authority | None
    offices: list[OfficeShown]


class LostApproval(TypedDict):
    """An approved version that no longer is what goes out."""

    letter: str
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
