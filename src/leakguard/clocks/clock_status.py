"""The status of a clock: how it stands, why, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.clocks.computations import Computation, seconds
from leakguard.clocks.phrases import Line
from leakguard.clocks.remarks import CorrectionRemark, Doubt, Remarks
from leakguard.clocks.rule_sentences import rule_lines
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.sentences import Say, english, render
from leakguard.clocks.spans import ZERO
from leakguard.clocks.thresholds import ThresholdInstant
from leakguard.clocks.times import local_text, rfc3339
from leakguard.clocks.verdicts import FAILED, ClockVerdict, State, conclusion_lines
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen, as_dict, replace


def ignored_pauses(computed: Iterable[Computation]) -> Iterator[str]:
    """A line for each pause that some clock ignores, with the clocks that ignore it."""
    for event, because, names in ignored_by_clocks(computed):
        yield f"Pause {event} is ignored by {', '.join(names)}: the time runs on ({because})."


def ignored_by_clocks(computed: Iterable[Computation]) -> Iterator[tuple[str, str, list[str]]]:
    """Each pause that is ignored, why, and by which clocks."""
    clocks: dict[tuple[str, str], list[str]] = {}
    for computation in computed:
        for pause in computation.pauses.ignored:
            clocks.setdefault((pause.event, pause.because), []).append(computation.rule.id)
    for (event, because), names in clocks.items():
        yield event, because, names


_WAS_MISSED = "Before the incident was reopened, it was due at {} and was missed."
_WAS_LATE = "Before the incident was reopened, it was due at {} and met late, by event {} at {}."
_IS_NOT_REPLACED = (
    "That is the verdict on what was known at {}. Later corrections give another one, which does not replace it."
)
MAX_PLAUSIBLE_GAP = timedelta(days=1)
"""An ending event at most this long before the anchor is accepted, since the anchor may have been established late. A
larger gap means that one of the two times is wrong."""


class ClockStatus(Frozen):
    """How one clock stands at one moment."""

    rule: ClockRule
    state: State
    verdict: ClockVerdict
    """The one that is shown: a late filing stays late, whatever was corrected later."""
    first_final_verdict: ClockVerdict | None
    """The first final verdict of the cycle (see `event_history.Cycle`); `None` until there is one. JSON: `as_filed`.

    It may be `MISSED`, or on an ending that is no filing. No later correction changes it.
    """
    as_corrected: ClockVerdict | None
    """The verdict on all that is known; `None` while it is not final and there is no `first_final_verdict`."""
    earlier_cycles: tuple[ClockVerdict, ...]
    """How the clock stood in the cycles before the incident was reopened."""
    computed: Computation
    threshold_instants: tuple[ThresholdInstant, ...]
    generation: int
    """Rises with every change of its anchors or of any event in `MOVING_KINDS` that concerns it; 0 before an anchor."""
    next_change: datetime | None
    """See `verdicts.next_change`."""
    remaining_seconds: int | float | None
    """Until the strict deadline, negative when it is over; `None` when there is nothing to wait for."""
    budget_used: float | None
    """See `thresholds.share_used`; `None` without a deadline."""
    elapsed: tuple[timedelta, timedelta] | None
    """From the anchor to the end or to now: gross, and net of pauses; `None` without an anchor."""
    recorded_later_count: int
    """How many events were recorded only after this moment."""
    doubts: tuple[Doubt, ...] = ()
    """What leaves this state in doubt."""
    corrections: tuple[CorrectionRemark, ...] = ()
    """The corrections of system time that changed its deadline or its verdict, in their order."""

    @property
    def id(self) -> str:
        """The clock's id."""
        return self.rule.id

    @property
    def work_by(self) -> datetime | None:
        """The deadline by the strict reading."""
        return self.verdict.work_by

    @property
    def closure_without_probe(self) -> str:
        """If a person's word, and no probe, ended the clock: the text that says so. JSON: `closed_by_word`."""
        ended = self.computed.ending_event
        return ended.word if ended is not None and ended.id == self.verdict.ended_event else ""

    @property
    def has_failed(self) -> bool:
        """Whether the clock has failed (see `FAILED`), in this cycle or an earlier one."""
        return any(verdict.state in FAILED for verdict in (self.verdict, *self.earlier_cycles))

    @property
    def gap_from_end_to_anchor(self) -> timedelta | None:
        """How long before its anchor the clock ended; `None` if it ended at or after its anchor, or has not ended."""
        if self.computed.limb_deadline is None or self.computed.ending_event is None:
            return None
        gap = self.computed.limb_deadline.anchor.occurred_at.earliest - self.computed.ending_event.occurred_at.latest
        return gap if gap > ZERO else None

    @property
    def ended_long_before_anchor(self) -> bool:
        """Whether it ended so long before its anchor that one of the two times is wrong."""
        return self.gap_from_end_to_anchor is not None and self.gap_from_end_to_anchor > MAX_PLAUSIBLE_GAP

    @property
    def calendar_version(self) -> str:
        """Which calendar data the deadline rests on; empty where none is used."""
        return self.computed.limb_deadline.calendar_version if self.computed.limb_deadline is not None else ""

    @property
    def provisional(self) -> bool:
        """Whether the deadline may move when a calendar is announced."""
        return self.computed.limb_deadline is not None and self.computed.limb_deadline.is_provisional

    @property
    def why(self) -> tuple[str, ...]:
        """One line for each step: rule, anchors, computation, calendar data, verdict."""
        return self.why_in(english)

    def why_in(self, say: Say) -> tuple[str, ...]:
        """As `why`, in the language of `say`."""
        computed = self.computed
        lines = [*computed.trace.lines, *conclusion_lines(computed, self.verdict)]
        if self.closure_without_probe:
            lines.append(("It was {}.", (self.closure_without_probe,)))
        if self.ended_long_before_anchor:
            text = "Event {} ended it before it began: check the time of that event."
            lines.append((text, (self.verdict.ended_event,)))
        first = self.first_final_verdict
        if first is not None and first is self.verdict and self.as_corrected != first:
            lines.append((_IS_NOT_REPLACED, (self.verdict.judged_at,)))
        lines += [*self._earlier(), *self._remarks()]
        if self.recorded_later_count:
            lines.append(("Events recorded only after this moment, and not counted: {}.", (self.recorded_later_count,)))
        return render((*rule_lines(self.rule), *lines), computed.trace.zone, say)

    def _earlier(self) -> list[Line]:
        """How it failed before the incident was reopened; nothing of a cycle that is well."""
        failed = [cycle for cycle in self.earlier_cycles if cycle.state in FAILED]
        return [
            (_WAS_MISSED, (cycle.work_by,))
            if cycle.ended_at is None
            else (_WAS_LATE, (cycle.work_by, cycle.ended_event, cycle.ended_at))
            for cycle in failed
        ]

    def _remarks(self) -> list[Line]:
        corrections: list[Line] = [
            ("It was {}: {}", (correction.text, correction.reason)) for correction in self.corrections
        ]
        return [*corrections, *(("This is in doubt: {}. See: {}", (doubt.text, doubt.see)) for doubt in self.doubts)]


