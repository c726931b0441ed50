"""The clocks and alerts of all incidents, the watchman, and the numbers of each page."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment, Next
from leakguard.web.shapes.clocks import BoardClock
from leakguard.web.shapes.letter_lists import LetterRecipient, NamedLetter
from leakguard.web.shapes.people import Task

LawsKnown = Annotated[bool, Meta(description="False while nothing says whose laws are watched.")]


class Whose(TypedDict):
    """One person who has to do something."""

    name: str
    actor: str | None


class Owner(TypedDict):
    """Whose clock it is."""

    role: str | None
    why: Annotated[str | None, Meta(description="`assigned`, `on_call` or `role`; null where it is nobody's.")]
    people: list[Whose]


class OwnedClock(BoardClock):
    """One clock that runs, and who has to do something."""

    owner: Owner


class BoardCounts(TypedDict):
    """How many clocks there are of each sort."""

    all: int
    mine: int
    legal: int
    late: int
    legal_late: int
    without_limit: int


class Board(TypedDict):
    """The clocks that run in all incidents."""

    now: Moment
    count: int
    counts: BoardCounts
    next: Next
    next_legal: Annotated[BoardClock | None, Meta(description="The soonest limit of a law that is still ahead.")]
    clocks: list[OwnedClock]


class Reached(TypedDict):
    """Who got an alert."""

    role: str
    channel: str
    at: Moment


class Failure(TypedDict):
    """Why a channel did not take it."""

    channel: str
    reason: str


class Unreached(TypedDict):
    """A level of the chain at which nobody was notified."""

    why: Annotated[
        str, Meta(description="`no_level`, `severity`, `no_channel`, `failed`, or `never_raised`: no watchman watched.")
    ]
    level: int | None
    role: str | None
    failures: list[Failure]
    next_try: Moment | None


class WaitingAlert(TypedDict):
    """An alert that nobody has acknowledged, or a limit that is over without any."""

    incident: str
    incident_title: str
    raised: Annotated[bool, Meta(description="Whether a watchman raised it; only then it can be acknowledged.")]
    what: Annotated[str, Meta(description="For `acknowledge_alert`: the id of the alert, or the clock.")]
    severity: str
    since: Moment | None
    thresholds: list[str]
    clocks: list[OwnedClock]
    reached: list[Reached]
    unreached: list[Unreached]


class SubjectClock(TypedDict):
    """One clock of a report, of the transfers or of the sites."""

    id: str
    title: str
    title_zh: Annotated[str, Meta(description="The same in Chinese.")]
    law: Annotated[str | None, Meta(description="Null for a promise of our own.")]
    from_memory: bool
    work_by: Moment | None
    command: Annotated[str, Meta(description="What moves it on.")]


class WaitingSubject(TypedDict):
    """An alert of what is no incident, or a limit that is over without any."""

    subject: Annotated[str, Meta(description="For `acknowledge_alert`, instead of the incident.")]
    kind: Annotated[str, Meta(description="`report`, `transfers` or `sites`.")]
    raised: Annotated[bool, Meta(description="Whether a watchman raised it; only then it can be acknowledged.")]
    what: Annotated[str, Meta(description="For `acknowledge_alert`: the id of the alert, or the clock.")]
    severity: str
    since: Moment | None
    thresholds: list[str]
    clocks: list[SubjectClock]
    reached: list[Reached]
    unreached: list[Unreached]


class WaitingAlerts(TypedDict):
    """What waits for somebody, in all incidents and beside them."""

    now: Moment
    laws_known: LawsKnown
    count: int
    reached_nobody: int
    oldest: Moment | None
    alerts: list[WaitingAlert]
    others: Annotated[list[WaitingSubject], Meta(description="Those of reports, transfers and sites.")]


class WatchProblem(TypedDict):
    """What keeps alerts from somebody."""

    kind: str
    text: str
    next_step: str


class WatchHealth(TypedDict):
    """Whether somebody watches, and whether alerts reach people."""

    now: Moment
    pulse: Annotated[str, Meta(description="`alive`, `silent`, `ahead` (a clock was set back), or `none`.")]
    watching: bool
    at: Moment | None
    holder: str | None
    seconds_ago: int | None
    reaches_people: bool
    problems: list[WatchProblem]


class Verified(TypedDict):
    """When somebody last verified the ledger on this server, and what came of it."""

    at: Moment
    by: str
    answer: str
    entries: int


class LedgerState(TypedDict):
    """Where the ledger stands."""

    entries: int
    head: str | None
    verified: Verified | None


class ApprovalWanted(NamedLetter):
    """A letter that one person approved, and that waits for another."""

    recipient: LetterRecipient | None
    incident: str
    incident_title: str
    lang: str | None
    merge: bool
    digest: str
    by: list[str]
    work_by: Moment | None


class WaitingTotal(TypedDict):
    """How many there are in all."""

    steps: int
    letters: int


class WaitingForMe(TypedDict):
    """What waits for who asks, as the second person."""

    steps: list[Task]
    letters: list[ApprovalWanted]
    total: WaitingTotal


class Counts(TypedDict):
    """How much waits."""

    now: Moment
    laws_known: LawsKnown
    late_clocks: int
    open_incidents: int
    critical_incidents: int
    waiting_for_review: int
    my_tasks: int
    letters_for_me: int
    exposures: int | None
    open_reports: int
    late_reports: int
    ledger: LedgerState
