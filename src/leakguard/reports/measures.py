"""Measures of one incident: how long it took from one moment to another, in each cycle, and how that is defined.

A time that is known only roughly makes a range; what has begun and not ended is open, never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_history import ByKind, Cycle, EventHistory
from leakguard.clocks.thresholds import share_used
from leakguard.clocks.verdicts import State, threshold_instants
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event
from leakguard.reports.quantiles import Sample

ACKNOWLEDGED = "alarm_acknowledged"
"""No event but a record of the watchman; its first one in a cycle counts as one here."""
_SEEN = ("detected", "detection", "exposure_first_seen", "exposure_seen_again")
_PROVED = ("remediation_verified", "verified_all_vantages")
_OPEN_AGAIN = ("exposure_seen_again", "exposure_spread")
"""Behind a proof they say that the exposure goes on."""
_OF_ONE_CYCLE = frozenset({*_PROVED, "contained"})
"""Ends that, before the start, belong to the cycle before alone; awareness and filings may be early."""
DEFINITIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "exposure": (("exposure_started", *_SEEN), _PROVED),
    "detection_to_awareness": (_SEEN, ("awareness",)),
    "detection_to_containment": (_SEEN, ("contained",)),
    "notice_to_reading": (("notice_received",), ("notice_read",)),
    "notice_to_acknowledgement": (("notice_received",), (ACKNOWLEDGED,)),
    "notice_to_containment": (("notice_received",), ("contained",)),
    "notice_to_proof": (("notice_received",), _PROVED),
    "awareness_to_filing": (("awareness",), ("filed",)),
    "awareness_to_people": (("awareness",), ("subjects_notified", "individual_notice_sent")),
    "opening_to_closing": (("incident_opened", "reopened"), ("closed",)),
}
"""By name: the kinds of which the earliest event begins it, and those of which the earliest one ends it.

An exposure is ended by a proof behind all sights of it.
"""


class Measure(Frozen):
    """One duration in one cycle; all seconds are of the wall, since pauses belong to clocks."""

    name: str
    cycle: int
    """From one."""
    start: Event | None = None
    end: Event | None = None
    least_seconds: float | None = None
    most_seconds: float | None = None
    is_open: bool = False
    """It has begun, and nothing ended it yet: the seconds are those until now, or until the closing."""
    is_reversed: bool = False
    """The end came before the start, such as awareness by a notice before our own detection: it counts as zero."""

    @property
    def sample(self) -> Sample | None:
        """Its longest reading, for percentiles; nothing while it has not begun."""
        return Sample(self.most_seconds, self.is_open) if self.most_seconds is not None else None


def measures_of(events: Iterable[Event], acknowledged: Sequence[datetime], now: datetime) -> tuple[Measure, ...]:
    """All measures of an incident as believed at `now`, cycle by cycle; `acknowledged` are the times of records."""
    cycles = EventHistory(events, now).view(now).cycles
    before: Cycle | None = None
    found: list[Measure] = []
    for number, cycle in enumerate(cycles, start=1):
        begun = before.closed.occurred_at.earliest if before is not None and before.closed is not None else None
        after = [at for at in acknowledged if begun is None or at >= begun]
        found += (replace(measure, cycle=number) for measure in _of_cycle(cycle, before, after, now))
        before = cycle
    return tuple(found)


def _of_cycle(cycle: Cycle, before: Cycle | None, acknowledged: Sequence[datetime], now: datetime) -> Iterator[Measure]:
    closed = cycle.closed.occurred_at.latest if cycle.closed is not None else now
    for name, (starts, ends) in DEFINITIONS.items():
        start = _first(cycle.anchors, starts)
        if ends == (ACKNOWLEDGED,):
            yield _acknowledgement(name, start, [at for at in acknowledged if at <= closed], closed)
        else:
            yield _measure(name, start, _first(_ends(name, start, cycle, before), ends), closed)


def _ends(name: str, start: Event | None, cycle: Cycle, before: Cycle | None) -> ByKind:
    """What may end a measure: no proof before the exposure was last seen, and nothing early of the cycle before."""
    if name == "exposure":
        sights = [event for kind in _OPEN_AGAIN for event in cycle.anchors.get(kind, ())]
        sights += [start] if start is not None else []
        seen = max((event.occurred_at.earliest for event in sights), default=None)
        return _without(cycle.events, lambda event: seen is not None and event.occurred_at.latest < seen)
    if start is None or before is None:
        return cycle.events
    begun = start.occurred_at.earliest
    earlier = {event.id for kind in _OF_ONE_CYCLE for event in before.events.get(kind, ())}
    return _without(cycle.events, lambda event: event.id in earlier and event.occurred_at.latest < begun)


def _without(events: ByKind, is_out: Callable[[Event], bool]) -> ByKind:
    return {kind: tuple(event for event in found if not is_out(event)) for kind, found in events.items()}


def _acknowledgement(name: str, start: Event | None, acknowledged: Sequence[datetime], until: datetime) -> Measure:
    begun = start.occurred_at if start is not None else None
    at = min((moment for moment in acknowledged if begun is not None and moment >= begun.earliest), default=None)
    if begun is None or at is None:
        return _measure(name, start, None, until)
    least = max(0.0, (at - begun.latest).total_seconds())
    most = (at - begun.earliest).total_seconds()
    return Measure(name=name, cycle=1, start=start, least_seconds=least, most_seconds=most)


def _first(events: ByKind, kinds: Sequence[str]) -> Event | None:
    known = [event for kind in kinds for event in events.get(kind, ())]
    return min(known, key=lambda event: (event.occurred_at.earliest, event.id), default=None)


def _measure(name: str, start: Event | None, end: Event | None, until: datetime) -> Measure:
    if start is None:
        return Measure(name=name, cycle=1, end=end)
    begun = start.occurred_at
    if end is None:
        least, most = (max(0.0, (until - at).total_seconds()) for at in (begun.latest, begun.earliest))
        return Measure(name=name, cycle=1, start=start, least_seconds=least, most_seconds=most, is_open=True)
    least = (end.occurred_at.earliest - begun.latest).total_seconds()
    most = (end.occurred_at.latest - begun.earliest).total_seconds()
    return Measure(
        name=name, cycle=1, start=start, end=end, least_seconds=max(0.0, least), most_seconds=max(0.0, most),
        is_reversed=most < 0,
    )  # fmt: skip


def share_over_threshold(status: ClockStatus) -> float | None:
    """The share of a clock's running time that lay behind its first threshold; nothing without a limit.

    From its anchor to its end or to now; pauses count on both sides, as people wait through them too.
    """
    found = status.computed
    instants = threshold_instants(found)
    if found.limb_deadline is None or not instants or status.state in {State.NOT_APPLICABLE, State.LATENT}:
        return None
    start = found.limb_deadline.anchor.occurred_at.earliest
    until = found.ending_event.occurred_at.latest if found.ending_event is not None else found.at
    whole = (until - start).total_seconds()
    over = (until - max(start, instants[0].at)).total_seconds()
    return max(0.0, over) / whole if whole > 0 else 0.0


def budget_share(status: ClockStatus) -> float | None:
    """The share of the allowed time that was used, or is by now; above one when it was not enough."""
    found = status.computed
    if found.deadline is None or not found.budget:
        return None
    return share_used(
        found.budget,
        found.deadline,
        found.ending_event.occurred_at.latest if found.ending_event is not None else found.at,
    )
