"""What a mend of clocks rests on: a contradiction that the ledger shows, or the word of two people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen
from leakguard.ledger.future_entries import entries_dated_in_future
from leakguard.ledger.system_time_corrections import CorrectedReader, SystemTimeCorrections, SystemTimeOffset
from leakguard.ledger.system_time_setbacks import SystemTimeSetback
from leakguard.models.events import Interval
from leakguard.playbooks.gates import why_no_second
from leakguard.use_cases.proofs.clock_touched import ClockStore, touched_by

_EVER = datetime.min.replace(tzinfo=UTC)


class Plan(Frozen):
    """A mend that is not recorded yet."""

    wrongs: tuple[SystemTimeOffset, ...]
    instants: Mapping[int, Interval]
    """By entry, what a person states."""
    corrections: SystemTimeCorrections
    """Those that are recorded."""
    ended: tuple[SystemTimeSetback, ...]
    """The contradictions of the ledger that this mend ends."""
    now: datetime


class CorrectionPeople(Protocol):
    """Who says it, and who agrees."""

    @property
    def by(self) -> str:
        """Whoever mends."""

    @property
    def second(self) -> str:
        """The other person; empty where there is none."""


def refuse_lonely_correction(store: ClockStore, plan: Plan, people: CorrectionPeople) -> None:
    """Raise `NotAllowed` for one person who moves times of which no clock of the ledger shows that they are wrong."""
    if people.second.strip():
        why_not = why_no_second(people.by, people.second)
        if why_not:
            raise NotAllowed(f"the second person has to be {why_not}", next_step="Name another person: --second NAME")
        return
    for text in _unshown(store, plan):
        raise NotAllowed(
            f"{text}, so one person alone does not move times",
            next_step='Two people may, who say how they know it: --by NAME --second NAME --reason "...".'
            " What contradicts another clock: leakguard evidence clock",
        )


def _unshown(store: ClockStore, plan: Plan) -> Iterator[str]:
    """What of a mend no contradiction of the ledger shows, a sentence each."""
    shown = tuple(wrong for wrong in plan.wrongs if plan.ended and _is_shown(wrong, plan))
    for wrong in plan.wrongs:
        if wrong not in shown:
            yield f"no clock of this ledger contradicts the one of {_entries(wrong)}"
    bounds = _bounds(store, plan, shown) if plan.instants else {}
    for number, at in plan.instants.items():
        known = bounds.get(number)
        if known is None:
            yield f"no clock of this ledger contradicts the time of entry {number}"
        elif not known.earliest <= at.earliest <= at.latest <= known.latest:
            yield f"the clocks of this ledger do not allow that time for entry {number}"


def _is_shown(wrong: SystemTimeOffset, plan: Plan) -> bool:
    stretches: Sequence[tuple[int, int] | None] = [step.ahead if wrong.is_ahead else step.behind for step in plan.ended]
    is_inside = any(
        stretch is not None and stretch[0] <= wrong.first_entry <= wrong.last_entry <= stretch[1]
        for stretch in stretches
    )
    return is_inside or wrong is not plan.wrongs[0]  # what shows only once the first one is mended


def _bounds(store: ClockStore, plan: Plan, shown: Sequence[SystemTimeOffset]) -> dict[int, Interval]:
    """By entry that a contradiction touches: between which times it happened, as far as the clocks tell."""
    corrections = plan.corrections.with_unrecorded(shown)
    found = {
        entry.sequence: Interval(earliest=entry.earliest or _EVER, latest=entry.latest)
        for entry in entries_dated_in_future(store.entries(), corrections, now=plan.now)
    }
    for affected in touched_by(store.entries(), shown, {}) if shown else ():
        records = CorrectedReader(corrections).read(store.entries(affected.subject))
        found |= {record.sequence: record.occurred_at for record in records if record.sequence in affected.entries}
    return found


def _entries(wrong: SystemTimeOffset) -> str:
    return (
        f"entry {wrong.first_entry}"
        if wrong.first_entry == wrong.last_entry
        else f"entries {wrong.first_entry} to {wrong.last_entry}"
    )
