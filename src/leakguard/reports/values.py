"""What a report tells of one incident, as plain values: already masked, not yet in words.

Times are UTC; every text comes from the ledger, so whoever shows it has to escape it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, field
from leakguard.ledger.heads import Head, print_form
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.unfinished import UnfinishedItem
from leakguard.reports.measures import Measure

OPEN_STATES = frozenset({State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE, State.PAUSED})
"""A clock in one of these has begun and not ended."""


class Happening(Frozen):
    """One line of the story."""

    id: str
    kind: str
    at: Interval
    recorded_at: datetime
    source: str = ""
    reason: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    """In a few words what it is about: the duty, the clock, the step."""
    corrects: str | None = None
    superseded_by: str | None = None
    is_erased: bool = False
    """The ledger has its place and its hash, and no longer its content."""
    is_drawn: bool = True
    """Not drawn: a step whose event stands beside it, and records that are no part of the story."""
    by: str = ""
    """Who recorded it; empty where nobody was asked."""
    word: str = ""
    """`closed by the word of Ada (no probe): trust me`, where an event says so that no probe had shown."""
    by_source: str = ""
    """`session` or `token` of an account, `typed`, `os` for the user of the operating system, `program` for nobody."""


class ReportFinding(Frozen):
    """A finding of a scan: names, counts and sizes alone."""

    id: str
    what: str
    place: str
    severity: str
    reason: str
    records: int | None
    bytes: int | None
    is_exact: bool
    """Whether the numbers are the server's own count, and no estimate."""
    observed_at: datetime
    transcript_sha256: str
    """Of what the probe and the server said to each other; empty where none was kept."""


class Decision(Frozen):
    """Something that a person decided."""

    at: Interval
    what: str
    about: str
    """The duty, the clock or the step."""
    decided_by: str
    second: str
    why: str
    event: str
    by_source: str = ""
    """Where the name of who decided comes from, as above; empty without a name."""


class Evidence(Frozen):
    """Something that proves, with where the ledger names it."""

    id: str
    what: str
    by: str
    at: datetime
    sha256: str
    """Of the file itself; empty where the ledger has its name alone."""
    size: int | None
    entry: int
    entry_hash: str
    custody: tuple[str, ...] = ()


class LegalReview(Frozen):
    """That a lawyer of the organisation looked at a rule."""

    by: str
    on: str
    is_older: bool
    """Whether the rule was checked again since."""


class DutyClock(Frozen):
    """A duty of a law or a contract whose clock has begun, with where that is written."""

    status: ClockStatus
    duty: str
    stage: str
    law: Mapping[str, str]
    """The law and its article by language (`en`, `zh`), as a letter in it cites them."""
    recipient: Mapping[str, str]
    source_url: str
    source_kind: str
    verified_on: str
    confidence: str
    soft: bool
    reviewed: LegalReview | None = None


class Filing(Frozen):
    """Something that was told to somebody outside."""

    at: Interval
    kind: str
    duty: str
    stage: str
    recipient: str
    by: str
    reference: str
    event: str


class Promise(Frozen):
    """What a filing called "to be determined" and that nobody told yet."""

    duty: str
    item: str
    event: str
    promised_at: datetime


class StepLine(Frozen):
    """One step of the playbook."""

    id: str
    title: str
    phase: str
    owner: str
    state: str
    is_settled: bool
    is_open: bool
    by: str
    second: str
    ready_at: datetime | None
    """When all steps before it were settled."""
    done_at: datetime | None
    due_at: datetime | None

    @property
    def took_seconds(self) -> float | None:
        """From its turn to its end; nothing for a step that is not done."""
        if self.ready_at is None or self.done_at is None:
            return None
        return max(0.0, (self.done_at - self.ready_at).total_seconds())

    def is_late(self, now: datetime) -> bool:
        """Whether it ended, or still waits, after its due time."""
        return self.due_at is not None and self.state != "skipped" and (self.done_at or now) > self.due_at


class AlertLine(Frozen):
    """One message of the watchman."""

    id: str
    raised_at: datetime
    clocks: tuple[str, ...]
    severity: str
    acknowledged_by: str
    acknowledged_at: datetime | None


class LedgerState(Frozen):
    """The end of the ledger at the moment of the report, and what its verification said."""

    sequence: int
    hash: str
    recorded_at: datetime
    own_entries: int
    """Entries about this incident."""
    answer: str
    """`match`, `mismatch` or `not_verifiable`; empty when it was not verified for this report."""

    @property
    def short(self) -> str:
        """`entry 12, 0123456789abcdef`: as letters and mails print it, and as `evidence verify --head` reads it."""
        return print_form(Head(sequence=self.sequence, hash=self.hash, recorded_at=to_z(self.recorded_at)))


class PlaybookState(Frozen):
    """The response: which playbook, how far."""

    name: str
    title: str
    version: int
    tested_on: str
    started_at: datetime
    steps: tuple[StepLine, ...]


class Report(Frozen):
    """Everything that the report of one incident tells, as known at one moment."""

    incident: str
    title: str
    state: str
    zone: str
    known_at: datetime
    opened_at: datetime
    is_drill: bool
    version: str
    """Of LeakGuard."""
    timeline: tuple[Happening, ...]
    """In the order in which it happened."""
    findings: tuple[ReportFinding, ...]
    clocks: tuple[ClockStatus, ...]
    """Those that have begun."""
    waiting_clocks: tuple[str, ...]
    """Those that have not, by id."""
    duties: tuple[DutyClock, ...]
    filings: tuple[Filing, ...]
    promises: tuple[Promise, ...]
    decisions: tuple[Decision, ...]
    playbook: PlaybookState | None
    evidence: tuple[Evidence, ...]
    alarms: tuple[AlertLine, ...]
    measures: tuple[Measure, ...]
    ledger: LedgerState
    erased_findings: tuple[str, ...] = ()
    """Findings of the incident that the store no longer has, because somebody erased them."""
    unfinished: tuple[UnfinishedItem, ...] = ()
    words: tuple[str, ...] = ()
    """By whose word alone it counts as closed: `closed by the word of Ada (no probe): trust me`."""
    laws: tuple[str, ...] = ()
    """Which laws are watched and why, and what is not known, in sentences."""
    wrong_clocks: tuple[str, ...] = ()
    """Which clocks contradict each other in the ledger and touch the incident, in sentences."""

    @property
    def open_duties(self) -> int:
        """Stages of duties whose clock runs."""
        return sum(duty.status.state in OPEN_STATES for duty in self.duties)
