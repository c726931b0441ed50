"""Clocks that contradict each other inside the ledger: whom that touches, and how a ledger reads by either of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.clock_skew import SKEW
from leakguard.ledger.system_time_corrections import CorrectedReader, SystemTimeCorrections, SystemTimeOffset
from leakguard.ledger.system_time_setbacks import SystemTimeSetback, setbacks_in
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord
from leakguard.use_cases.proofs.clock_doubts import COMMAND, step_words
from leakguard.use_cases.proofs.clock_touched import ClockStore, WrongClocks, find_wrong_clocks


class ContradictedStore(ClockStore, Protocol):
    """What the question needs from the store."""

    def stepped_back(self) -> Iterator[tuple[int, datetime, datetime | None]]:
        """Number, time and clock of each entry whose clock was behind the entry before; `None`: it kept no clock."""


class Contradiction(Frozen):
    """Clocks of the ledger that contradict each other and that no entry mends, as far as they touch some subjects."""

    wrong: WrongClocks
    touched: dict[str, tuple[int, ...]]
    """By subject, the entries whose own time one of these clocks told."""

    @property
    def steps(self) -> tuple[SystemTimeSetback, ...]:
        """The places where a clock went backwards."""
        return tuple(clock.step for clock in self.wrong.found)

    def of(self, prefix: str) -> Contradiction | None:
        """As far as it touches the subjects that begin with `prefix`; `None` where it touches none."""
        touched = {name: own for name, own in self.touched.items() if name.startswith(prefix)}
        return Contradiction(wrong=self.wrong, touched=touched) if touched else None


def contradiction(store: ContradictedStore, now: datetime) -> Contradiction | None:
    """The clocks of a ledger that contradict each other and are not mended; `None` where there are none.

    The ledger is read only where an entry is marked whose clock was behind by more than two machines may differ.
    """
    if not _may_have_step(store):
        return None
    found = find_wrong_clocks(store, now=now)
    inside = tuple(clock for clock in found.found if clock.step.behind is not None)  # the other one is `clock_doubt`
    if not inside and not found.moved:
        return None
    numbers: dict[str, set[int]] = {}
    for touched in (each for clock in inside for each in (*clock.ahead, *clock.behind)):
        numbers.setdefault(touched.subject, set()).update(touched.entries)
    for moved in found.moved:
        numbers.setdefault(moved.subject, set()).add(moved.sequence)
    touched_by = {subject: tuple(sorted(own)) for subject, own in numbers.items()}
    return Contradiction(wrong=WrongClocks(found=inside, moved=found.moved), touched=touched_by)


def _may_have_step(store: ContradictedStore) -> bool:
    marked = [number for number, at, recorded in store.stepped_back() if recorded is None or recorded + SKEW < at]
    if not marked:
        return False
    corrections = store.clock_corrections()
    latest = corrections.all[-1] if corrections else None
    if latest is None or latest.uncorrected_count:
        return True
    if marked[-1] <= latest.last_entry_seen:
        return False
    return bool(setbacks_in(lambda: store.entries(after=latest.last_entry_seen - 1), corrections))


class CorrectedStore:
    """A store read by other mends than those that it has: fewer of them, or as if a contradiction were mended."""

    def __init__(self, store: ClockStore, corrections: SystemTimeCorrections) -> None:
        self._store, self._corrections = store, corrections

    def read(self, subject: str) -> Iterator[KeptRecord]:
        """The records of a subject."""
        return CorrectedReader(self._corrections).read(self._store.entries(subject))


def either_clock(store: ClockStore, found: Contradiction) -> tuple[CorrectedStore, CorrectedStore]:
    """The store if each earlier clock was ahead, and if each later one was behind."""
    corrections = store.clock_corrections()
    ahead = _known(step.if_ahead() or step.if_ahead(step.least) for step in found.steps)
    behind = _known(step.if_behind() or step.if_behind(step.least) for step in found.steps)
    moved = {
        entry.sequence: Interval(earliest=entry.earliest or entry.latest, latest=entry.latest)
        for entry in found.wrong.moved
    }
    return CorrectedStore(store, corrections.with_unrecorded(ahead, moved)), CorrectedStore(
        store, corrections.with_unrecorded(behind)
    )


def _known(wrongs: Iterator[SystemTimeOffset | None]) -> tuple[SystemTimeOffset, ...]:
    return tuple(wrong for wrong in wrongs if wrong is not None)


def contradiction_text(found: Contradiction, undecided: Collection[str] = ()) -> str:
    """The warning for a person: which entries contradict each other, what they touch, and what to do."""
    lines = ["WARNING: two clocks contradict each other in the ledger, so one of them was wrong:"]
    lines += [f"  {words}" for words in contradiction_words(found)]
    lines += [f"  {subject}: the times of entries {_numbers(own)} depend on it." for subject, own in _shown(found)]
    lines += [f"  Which clock was right decides these limits: {', '.join(undecided)}"] if undecided else []
    return "\n".join([*lines, f"  Say which clock was wrong, and by how much: {COMMAND}"])


def contradiction_words(found: Contradiction) -> tuple[str, ...]:
    """One sentence for each wrong clock; the first twenty."""
    steps = tuple(step_words(step) for step in found.steps[:20])
    return steps or ("entries took the time of the entry before them, which was ahead",)


def contradiction_json(found: Contradiction) -> list[dict[str, Any]]:
    """The form of `wrong_clocks` in the JSON of commands about incidents."""
    touched = {subject: list(own) for subject, own in found.touched.items()}
    return [{"text": text, "touched": touched, "next_step": COMMAND} for text in contradiction_words(found)]


def _shown(found: Contradiction) -> list[tuple[str, tuple[int, ...]]]:
    return list(found.touched.items())[:20]


def _numbers(own: Sequence[int]) -> str:
    more = f" and {len(own) - 20} more" if len(own) > 20 else ""  # noqa: PLR2004  (as many fit a line)
    return f"{', '.join(map(str, own[:20]))}{more}"
