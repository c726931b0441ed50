"""Reports from outside: the queue, one report, its letters, and what laws ask about it."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment, Next
from leakguard.web.shapes.incidents import IncidentShown


class ReportPromise(TypedDict):
    """One promise to whoever reported, and how it stands."""

    until: str
    due_at: Moment
    state: Literal["running", "overdue", "kept", "kept_late", "not_needed"]
    basis: str
    reached_at: Moment | None


class NamedPlace(TypedDict):
    """A place that a report names; only those in the scope have a command."""

    kind: str
    target: str
    host: str
    port: int | None
    standing: Literal["in_scope", "out_of_scope", "no_scope"]
    why: str | None
    findings: list[str]
    command: str | None


class ReportSender(TypedDict):
    """Who sent it, by their own word."""

    name: str
    address: str


class SeenAttachment(TypedDict):
    """A file that came with it; nobody opened it."""

    name: str
    size: int
    sha256: str


class OutsideReport(TypedDict):
    """One report, as `report show` has it."""

    schema: Literal["leakguard.report/1"]
    id: str
    state: str
    subject: str
    received_at: Moment
    recorded_at: Moment
    channel: str
    machine: str | None
    verdict: str | None
    duplicate_of: str | None
    duplicates: list[str]
    findings: list[str]
    incident: str | None
    sender: Annotated[ReportSender | None, Meta(description="Null once erased, and without `read_reporters`.")]
    sender_withheld: bool
    named: list[NamedPlace]
    attachments: list[SeenAttachment]
    evidence: list[str]
    text_sha256: str | None
    message_sha256: str | None
    not_read: list[str]
    promises: list[ReportPromise]
    thanked_at: Moment | None
    erase_by: Moment | None
    erased: bool


class KnownReport(OutsideReport):
    """The same, with what may be done with it."""

    acts: Annotated[list[str], Meta(description="What the state allows: `triage`, `fix`, `close` and their like.")]
    kept_until: Annotated[Moment, Meta(description="Before this moment it is not erased as a whole.")]
    not_proved_closed: Annotated[list[str], Meta(description="Its findings that no probe has proved closed.")]


class ReportLine(TypedDict):
    """One report of the queue."""

    id: str
    state: str
    subject: str
    received_at: Moment
    channel: str
    machine: str | None
    verdict: str | None
    duplicate_of: str | None
    incident: str | None
    next: ReportPromise | None
    late: int
    erase_by: Moment | None
    erased: bool


class ReportQueue(TypedDict):
    """A page of the queue; the numbers are those of all reports."""

    schema: Literal["leakguard.reports/1"]
    now: Moment
    counts: Annotated[dict[str, int], Meta(description="By state, and `open`, `late` and `all`.")]
    reports: list[ReportLine]
    count: Annotated[int, Meta(description="How many fit what was asked for.")]
    next: Next


class ReportTaken(OutsideReport):
    """A report that was taken in."""

    new: Annotated[bool, Meta(description="False for a message that is here already: nothing was recorded.")]


class ReportText(TypedDict):
    """What was written, as text."""

    report: str
    sha256: str | None
    text: str


class ReportLetter(TypedDict):
    """A letter to whoever reported."""

    report: str
    state: str
    letter: Literal["acknowledgement", "thanks"]
    lang: str
    subject: str
    text: str
    message_id: str | None


class ReportAnswered(TypedDict):
    """A report that was answered, and how."""

    report: str
    state: str
    letter: str
    how: str
    message_id: str | None


class ReportHandedOver(TypedDict):
    """A report that became an incident."""

    report: str
    state: str
    incident: IncidentShown


class ReportErased(TypedDict):
    """What was erased."""

    report: str
    erased: list[int]
    is_scrubbed: bool


class ReportRule(TypedDict):
    """A rule of law or of a standard about the report, with its source."""

    id: str
    standing: str
    missing: list[str]
    article: str
    article_zh: str
    text: str
    text_zh: str
    duties: list[str]
    at_the_latest: Moment | None
    source: str
    source_kind: str
    checked: str
    confidence: str


class ReportRules(TypedDict):
    """What is asked of us about one report."""

    report: str
    rules: list[ReportRule]
