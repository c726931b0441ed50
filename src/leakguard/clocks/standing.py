"""Standings: how a clock stands, why, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.clocks.frames import told
from leakguard.clocks.reckonings import Reckoning, seconds
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.thresholds import Point
from leakguard.clocks.times import local_text, rfc3339
from leakguard.clocks.verdicts import FAILED, State, Verdict
from leakguard.clocks.wording import ending_lines, rule_line
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen, as_dict

REVERSED = timedelta(days=1)
"""A clock that ended no more than a day before its anchor is possible: an anchor may be found out late."""


class Standing(Frozen):
    """How one clock stands at one moment."""

    rule: ClockRule
    state: State
    verdict: Verdict
    """The one that is shown: a late filing stays late, whatever was corrected later."""
    as_filed: Verdict | None
    as_corrected: Verdict | None
    earlier_cycles: tuple[Verdict, ...]
    """How the clock ended before the incident was reopened."""
    found: Reckoning
    marks: tuple[Point, ...]
    generation: int
    """0 while latent; rises with every change of anchor or pause."""
    next_change: datetime | None
    remaining_seconds: int | float | None
    """Until the strict limit, negative when it is over; `None` when there is nothing to wait for."""
    budget_used: float | None
    elapsed: tuple[timedelta, timedelta] | None
    """Gross, and net of pauses."""
    unknown_count: int
    """Events that were recorded only after this moment."""

    @property
    def id(self) -> str:
        """The clock's id."""
        return self.rule.id

    @property
    def work_by(self) -> datetime | None:
        """The earliest defensible limit."""
        return self.verdict.work_by

    @property
    def word(self) -> str:
        """`closed by the word of Ada (no probe): trust me`, where that is what ended it; else empty."""
        ended = self.found.ended
        return ended.word if ended is not None and ended.id == self.verdict.ended_event else ""

    @property
    def has_failed(self) -> bool:
        """Whether a deadline was missed, in this cycle or in an earlier one."""
        return any(verdict.state in FAILED for verdict in (self.verdict, *self.earlier_cycles))

    @property
    def began_after_end(self) -> timedelta | None:
        """How long before its anchor the clock ended; `None` where it ended behind it, or did not end."""
        if self.found.limit is None or self.found.ended is None:
            return None
        gap = self.found.limit.anchor.occurred_at.earliest - self.found.ended.occurred_at.latest
        return gap if gap > timedelta(0) else None

    @property
    def is_reversed(self) -> bool:
        """Whether it ended so long before its anchor that one of the two times is wrong."""
        return self.began_after_end is not None and self.began_after_end > REVERSED

    @property
    def calendar_version(self) -> str:
        """Which calendar data the limit rests on; empty where none is used."""
        return self.found.limit.calendar_version if self.found.limit is not None else ""

    @property
    def provisional(self) -> bool:
        """Whether the limit may move when a calendar is announced."""
        return self.found.limit is not None and self.found.limit.is_provisional

    @property
    def why(self) -> tuple[str, ...]:
        """One line a step: rule, anchors, arithmetic, calendar data, verdict."""
        found = self.found
        lines = [*found.trace.lines, *ending_lines(found, self.verdict)]
        if self.word:
            lines.append(("It was {}.", (self.word,)))
        if self.is_reversed:
            lines.append(("Ended before it began ({}): check its time.", (self.verdict.ended_event,)))
        if self.as_filed is not None and self.as_filed is self.verdict and self.as_corrected != self.as_filed:
            lines.append(
                ("That is the verdict on what was known at {}; corrections stand beside it.", (self.verdict.known_at,))
            )
        if self.unknown_count:
            lines.append(("Events recorded only after this moment, and not counted: {}.", (self.unknown_count,)))
        return (rule_line(self.rule), *told(tuple(lines), found.trace.zone))


