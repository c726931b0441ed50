"""The words behind the arithmetic: the limit and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.clocks.frames import Line
from leakguard.clocks.reckonings import Reckoning
from leakguard.clocks.verdicts import State, Verdict


def ignored_pauses(found: Iterable[Reckoning]) -> Iterator[str]:
    """A line for each pause that does not stop every clock that it is meant for, with the clocks that run on."""
    for event, because, names in ignored_by_clocks(found):
        yield f"Pause {event} is ignored by {', '.join(names)}: the time runs on ({because})."


def ignored_by_clocks(found: Iterable[Reckoning]) -> Iterator[tuple[str, str, list[str]]]:
    """Each pause that is ignored, why, and by which clocks."""
    clocks: dict[tuple[str, str], list[str]] = {}
    for one in found:
        for pause in one.pauses.ignored:
            clocks.setdefault((pause.event, pause.because), []).append(one.rule.id)
    for (event, because), names in clocks.items():
        yield event, because, names


def ending_lines(found: Reckoning, verdict: Verdict) -> tuple[Line, ...]:
    """What follows from the arithmetic."""
    lines: list[Line] = []
    if found.limit is None:
        lines.append(("Nothing that starts it is recorded yet, so the clock does not run.", ()))
    if found.limit is not None and found.limit.calendar_version:
        lines.append(("Working days by {}.", (found.limit.calendar_version,)))
    if found.limit is not None and found.limit.is_provisional:
        lines.append(("The calendar is not announced that far: the limit is provisional.", ()))
    if verdict.work_by is not None:
        lines.append(("Work by {}.", (verdict.work_by,)))
    if found.due_if_late is not None and found.due is not None and found.due_if_late > found.due:
        lines.append(("By the late end of the rough time from which it counts, it would be {}.", (found.due_if_late,)))
    lines += _verdict_lines(found, verdict)
    return tuple(lines)


def _verdict_lines(found: Reckoning, verdict: Verdict) -> list[Line]:
    lines: list[Line] = []
    if found.decision is not None and verdict.state is State.NOT_APPLICABLE:
        event = found.decision
        lines.append(("{} by event {}: {}.", (event.kind.replace("_", " "), event.id, event.reason or _reason(found))))
    if verdict.ended_at is not None:
        lines.append(("Ended by event {} at {}: {}.", (verdict.ended_event, verdict.ended_at, _said(verdict))))
    elif verdict.late_by_seconds is not None:
        lines.append(("It is over by {} seconds.", (verdict.late_by_seconds,)))
    if not verdict.is_certain:
        lines.append(("The times are known only roughly: the other ends would give another verdict.", ()))
    return lines


def _reason(found: Reckoning) -> str:
    rationale = found.decision.fields.get("rationale") if found.decision is not None else None
    return str(rationale or "no reason was recorded")


def _said(verdict: Verdict) -> str:
    if verdict.work_by is None:
        return "there was no fixed limit"
    return f"late by {verdict.late_by_seconds} seconds" if verdict.late_by_seconds is not None else "on time"