def remarked(statuses: Iterable[ClockStatus], remarks: Remarks) -> tuple[ClockStatus, ...]:
    """The statuses, each with the remarks on its clock."""
    return tuple(
        replace(status, doubts=remarks.doubts.get(status.id, ()), corrections=remarks.corrections.get(status.id, ()))
        for status in statuses
    )


def to_json(status: ClockStatus, *, now: datetime) -> dict[str, Any]:
    """Plain values; times in UTC, deadlines also on the wall clock of the rule's zone."""
    verdict, computed, zone = status.verdict, status.computed, status.computed.trace.zone
    return {
        "id": status.id,
        "title": status.rule.title or None,
        "law": status.rule.law or None,
        "soft": status.rule.soft,
        "state": status.state.value,
        **_anchor_json(status),
        "work_by": _rfc3339_or_none(verdict.work_by),
        "work_by_local": local_text(verdict.work_by, zone) if verdict.work_by is not None else None,
        "work_by_if_anchor_is_late": _rfc3339_or_none(computed.deadline_by_latest_anchor),
        "work_by_before_extension": _rfc3339_or_none(computed.deadline_before_extensions),
        "statutory_limit": _rfc3339_or_none(verdict.statutory_limit),
        "statutory_limit_local": local_text(verdict.statutory_limit, zone) if verdict.statutory_limit else None,
        "zone": zone.key,
        "provisional": status.provisional,
        "calendar_version": status.calendar_version or None,
        "remaining_seconds": status.remaining_seconds,
        "budget_used": status.budget_used,
        "elapsed_seconds": seconds(status.elapsed[0]) if status.elapsed else None,
        "elapsed_net_seconds": seconds(status.elapsed[1]) if status.elapsed else None,
        "took": _took(computed),
        **_ended_json(status),
        "late_by_seconds": verdict.late_by_seconds,
        "within_statutory_limit": verdict.within_statutory_limit,
        "certain": verdict.is_certain,
        "ignored_pauses": [as_dict(pause) for pause in computed.pauses.ignored],
        "generation": status.generation,
        "thresholds": [_threshold_json(instant, now) for instant in status.threshold_instants],
        "next_change": _rfc3339_or_none(status.next_change),
        "as_filed": _verdict_json(status.first_final_verdict),
        "as_corrected": _verdict_json(status.as_corrected),
        "earlier_cycles": [_verdict_json(earlier_cycle) for earlier_cycle in status.earlier_cycles],
        "why": list(status.why),
        **_remarks_json(status),
    }


