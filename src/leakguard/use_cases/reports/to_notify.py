"""Who has to be notified of an incident, and how far that is: by its facts, or until there are some by its clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, field
from leakguard.notices.judging import Answer

if TYPE_CHECKING:
    from leakguard.notices.assess import Assessment
    from leakguard.notices.book import DutyBook
    from leakguard.notices.duties import Duty
    from leakguard.notices.place_states import PlaceRow
    from leakguard.use_cases.incidents.incident_rules import Reach

_FAR = datetime.max.replace(tzinfo=UTC)


class Progress(StrEnum):
    """How far a notice is."""

    LATE = "late"
    DUE = "due"
    """Its clock runs to a limit."""
    AT_ONCE = "at_once"
    """Its clock runs, and the law names no limit in hours or days."""
    WAITS = "waits"
    """What starts its clock is not recorded yet."""
    DONE = "done"


class ToNotify(Frozen):
    """One notice."""

    duty: Duty
    stage: str
    clock: ClockStatus
    applies: Answer
    missing_facts: tuple[str, ...] = ()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        state = self.clock.state
        if self.clock.verdict.ended_at is not None:
            return Progress.DONE
        if state in {State.OVERDUE, State.MISSED}:
            return Progress.LATE
        if state is State.LATENT:
            return Progress.WAITS
        return Progress.DUE if self.clock.work_by is not None else Progress.AT_ONCE

    @property
    def urgency(self) -> tuple[bool, int, datetime, str]:
        """What applies first, then what is late, then by the limit."""
        place = list(Progress).index(self.progress)
        return self.applies is not Answer.YES, place, self.clock.work_by or _FAR, self.clock.id


class Notifications(Frozen):
    """Every notice that is known of, and what is not decided yet."""

    notices: tuple[ToNotify, ...]
    by_facts: bool
    """Whether facts say which duties apply; otherwise it is every duty whose law is watched."""
    undecided: Mapping[str, int] = field(default_factory=dict)
    """By fact: how many further duties wait for it."""
    open_places: tuple[PlaceRow, ...] = ()
    """Places without a known rule that nobody settled."""


def by_clocks(statuses: Iterable[ClockStatus], book: DutyBook) -> Notifications:
    """Those of an incident without facts: nobody knows yet which of them apply."""
    stages = {phase.clock.id: (duty, phase.name) for duty in book.duties for phase in duty.phases}
    found = [
        ToNotify(duty=stages[status.id][0], stage=stages[status.id][1], clock=status, applies=Answer.NEEDS_FACT)
        for status in statuses
        if status.id in stages and status.state is not State.NOT_APPLICABLE
    ]
    return Notifications(notices=_in_order(found), by_facts=False)


def by_facts(found: Sequence[Assessment], places: Sequence[PlaceRow], reach: Reach) -> Notifications:
    """Those that apply, and those of the laws that are watched whose answer still needs a fact."""
    notices = [notice for assessed in found for notice in _notices(assessed, reach)]
    beyond = [
        assessment
        for assessment in found
        if assessment.applies is Answer.NEEDS_FACT and not reach.covers(assessment.duty)
    ]
    return Notifications(
        notices=_in_order(notices), by_facts=True, open_places=tuple(row for row in places if row.is_open),
        undecided=Counter(assessment.missing_facts[0] for assessment in beyond if assessment.missing_facts),
    )  # fmt: skip


def _notices(assessment: Assessment, reach: Reach) -> Iterator[ToNotify]:
    is_asked = assessment.applies is Answer.NEEDS_FACT and reach.covers(assessment.duty)
    if assessment.applies is not Answer.YES and not is_asked:
        return
    for stage, clock in assessment.phases:
        if clock.state is not State.NOT_APPLICABLE:
            yield ToNotify(
                duty=assessment.duty,
                stage=stage,
                clock=clock,
                applies=assessment.applies,
                missing_facts=assessment.missing_facts,
            )


def _in_order(found: Iterable[ToNotify]) -> tuple[ToNotify, ...]:
    return tuple(sorted(found, key=lambda to_notify: to_notify.urgency))
