"""What is remarked on the clocks of an incident: what leaves them in doubt, and which mends changed them.

The one place where it is decided whether the state of a clock is in doubt; whatever shows a clock shows these remarks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.remarks import CorrectionRemark, Doubt, Remarks
from leakguard.clocks.verdicts import State
from leakguard.ledger.system_time_corrections import SystemTimeCorrection
from leakguard.models.event_records import event_id
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.ports import Journal
from leakguard.use_cases.incidents.playbook_closure import CLAIMS
from leakguard.use_cases.incidents.recorded_closures import contradictions
from leakguard.use_cases.proofs.clock_contradictions import Contradiction, CorrectedStore, either_clock
from leakguard.use_cases.proofs.clock_doubts import COMMAND
from leakguard.use_cases.proofs.clock_touched import ClockStore

LEDGER = Doubt(text="two clocks of the ledger contradict each other", see=COMMAND)
MACHINE = Doubt(text="by the ledger it is overdue, by this machine's clock it is not", see=COMMAND)
"""Doubts about clocks of machines: inside the ledger, and between the ledger and this machine."""
_MET = frozenset({State.MET_ON_TIME, State.MET_LATE})


class RemarkedStore(ClockStore, Journal, Protocol):
    """What the remarks need from the store."""


class Readable(Protocol):
    """Where the records of an incident are read."""

    def read(self, subject: str) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence."""


Read = Callable[[Readable], tuple[ClockStatus, ...]]
"""How the clocks of the incident stand by its records as they are read there."""


def remarks_on(
    store: RemarkedStore, incident: str, found: Sequence[ClockStatus], read: Read, *,
    contradiction: Contradiction | None = None, later: Sequence[ClockStatus] = (), known_at: datetime | None = None,
) -> Remarks:  # fmt: skip
    """The remarks on the clocks of an incident, which `found` shows as they are read now.

    `contradiction` are the clocks of the ledger that contradict each other and touch the incident; `later` is how the
    clocks stand by the ledger where that is ahead of this machine's clock. Of probes, those count that were recorded by
    `known_at`; all of them without it.
    """
    doubts: dict[str, tuple[Doubt, ...]] = {}
    undecided = _by_either_clock(store, found, read, contradiction) if contradiction is not None else frozenset()
    overdue = {then.id for status, then in zip(found, later, strict=False) if then.has_failed and not status.has_failed}
    looks = _open_by_the_last_look(
        tuple(record for record in store.read(incident) if known_at is None or record.recorded_at <= known_at)
    )
    for status in found:
        own = (*((LEDGER,) if status.id in undecided else ()), *((MACHINE,) if status.id in overdue else ()))
        own = (*own, *looks.get(status.verdict.ended_event or "", ())) if status.state in _MET else own
        if own:
            doubts[status.id] = own
    return Remarks(doubts=doubts, corrections=_corrections(store, incident, found, read))


def clocks_in_doubt(remarks: Remarks, doubt: Doubt) -> tuple[str, ...]:
    """The clocks that this leaves in doubt."""
    return tuple(clock for clock, doubts in remarks.doubts.items() if doubt in doubts)


def _by_either_clock(
    store: ClockStore, found: Sequence[ClockStatus], read: Read, contradiction: Contradiction
) -> frozenset[str]:
    """The clocks that stand otherwise by one of two clocks that contradict each other."""
    readings = [read(journal) for journal in either_clock(store, contradiction)]
    return frozenset(status.id for status, *others in zip(found, *readings, strict=True) if _differs(status, others))


def _differs(status: ClockStatus, others: Sequence[ClockStatus]) -> bool:
    return any(
        (status.has_failed, status.verdict.ended_event, status.work_by)
        != (other.has_failed, other.verdict.ended_event, other.work_by)
        for other in others
    )


def _open_by_the_last_look(records: Sequence[KeptRecord]) -> Mapping[str, tuple[Doubt, ...]]:
    """By event that claims closure: the last looks that found it still open."""
    doubts = tuple(
        Doubt(
            text=f"the last probe found {look.finding} still open, at {to_z(look.at)} in run {look.run}",
            see=f"leakguard scan show {look.finding}",
        )
        for look in contradictions(records)
    )
    return {event_id(record.sequence): doubts for record in records if record.kind in CLAIMS} if doubts else {}


def _corrections(
    store: RemarkedStore, incident: str, found: Sequence[ClockStatus], read: Read
) -> Mapping[str, tuple[CorrectionRemark, ...]]:
    """By clock: the mends without which it would stand otherwise, each held against the mends before it."""
    corrections = store.clock_corrections()
    changed: dict[str, tuple[CorrectionRemark, ...]] = {status.id: () for status in found}
    for correction in corrections.all:
        before, after = (
            CorrectedStore(store, corrections.before(correction)),
            CorrectedStore(store, corrections.until(correction)),
        )
        if all(record == other for record, other in zip(before.read(incident), after.read(incident), strict=True)):
            continue
        for clock_status, other in zip(read(before), read(after), strict=True):
            if _comparable(clock_status) != _comparable(other):
                changed[clock_status.id] = (
                    *changed.get(clock_status.id, ()),
                    _remark_of(correction, _at(correction, clock_status)),
                )
    return changed


def _comparable(status: ClockStatus) -> tuple[object, ...]:
    verdict = status.verdict
    return (
        status.state, status.has_failed, verdict.anchor_at, verdict.work_by, verdict.statutory_limit,
        verdict.ended_event,
        verdict.ended_at, verdict.late_by_seconds,
    )  # fmt: skip


def _at(correction: SystemTimeCorrection, status: ClockStatus) -> datetime:
    return correction.at or status.computed.at


def _remark_of(correction: SystemTimeCorrection, at: datetime) -> CorrectionRemark:
    return CorrectionRemark(
        entry=correction.sequence,
        at=at,
        by=correction.by,
        second_person=correction.second_person,
        reason=correction.reason,
    )
