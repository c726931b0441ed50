"""What an event would do to the clocks of an incident, told before it is recorded: a journal that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record, signed_records
from leakguard.ports import IncidentStore
from leakguard.use_cases.incidents.incident_clocks import standings
from leakguard.use_cases.incidents.incident_rules import RuleBook
from leakguard.use_cases.incidents.odd_times import odd_time


class PreviewedStore(IncidentStore, Protocol):
    """What a preview is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class Does(StrEnum):
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


class Change(Frozen):
    """One clock before and after the event; `before` is missing where the event brings a law."""

    does: Does
    before: Standing | None
    after: Standing


class Preview(Frozen):
    """The event as it would be kept, and what it would do."""

    event: Event
    changes: tuple[Change, ...]
    time_doubt: str | None
    first_notice: datetime | None
    """For an event `awareness`: when the first notice came in that counts."""


class DryJournal:
    """Reads as the store does, and keeps what is appended for as long as it is held itself."""

    def __init__(self, store: PreviewedStore, now: Callable[[], datetime]) -> None:
        """`now` stamps what is appended."""
        self._store, self._now = store, now
        self._kept: list[KeptRecord] = []

    @property
    def recorder(self) -> Recorder | None:
        """See `ports.Journal.recorder`."""
        return self._store.recorder

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:  # noqa: ARG002  (nobody else writes here)
        """The records as the ledger would keep them."""
        head = self._store.head()
        number = (head.sequence if head is not None else 0) + len(self._kept)
        signed = enumerate(signed_records(records, self.recorder), number + 1)
        kept = tuple(self._as_kept(place, subject, one) for place, one in signed)
        self._kept += kept
        return kept

    def _as_kept(self, number: int, subject: str, one: Record) -> KeptRecord:
        return KeptRecord(
            sequence=number, subject=subject, kind=one.kind, occurred_at=one.occurred_at, recorded_at=self._now(),
            content=one.content, hash="",
        )  # fmt: skip

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        yield from self._store.read(subject)
        yield from (one for one in self._kept if subject in {None, one.subject})

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.of_kinds`."""
        yield from self._store.of_kinds(kinds, subject)
        yield from (one for one in self._kept if one.kind in kinds and subject in {None, one.subject})

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        return next((one for one in reversed(self._kept) if one.subject == subject), self._store.last(subject))

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        found = (one for one in self._kept if one.sequence == sequence and one.subject == subject)
        return next(found, None) or self._store.record(subject, sequence)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        yield from self._store.corrections(subject, after=after)
        own = (one for one in self._kept if one.subject == subject and one.sequence > after and is_event_record(one))
        yield from (one for one in own if event_of(one).corrects)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return self._store.subjects(prefix)


def previewed(
    store: PreviewedStore, journal: DryJournal, incident: str, event: Event, rules: RuleBook, now: datetime
) -> Preview:  # fmt: skip
    """What `event`, which `journal` has and `store` has not, does to the clocks of the incident at `now`."""
    now = max(now, event.recorded_at)
    before = {one.id: one for one in _standings(store, incident, rules, now)}
    after = _standings(journal, incident, rules, now)
    changes = [_change(before.get(one.id), one) for one in after]
    notices = [one for one in _events(journal, incident) if one.kind == "notice_received"]
    return Preview(
        event=event, changes=tuple(one for one in changes if one is not None),
        time_doubt=odd_time(journal, incident, event),
        first_notice=min((one.occurred_at.latest for one in notices), default=None)
        if event.kind == "awareness"
        else None,
    )  # fmt: skip


def _standings(
    journal: PreviewedStore | DryJournal, incident: str, rules: RuleBook, now: datetime
) -> tuple[Standing, ...]:  # fmt: skip
    found = rules(incident, tuple(journal.read(incident)))
    return standings(journal, incident, found, Calendars(), now, known_at=EVERYTHING)


def _events(journal: DryJournal, incident: str) -> list[Event]:
    events = [event_of(one) for one in journal.read(incident) if is_event_record(one)]
    gone = {one.corrects for one in events}
    return [one for one in events if one.id not in gone]


def _change(before: Standing | None, after: Standing) -> Change | None:
    does = _does(before, after)
    return Change(does=does, before=before, after=after) if does is not None else None


def _does(before: Standing | None, after: Standing) -> Does | None:
    was, is_now = before.state if before is not None else State.LATENT, after.state
    if was is not is_now:
        turned = _turned(was, is_now)
        if turned is not None:
            return turned
    old = before.verdict if before is not None else None
    new = after.verdict
    if old is None or old.work_by != new.work_by:
        return Does.MOVES if new.work_by is not None or (old is not None and old.work_by is not None) else None
    is_same = (old.anchor_event, old.ended_event, old.ended_at) == (new.anchor_event, new.ended_event, new.ended_at)
    return None if is_same and was is is_now else Does.CHANGES


_ENDED = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})


def _turned(was: State, is_now: State) -> Does | None:
    turns = (
        (is_now is State.NOT_APPLICABLE, Does.RULES_OUT), (was is State.NOT_APPLICABLE, Does.APPLIES_AGAIN),
        (is_now in _ENDED and was not in _ENDED, Does.ENDS), (is_now is State.LATENT, Does.STOPS),
        (was is State.LATENT, Does.STARTS), (was in _ENDED and is_now not in _ENDED, Does.RUNS_AGAIN),
        (is_now is State.PAUSED, Does.PAUSES), (was is State.PAUSED, Does.RESUMES),
    )  # fmt: skip
    return next((does for holds, does in turns if holds), None)
