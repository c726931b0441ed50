"""What a board keeps of one incident: its clocks that run and whose they are, its alerts, open steps and letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from leakguard.alerts.ahead import as_of
from leakguard.alerts.history import History, history_of
from leakguard.alerts.marks import is_review, is_watched, watched_of
from leakguard.alerts.next_actions import FILED
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, replace
from leakguard.mailing.approvals import KINDS as APPROVALS
from leakguard.mailing.approvals import Proposal
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.notices.duties import Duty
from leakguard.notices.duty_tasks import DutyTask, task_of
from leakguard.playbooks.engine import latest_start
from leakguard.use_cases.incidents.kept_facts import WRITTEN
from leakguard.use_cases.incidents.open_tasks import Task, tasks_in
from leakguard.use_cases.incidents.playbooks import Response, response_of
from leakguard.use_cases.letters.letter_states import READ, LetterState, progress_in, state_of

_LETTERS = frozenset({*READ, WRITTEN})
"""Kinds of entries by which a letter waits for a person, or no longer."""

_FAR = datetime.max.replace(tzinfo=UTC)
NOTIFIER = "dpo"
"""The role that notifies where no step of the playbook says whose it is."""
LEADER = "commander"
_OVER = frozenset({State.OVERDUE, State.MISSED})
CLOSURE = frozenset({"remediation_verified"})


class Owner(Frozen):
    """Whose clock it is."""

    role: str
    person: Signatory | None = None
    """Whom the step that ends it is assigned to."""


class BoardRow(Frozen):
    """One clock that runs, and whose it is."""

    incident: str
    title: str
    clock: ClockStatus
    owner: Owner = Owner(role="")
    duty: Duty | None = None
    """`None` for a promise of our own."""
    is_started: bool = False
    """Whether a playbook was started for the incident."""
    is_over: bool = False
    """Whether it is past its limit."""

    @property
    def is_law(self) -> bool:
        """Whether a law sets it, and no promise of our own."""
        return self.duty is not None or self.clock.rule.is_law

    @property
    def stage(self) -> str:
        """Which stage of its duty it is; empty for a promise of our own."""
        return self.clock.id.rpartition(".")[2] if self.duty is not None else ""

    @property
    def task(self) -> DutyTask:
        """What has to be done."""
        if self.duty is not None:
            return task_of(self.duty, self.stage)
        return DutyTask(whom=self.clock.rule.title or self.clock.id, which="")

    @property
    def next(self) -> str:
        """What moves it on: `draft` a letter, `probe` again, `review`, a `step` of the playbook, `start` one, `why`."""
        ending = self.clock.rule.ending
        if ending is None:
            return "why"
        if self.duty is not None and FILED in ending.kinds:
            return "draft"
        if is_review(self.clock):
            return "review"
        if not self.is_started:
            return "start"
        return "probe" if not CLOSURE.isdisjoint(ending.kinds) else "step"

    @property
    def urgency(self) -> tuple[bool, datetime, str, str]:
        """What is over its limit first, then by the limit."""
        return not self.is_over, self.clock.work_by or _FAR, self.incident, self.clock.id


class Case(Frozen):
    """One incident."""

    incident: Incident
    rows: tuple[BoardRow, ...]
    """The most urgent first."""
    history: History
    tasks: tuple[Task, ...]
    """The steps that somebody can do now."""
    letters: tuple[Proposal, ...]
    """Those that somebody approves and that still need a second person."""
    waits_for_review: bool
    late: tuple[BoardRow, ...] = ()
    """The clocks that are past their limit."""

    @property
    def open_clocks(self) -> Mapping[str, int]:
        """The clocks that run, each with its generation."""
        return {row.clock.id: row.clock.generation for row in self.rows}


def case_of(
    incident: Incident, records: Sequence[KeptRecord], clocks: Sequence[ClockStatus], duties: Mapping[str, Duty], *,
    only_accounts: bool, now: datetime,
) -> Case:  # fmt: skip
    """Everything that is kept of an incident. `duties` are those of its clocks, by the id of the clock."""
    left = tuple(status for status in watched_of(incident, clocks) or () if is_watched(status))
    response = response_of(incident.id, records, now=now) if latest_start(records) is not None else None
    rows = [
        BoardRow(
            incident=incident.id, title=incident.title, clock=status, owner=_owner(status.rule, response),
            duty=duties.get(status.id), is_started=response is not None, is_over=status.state in _OVER,
        )
        for status in left
    ]  # fmt: skip
    is_open = incident.state is IncidentState.OPEN
    rows.sort(key=lambda row: row.urgency)
    return Case(
        incident=incident, rows=tuple(rows), late=tuple(row for row in rows if row.is_over),
        history=as_of(history_of(incident.id, records), now),
        tasks=tasks_in(response) if response is not None else (),
        letters=tuple(_waiting(records, only_accounts=only_accounts)),
        waits_for_review=not is_open and any(is_review(status) for status in left),
    )  # fmt: skip


def _owner(rule: ClockRule, response: Response | None) -> Owner:
    """Whose step records the event that ends the clock; a notice without one is for who notifies."""
    kinds = rule.ending.kinds if rule.ending is not None else frozenset()
    steps = response.progress.steps.values() if response is not None else ()
    for step in steps:
        if step.step.emits in kinds and step.step.owner:
            assigned = response.assigned.get(step.id) if response is not None else None
            return Owner(role=step.step.owner, person=assigned.to if assigned is not None else None)
    return Owner(role=NOTIFIER if rule.law else LEADER)


def _waiting(records: Iterable[KeptRecord], *, only_accounts: bool) -> Iterator[Proposal]:
    """The latest version of each letter that waits for a second person: older than no fact, and not filed."""
    own = tuple(record for record in records if record.kind in _LETTERS)
    if not any(record.kind in APPROVALS for record in own):
        return
    written = max((record.sequence for record in own if record.kind == WRITTEN), default=0)
    progress = replace(progress_in(own, {}, only_accounts=only_accounts), written=written)
    for duty, stage in dict.fromkeys(
        (proposal.subject.duty, proposal.subject.stage) for proposal in progress.proposals
    ):
        older = progress.older(duty, stage)
        if state_of(progress, duty, stage, lacks=False, changed=older) is LetterState.SECOND:
            yield from (proposal for proposal in progress.of(duty, stage) if proposal.digest not in older)


class Rows(Frozen):
    """Every clock of a board, sorted once for all who ask."""

    every: tuple[BoardRow, ...]
    """The most urgent first."""
    fixed: tuple[BoardRow, ...]
    """Those with a fixed limit."""
    without_limit: tuple[BoardRow, ...]
    late: tuple[BoardRow, ...]
    """Those past their limit."""
    legal_count: int
    """How many are of laws."""
    next_legal: BoardRow | None
    """The law's clock with the soonest limit that is still ahead."""
    by_owner: Mapping[Owner, int]


def rows_in(cases: Iterable[Case]) -> Rows:
    """The clocks of all these incidents."""
    every = tuple(sorted((row for case in cases for row in case.rows), key=lambda row: row.urgency))
    fixed = tuple(row for row in every if row.clock.work_by is not None)
    return Rows(
        every=every, fixed=fixed, without_limit=tuple(row for row in every if row.clock.work_by is None),
        late=tuple(row for row in every if row.is_over), legal_count=sum(row.is_law for row in every),
        next_legal=next((row for row in fixed if row.is_law and not row.is_over), None),
        by_owner=Counter(row.owner for row in every),
    )  # fmt: skip
