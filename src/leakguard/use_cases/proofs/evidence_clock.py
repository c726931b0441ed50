"""Mends a ledger that was written under a wrong clock: by an entry that says so, and never by a change of another.

A step back in the ledger says that a clock was wrong, and not which: whoever mends decides that, says by how much
where they know it, and gives their name and the reason. What no contradiction shows needs a second person.
Where nobody knows by how much, the instants count as known roughly, between the two bounds that the ledger has, and
clocks go by the strict end of that as they always do.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen, field
from leakguard.ledger.entries import Entry, raw_system_time
from leakguard.ledger.future_entries import entries_dated_in_future
from leakguard.ledger.system_time_corrections import (
    SUBJECT,
    SystemTimeCorrections,
    SystemTimeOffset,
    correction_content,
)
from leakguard.ledger.system_time_setbacks import SystemTimeSetback, setbacks_in
from leakguard.logs import log
from leakguard.models.event_records import event_id, record_of_event
from leakguard.models.events import Interval
from leakguard.models.records import SYSTEM_TIME_CORRECTED, Record
from leakguard.use_cases.proofs.clock_doubts import step_words, wrong_words
from leakguard.use_cases.proofs.clock_touched import AffectedEntries, ClockStore, touched_by
from leakguard.use_cases.proofs.correction_reasons import Plan, refuse_lonely_correction

MOST_CHARACTERS = 2000
_MOST_STEPS = 1000
"""Steps that one mend takes in; a store with more of them has another trouble."""
_LISTED = 20
"""Entries that are named one by one; of more the number is told."""


class CorrectionRequest(Frozen):
    """What a person says about the clocks."""

    by: str
    reason: str
    second: str = ""
    """Another person who says the same; needed for what no contradiction of the ledger shows."""
    second_id: str = ""
    """The account of that person, in a store with accounts."""
    entries: tuple[int, int] | None = None
    """First and last that were recorded under the wrong clock; `None` for those that the ledger shows."""
    length: timedelta | None = None
    """By how much it was wrong, where that is known."""
    is_behind: bool = False
    instants: Mapping[int, Interval] = field(default_factory=dict)
    """By entry, when that happened which it tells of, where somebody knows better."""


class CorrectedClocks(Frozen):
    """What was mended."""

    wrongs: tuple[SystemTimeOffset, ...]
    instants: Mapping[int, Interval]
    touched: tuple[AffectedEntries, ...]
    left: int
    """Wrong clocks that the ledger shows and that were not mended."""


def correct_clocks(store: ClockStore, asked: CorrectionRequest, *, now: datetime) -> CorrectedClocks:
    """Record which entries were recorded under a wrong clock, also in each incident that it touched.

    Raises `UsageProblem` for what is said wrongly or too little, `NotAllowed` for what contradicts other clocks, and
    when there is nothing to mend.
    """
    _refuse_texts(asked)
    _refuse_unknown(store, asked.instants)
    corrections = store.clock_corrections()
    if asked.entries is not None:
        wrongs: tuple[SystemTimeOffset, ...] = (_stated(store, asked),)
        instants = dict(asked.instants)
    else:
        wrongs, instants = _shown(store, asked, corrections, now)
    if not wrongs and not instants:
        raise NotAllowed("no clock of this ledger contradicts another one", next_step="There is nothing to correct.")
    planned = corrections.with_unrecorded(wrongs, instants)
    left, before = setbacks_in(store.entries, planned, now=now), setbacks_in(store.entries, corrections, now=now)
    _refuse_contradiction(left, before, wrongs)
    gone = before if asked.entries is None else _ended(before, left)
    refuse_lonely_correction(
        store, Plan(wrongs=wrongs, instants=asked.instants, corrections=corrections, ended=gone, now=now), asked
    )
    touched = touched_by(store.entries(), wrongs, instants)
    last = _last(store.entries())
    content = {"by": asked.by.strip(), "reason": asked.reason.strip()}
    content |= {"second": asked.second.strip()} if asked.second.strip() else {}
    content |= {"second_id": asked.second_id} if asked.second_id else {}
    corrected = correction_content(wrongs, instants, last_entry_seen=last, uncorrected_count=len(left))
    at = Interval(earliest=now, latest=now)
    records = {SUBJECT: (Record(kind=SYSTEM_TIME_CORRECTED, occurred_at=at, content={**content, **corrected}),)}
    records |= {
        affected.subject: (_event(affected, asked, wrongs, at),)
        for affected in touched
        if affected.subject.startswith("IR-")
    }
    store.append_all(records, after={SUBJECT: corrections.all[-1].sequence if corrections else 0})
    log.info("clock_mended", count=len(wrongs) + len(instants))
    return CorrectedClocks(wrongs=wrongs, instants=instants, touched=touched, left=len(left))


def _refuse_texts(asked: CorrectionRequest) -> None:
    if not asked.by.strip() or not asked.reason.strip():
        raise UsageProblem("a clock is mended by somebody who says why", next_step='Say: --by NAME --reason "..."')
    if max(len(asked.by), len(asked.second), len(asked.reason)) > MOST_CHARACTERS:
        raise UsageProblem(f"a text may have {MOST_CHARACTERS:,} characters", next_step="Write a shorter one.")
    if asked.entries is not None and asked.length is None:
        raise UsageProblem(
            "of entries that you name, only you know how wrong their clock was",
            next_step="Say it: --ahead PT8H, or --behind PT8H",
        )


def _refuse_unknown(store: ClockStore, instants: Mapping[int, Interval]) -> None:
    """Of what a person states the time of, there has to be an entry that tells a time of its own."""
    for number in instants:
        entry = next(iter(store.entries(after=number - 1)), None)
        if entry is None or entry.sequence != number or entry.kind == SYSTEM_TIME_CORRECTED:
            raise UsageProblem(
                f"the ledger has no entry {number} whose time could be stated",
                next_step="See its entries: leakguard evidence list",
            )


def _stated(store: ClockStore, asked: CorrectionRequest) -> SystemTimeOffset:
    """The wrong clock that a person names by its entries."""
    first, last = asked.entries or (0, 0)
    stated = [
        (entry.sequence, raw_system_time(entry)) for entry in store.entries(after=first - 1) if entry.sequence <= last
    ]
    known = [at for _, at in stated if at is not None]
    if not stated or stated[0][0] != first or stated[-1][0] != last or not known:
        raise UsageProblem(
            f"the ledger has no entries {first} to {last} that tell what their clock said",
            next_step="See its entries: leakguard evidence list",
        )
    length = asked.length or timedelta(0)
    wrong = -length if asked.is_behind else length
    return SystemTimeOffset(
        first_entry=first, last_entry=last, least=wrong, most=wrong, began=known[0], ended=known[-1]
    )


def _shown(
    store: ClockStore, asked: CorrectionRequest, corrections: SystemTimeCorrections, now: datetime
) -> tuple[tuple[SystemTimeOffset, ...], dict[int, Interval]]:
    """The wrong clocks that the ledger shows, one after the other: what one mend explains is no second one."""
    wrongs: list[SystemTimeOffset] = []
    steps = setbacks_in(store.entries, corrections, now=now)
    if asked.length is not None and len(steps) > 1:
        raise UsageProblem(
            f"the ledger shows {len(steps)} wrong clocks, which need not all be wrong by as much",
            next_step="Name the entries of one of them: --entries FIRST-LAST. See them: leakguard evidence clock",
        )
    while steps and len(wrongs) < _MOST_STEPS:
        step = steps[0]
        wrong = step.if_behind(asked.length) if asked.is_behind else step.if_ahead(asked.length)
        if wrong is None:
            raise _unbounded(step, is_behind=asked.is_behind)
        wrongs.append(wrong)
        planned = corrections.with_unrecorded(wrongs, asked.instants)
        left = setbacks_in(store.entries, planned, now=now)
        if left and left[0].ahead == step.ahead:
            break  # too little was said, which is refused with all others
        steps = left if asked.length is None else ()
    if asked.is_behind:
        return tuple(wrongs), dict(asked.instants)
    roughly = _roughly(store, corrections.with_unrecorded(wrongs, asked.instants), now, asked.instants)
    return tuple(wrongs), {**roughly, **asked.instants}


def _unbounded(step: SystemTimeSetback, *, is_behind: bool) -> UsageProblem:
    where = "behind" if is_behind else "ahead"
    if is_behind and step.behind is None:
        return UsageProblem(
            "the clock of this machine is the later one", next_step="Set it, and nothing needs a correction."
        )
    return UsageProblem(
        f"{step_words(step)}, and the ledger does not tell by how much at most",
        next_step=f"Say by how much: --{where} PT8H",
    )


def _roughly(
    store: ClockStore, corrections: SystemTimeCorrections, now: datetime, stated: Container[int]
) -> dict[int, Interval]:
    """When that happened which took the time of another entry: between the clocks before and behind it."""
    found: dict[int, Interval] = {}
    for entry in entries_dated_in_future(store.entries(), corrections, now=now):
        if entry.sequence in stated:
            continue
        if entry.earliest is None:
            raise UsageProblem(
                f"nobody knows when entry {entry.sequence} happened: it took the time of the entry before",
                next_step=f"Say when: --at {entry.sequence}=TIME",
            )
        found[entry.sequence] = Interval(earliest=entry.earliest, latest=entry.latest)
    return found


def _ended(before: Iterable[SystemTimeSetback], left: Iterable[SystemTimeSetback]) -> tuple[SystemTimeSetback, ...]:
    """The contradictions of before that are none any more."""
    still = {(step.ahead[1], step.behind) for step in left}
    return tuple(step for step in before if (step.ahead[1], step.behind) not in still)


def _refuse_contradiction(
    left: Iterable[SystemTimeSetback], before: Sequence[SystemTimeSetback], wrongs: Sequence[SystemTimeOffset]
) -> None:
    """A mend must not leave a step at the entries that it mends, nor make one."""
    old = {(step.ahead[1], step.behind) for step in before}
    for step in left:
        is_new = (step.ahead[1], step.behind) not in old
        is_own = any(wrong.first_entry <= step.ahead[1] <= wrong.last_entry for wrong in wrongs)
        if is_new or is_own:
            raise NotAllowed(
                f"with that, {step_words(step)}",
                next_step="See what the clocks said, and say another length: leakguard evidence clock",
            )


def _event(
    touched: AffectedEntries, asked: CorrectionRequest, wrongs: Sequence[SystemTimeOffset], at: Interval
) -> Record:
    """What an incident is told: the timeline shows it, and clocks begin a new generation, so that alerts are right."""
    own = [
        wrong for wrong in wrongs if any(wrong.first_entry <= number <= wrong.last_entry for number in touched.entries)
    ]
    named = ", ".join(event_id(number) for number in touched.entries[:_LISTED])
    more = len(touched.entries) - _LISTED
    fields = {"entries": named + (f" and {more} more" if more > 0 else "")}
    if own:
        fields["what"] = "; ".join(wrong_words(clock_offset) for clock_offset in own)
    agreed = f" and {asked.second.strip()}" if asked.second.strip() else ""
    source = f"evidence clock, by {asked.by.strip()}{agreed}"
    return record_of_event(
        kind=SYSTEM_TIME_CORRECTED, occurred_at=at, source=source, reason=asked.reason.strip(), fields=fields
    )


def _last(entries: Iterable[Entry]) -> int:
    return max((entry.sequence for entry in entries), default=0)