def to_json(standing: Standing, *, now: datetime) -> dict[str, Any]:
    """Plain values; times in UTC, and the strict limit beside it on the wall clock of the rule's zone."""
    verdict, found, zone = standing.verdict, standing.found, standing.found.trace.zone
    return {
        "id": standing.id,
        "title": standing.rule.title or None,
        "law": standing.rule.law or None,
        "soft": standing.rule.soft,
        "state": standing.state.value,
        "anchor_event": verdict.anchor_event,
        "anchor_at": _stamp(verdict.anchor_at),
        "anchor_latest": _stamp(found.limit.anchor.occurred_at.latest) if found.limit is not None else None,
        "work_by": _stamp(verdict.work_by),
        "work_by_local": local_text(verdict.work_by, zone) if verdict.work_by is not None else None,
        "work_by_if_anchor_is_late": _stamp(found.due_if_late),
        "work_by_before_extension": _stamp(found.original_due),
        "statutory_limit": _stamp(verdict.statutory_limit),
        "statutory_limit_local": local_text(verdict.statutory_limit, zone) if verdict.statutory_limit else None,
        "zone": zone.key,
        "provisional": standing.provisional,
        "calendar_version": standing.calendar_version or None,
        "remaining_seconds": standing.remaining_seconds,
        "budget_used": standing.budget_used,
        "elapsed_seconds": seconds(standing.elapsed[0]) if standing.elapsed else None,
        "elapsed_net_seconds": seconds(standing.elapsed[1]) if standing.elapsed else None,
        "took": _took(found),
        **_ended_json(standing),
        "late_by_seconds": verdict.late_by_seconds,
        "within_statutory_limit": verdict.within_statutory_limit,
        "certain": verdict.is_certain,
        "ignored_pauses": [as_dict(one) for one in found.pauses.ignored],
        "generation": standing.generation,
        "thresholds": [_mark_json(mark, now) for mark in standing.marks],
        "next_change": _stamp(standing.next_change),
        "as_filed": _verdict_json(standing.as_filed),
        "as_corrected": _verdict_json(standing.as_corrected),
        "earlier_cycles": [_verdict_json(one) for one in standing.earlier_cycles],
        "why": list(standing.why),
    } | {"closed_by_word": standing.word or None}


def _ended_json(standing: Standing) -> dict[str, Any]:
    gap = standing.began_after_end
    return {
        "ended_event": standing.verdict.ended_event,
        "ended_at": _stamp(standing.verdict.ended_at),
        "ended_before_anchor_seconds": seconds(gap) if gap is not None else None,
    }


def _mark_json(mark: Point, now: datetime) -> dict[str, Any]:
    return {"threshold": mark.text, "at": rfc3339(mark.at), "passed": mark.at <= now}


def _stamp(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment is not None else None


def _took(found: Reckoning) -> dict[str, int | float] | None:
    """How long it took from anchor to end: a range where either is known only roughly."""
    if found.limit is None or found.ended is None:
        return None
    start, end = found.limit.anchor.occurred_at, found.ended.occurred_at
    least, most = end.earliest - start.latest, end.latest - start.earliest
    zero = timedelta(0)
    return {"least_seconds": seconds(max(zero, least)), "most_seconds": seconds(max(zero, most))}


def _verdict_json(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "state": verdict.state.value,
        "known_at": rfc3339(verdict.known_at),
        "anchor_event": verdict.anchor_event,
        "anchor_at": _stamp(verdict.anchor_at),
        "work_by": _stamp(verdict.work_by),
        "statutory_limit": _stamp(verdict.statutory_limit),
        "ended_event": verdict.ended_event,
        "ended_at": _stamp(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds,
        "within_statutory_limit": verdict.within_statutory_limit,
        "certain": verdict.is_certain,
    }


def exit_code(standings: Sequence[Standing]) -> ExitCode:
    """4 when a deadline was missed, in this cycle or in an earlier one; 3 when a law's clock ended before it began."""
    if any(one.has_failed for one in standings):
        return ExitCode.DEADLINE_MISSED
    return ExitCode.UNFINISHED if any(one.is_reversed and one.rule.law for one in standings) else ExitCode.CLEAN
