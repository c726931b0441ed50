"""What an event would do to the clocks of an incident, told before it is recorded."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.use_cases.incidents.dry_journal import DryJournal, PreviewedStore
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_rules import RuleBook
from leakguard.use_cases.incidents.odd_times import odd_time


class ClockEffect(StrEnum):
    """What an event does to one clock."""

    STARTS = "starts"
    ENDS = "ends"
    MOVES = "moves"
    """Its limit becomes another one."""
    PAUSES = "pauses"
    RESUMES = "resumes"
    RULES_OUT = "rules_out"
    APPLIES_AGAIN = "applies_again"
    RUNS_AGAIN = "runs_again"
    """What had ended, or what had counted, no longer does."""
    STOPS = "stops"
    """What had started it no longer counts."""
    CHANGES = "changes"
    """In another way, such as when it began or by what it ended."""


class ClockDifference(Frozen):
    """One clock before and after the event; `before` is missing where the event brings a law."""

    does: ClockEffect
    before: ClockStatus | None
    after: ClockStatus


class Preview(Frozen):
    """The event as it would be kept, and what it would do."""

    event: Event
    changes: tuple[ClockDifference, ...]
    time_doubt: str | None
    first_notice: datetime | None
    """For an event `awareness`: when the first notice came in that counts."""


def previewed(
    store: PreviewedStore, journal: DryJournal, incident: str, event: Event, rules: RuleBook, now: datetime
) -> Preview:  # fmt: skip
    """What `event`, which `journal` has and `store` has not, does to the clocks of the incident at `now`."""
    now = max(now, event.recorded_at)
    before = {status.id: status for status in _statuses(store, incident, rules, now)}
    after = _statuses(journal, incident, rules, now)
    changes = [_change(before.get(status.id), status) for status in after]
    notices = [known for known in _events(journal, incident) if known.kind == "notice_received"]
    return Preview(
        event=event, changes=tuple(change for change in changes if change is not None),
        time_doubt=odd_time(journal, incident, event),
        first_notice=min((notice.occurred_at.latest for notice in notices), default=None)
        if event.kind == "awareness"
        else None,
    )  # fmt: skip


def _statuses(
    journal: PreviewedStore | DryJournal, incident: str, rules: RuleBook, now: datetime
) -> tuple[ClockStatus, ...]:  # fmt: skip
    found = rules(incident, tuple(journal.read(incident)))
    return statuses(journal, incident, found, Calendars(), now, known_at=EVERYTHING)


def _events(journal: DryJournal, incident: str) -> list[Event]:
    events = [event_of(record) for record in journal.read(incident) if is_event_record(record)]
    gone = {event.corrects for event in events}
    return [event for event in events if event.id not in gone]


def _change(before: ClockStatus | None, after: ClockStatus) -> ClockDifference | None:
    does = _does(before, after)
    return ClockDifference(does=does, before=before, after=after) if does is not None else None


def _does(before: ClockStatus | None, after: ClockStatus) -> ClockEffect | None:
    was, is_now = before.state if before is not None else State.LATENT, after.state
    if was is not is_now:
        turned = _turned(was, is_now)
        if turned is not None:
            return turned
    old = before.verdict if before is not None else None
    new = after.verdict
    if old is None or old.work_by != new.work_by:
        return ClockEffect.MOVES if new.work_by is not None or (old is not None and old.work_by is not None) else None
    is_same = (old.anchor_event, old.ended_event, old.ended_at) == (new.anchor_event, new.ended_event, new.ended_at)
    return None if is_same and was is is_now else ClockEffect.CHANGES


_ENDED = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})


def _turned(was: State, is_now: State) -> ClockEffect | None:
    turns = (
        (is_now is State.NOT_APPLICABLE, ClockEffect.RULES_OUT),
        (was is State.NOT_APPLICABLE, ClockEffect.APPLIES_AGAIN),
        (is_now in _ENDED and was not in _ENDED, ClockEffect.ENDS), (is_now is State.LATENT, ClockEffect.STOPS),
        (was is State.LATENT, ClockEffect.STARTS), (was in _ENDED and is_now not in _ENDED, ClockEffect.RUNS_AGAIN),
        (is_now is State.PAUSED, ClockEffect.PAUSES), (was is State.PAUSED, ClockEffect.RESUMES),
    )  # fmt: skip
    return next((does for holds, does in turns if holds), None)
