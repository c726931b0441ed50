"""Letters, approvals and the register."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from leakguard.web.shapes.base import Day, Moment
from leakguard.web.shapes.notices import Review, RuleSource


class Withheld(TypedDict):
    """Help that is not offered, and why."""

    remedy: str
    places: list[str]
    reason: str
    by: str


class FormState(TypedDict):
    """How the EDPB's form stands."""

    status: str
    ready: bool
    fields: list[str]


class Checked(TypedDict):
    """What a notice still lacks."""

    duty: str
    stage: str | None
    complete: bool
    missing: list[str]
    forbidden_present: list[str]
    format_problems: list[str]
    undecided: list[str]
    recommended: list[str]
    optional: list[str]
    said_as_unknown: list[str]
    not_applicable: list[str]
    withheld: list[Withheld]
    edpb: NotRequired[FormState]
    verified_on: NotRequired[Day]
    confidence: NotRequired[str]
    verify_fields: NotRequired[list[str]]
    source_url: NotRequired[str]
    source_kind: NotRequired[str]
    sources: NotRequired[dict[str, RuleSource]]
    from_memory: NotRequired[list[str]]
    tried: NotRequired[str]
    reviewed: NotRequired[Review | None]
    dormant: NotRequired[bool]


class LintProblem(TypedDict):
    """What keeps readers from understanding the letter."""

    rule: str
    where: str
    words: str
    says: str
    instead: str


class Linted(TypedDict):
    """How the letter reads."""

    letter: str
    lang: str
    readers: str
    grade: float | int | None
    rules_version: str | int
    problems: list[LintProblem]


class Version(TypedDict):
    """The letter that the next person approves."""

    digest: str
    written_at: Moment
    parts: dict[str, str]
    letters: int
    unsettled: list[str]
    text: str


class HeadNamed(TypedDict):
    """Where the ledger stood."""

    sequence: int
    hash: str


class Approval(TypedDict):
    """One person who vouches for the letter."""

    by: str
    by_source: str
    by_id: str | None
    role: str | None
    login_method: str | None
    """How they logged in: `password`, `password_totp`, `passkey`, `oidc` or `proxy`; none where it is unknown."""
    at: Moment
    entry: int


class Uncounted(TypedDict):
    """An approval that does not count, as nobody logged in."""

    by: str
    by_source: str
    entry: int


class Proposal(TypedDict):
    """One version of a letter, with who approves it."""

    covers: str
    duty: str
    stage: str | None
    lang: str | None
    digest: str
    parts: dict[str, str]
    letters: int
    rules_version: str | None
    checked_on: str | None
    head: HeadNamed | None
    written_at: Moment
    approved: bool
    needed: int
    approvals: list[Approval]
    uncounted: list[Uncounted]


class Approved(Proposal):
    """The version after somebody approved it."""

    new: bool
    changed: list[str]
    note: str


class Approvals(TypedDict):
    """Every version of every letter of an incident."""

    incident: str
    approvals: list[Proposal]


class Register(TypedDict):
    """The register of breaches: a row for each, under the columns' names."""

    register: list[dict[str, Any]]