def _anchor_json(status: ClockStatus) -> dict[str, Any]:
    limb_deadline = status.computed.limb_deadline
    return {
        "anchor_event": status.verdict.anchor_event,
        "anchor_at": _rfc3339_or_none(status.verdict.anchor_at),
        "anchor_latest": _rfc3339_or_none(limb_deadline.anchor.occurred_at.latest)
        if limb_deadline is not None
        else None,
    }


def _remarks_json(status: ClockStatus) -> dict[str, Any]:
    return {
        "from_memory": status.rule.from_memory,
        "closed_by_word": status.closure_without_probe or None,
        "in_doubt": [doubt.to_json() for doubt in status.doubts],
        "mended_by": [correction.to_json() for correction in status.corrections],
    }


def _ended_json(status: ClockStatus) -> dict[str, Any]:
    gap = status.gap_from_end_to_anchor
    return {
        "ended_event": status.verdict.ended_event,
        "ended_at": _rfc3339_or_none(status.verdict.ended_at),
        "ended_before_anchor_seconds": seconds(gap) if gap is not None else None,
    }


def _threshold_json(instant: ThresholdInstant, now: datetime) -> dict[str, Any]:
    return {"threshold": instant.text, "at": rfc3339(instant.at), "passed": instant.at <= now}


def _rfc3339_or_none(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment is not None else None


def _took(computed: Computation) -> dict[str, int | float] | None:
    """How long it took from anchor to end: a range where either is known only roughly."""
    if computed.limb_deadline is None or computed.ending_event is None:
        return None
    start, end = computed.limb_deadline.anchor.occurred_at, computed.ending_event.occurred_at
    least, most = end.earliest - start.latest, end.latest - start.earliest
    return {"least_seconds": seconds(max(ZERO, least)), "most_seconds": seconds(max(ZERO, most))}


def _verdict_json(verdict: ClockVerdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "state": verdict.state.value,
        "known_at": rfc3339(verdict.judged_at),
        "anchor_event": verdict.anchor_event,
        "anchor_at": _rfc3339_or_none(verdict.anchor_at),
        "work_by": _rfc3339_or_none(verdict.work_by),
        "statutory_limit": _rfc3339_or_none(verdict.statutory_limit),
        "ended_event": verdict.ended_event,
        "ended_at": _rfc3339_or_none(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds,
        "within_statutory_limit": verdict.within_statutory_limit,
        "certain": verdict.is_certain,
    }


def exit_code(statuses: Sequence[ClockStatus]) -> ExitCode:
    """`DEADLINE_MISSED` if a clock has failed in any cycle; `UNFINISHED` if a state is in doubt; else `CLEAN`.

    A state is in doubt by a remark, or if a clock that names a law, even a soft one, ended more than a day before its
    anchor.
    """
    if any(status.has_failed for status in statuses):
        return ExitCode.DEADLINE_MISSED
    is_doubtful = any(status.doubts or (status.ended_long_before_anchor and status.rule.law) for status in statuses)
    return ExitCode.UNFINISHED if is_doubtful else ExitCode.CLEAN
