"""Clocks and how they stand, for a person in columns that fit into 80 characters, and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.clocks.clock_status import ClockStatus, ignored_pauses, to_json
from leakguard.clocks.remarks import doubt_words
from leakguard.clocks.times import rfc3339, zone_of
from leakguard.clocks.verdicts import FAILED
from leakguard.models.texts import FROM_MEMORY, duration_words
from leakguard.outputs.clock_moments import moment_text, said_moments
from leakguard.outputs.styled import StyledText
from leakguard.outputs.terminal import WIDTH, laid_out, wrap
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.unknown_law import unknown_json

if TYPE_CHECKING:
    from leakguard.alerts.forecast import Forecast
    from leakguard.translations.catalogue import Catalogue
    from leakguard.use_cases.alerts.stood_clocks import ClocksAsOf
    from leakguard.use_cases.incidents.unknown_law import UnknownLaw
    from leakguard.use_cases.incidents.watched_laws import WatchedLaws


_NEVER = datetime.max.replace(tzinfo=UTC)
STATE_WORDS = {
    "latent": ("not started", "dim"),
    "running": ("running", "green"),
    "at_risk": ("at risk", "yellow"),
    "due_now": ("due now", "bold red"),
    "overdue": ("OVERDUE", "bold red"),
    "paused": ("paused", "cyan"),
    "met_on_time": ("met on time", "green"),
    "met_late": ("MET LATE", "bold red"),
    "missed": ("MISSED", "bold red"),
    "not_applicable": ("does not apply", "dim"),
}
"""Each state in words, so that no meaning hangs on a colour."""
BY_WORD = ("met by word", "yellow")
"""Ended in time, by the word of a person and no probe."""
_INDENT = 40
"""Where the limits stand: two spaces, fifteen for the state, twenty-three for the time."""


def by_urgency(statuses: Iterable[ClockStatus]) -> list[ClockStatus]:
    """What is late or was missed first, then what runs, the soonest limit first; what has not begun comes last."""
    return sorted(statuses, key=_urgency)


def _urgency(status: ClockStatus) -> tuple[int, datetime]:
    is_open = status.verdict.anchor_at is not None and status.verdict.ended_at is None
    is_begun = status.state.value not in {"latent", "not_applicable"}
    is_wrong = status.has_failed or status.ended_long_before_anchor
    rank = 0 if is_wrong else 1 if is_open and is_begun else 2 if is_begun else 3
    return rank, status.work_by or _NEVER


def state_words(status: ClockStatus, late: Forecast | None) -> tuple[str, str]:
    """The state in words, and its style; a clock whose work no longer fits is at risk before any threshold."""
    if status.ended_long_before_anchor:
        return "check its time", "bold yellow"
    state = "at_risk" if late is not None and status.state.value == "running" else status.state.value
    words, style = BY_WORD if state == "met_on_time" and status.closure_without_probe else STATE_WORDS[state]
    return words, "bold yellow" if status.doubts and "red" not in style else style


def remark_lines(status: ClockStatus) -> Iterator[str]:
    """How it failed before a reopening, what leaves it in doubt, which corrections of system time changed it."""
    for cycle in status.earlier_cycles:
        if cycle.state in FAILED:
            due = f", due {rfc3339(cycle.work_by)}" if cycle.work_by is not None else ""
            yield f"before the incident was reopened: {STATE_WORDS[cycle.state.value][0]}{due}"
    if status.state in FAILED and not status.verdict.is_certain:
        yield "not certain: a time is known only roughly, and the strictest reading of it counts; see clock why"
    for doubt in status.doubts:
        yield printable(f"in doubt: {doubt.text}", longest=600)
    for correction in status.corrections:
        yield printable(correction.text, longest=600)


def forecast_words(late: Forecast) -> str:
    """Which steps remain on the way to the clock's end, and how long they take by their estimates."""
    needs = duration_words(late.needs)
    return f"at risk: {', '.join(printable(step) for step in late.steps)} still need {needs} of work"


def forecast_json(late: Forecast | None) -> dict[str, object]:
    """The work that no longer fits, as plain values; empty where it fits."""
    if late is None:
        return {}
    seconds = int(late.needs.total_seconds())
    return {"forecast": {"steps": list(late.steps), "needs_seconds": seconds, "ready_at": rfc3339(late.ready_at)}}


def clock_text(status: ClockStatus, late: Forecast | None, *, width: int = WIDTH) -> StyledText:
    """The clock's whole name, then state, time and limit in columns; 80 columns are enough for all of it."""
    words, style = state_words(status, late)
    title = f"  {printable(status.rule.title)}" if status.rule.title else ""
    name, *more = wrap(f"{printable(status.id)}{title}", width, hang="  ")
    bold = len(printable(status.id))
    pieces = [(name[:bold], "bold"), (name[bold:], ""), ("".join(f"\n{line}" for line in more), "")]
    limits = _limits(status)
    doubts = doubt_words(words, status.doubts)
    indent = _INDENT if max(map(len, limits)) + _INDENT <= width else 2
    state = [f"  {words:<15}"] if doubts == words else laid_out(doubts, width, indent="  ")
    pieces.append(("".join(f"\n{line}" for line in state), style))
    if doubts != words:
        pieces.append((f"\n  {'':<15}" if indent == _INDENT else "\n  ", ""))
    pieces.append((f"{time_words(status):<23}" if indent == _INDENT else time_words(status), ""))
    for number, limit in enumerate(limits):
        pieces.append((limit if number == 0 and indent == _INDENT else f"\n{' ' * indent}{limit}", ""))
    for remark, mark in _remarks(status, late):
        pieces.append(("".join(f"\n{line}" for line in wrap(remark, width, indent="  ")), mark))
    return StyledText(pieces=tuple(pieces))


def _remarks(status: ClockStatus, late: Forecast | None) -> Iterator[tuple[str, str]]:
    """What else is said of a clock, each with its style."""
    yield from ((line, "yellow") for line in remark_lines(status))
    if status.closure_without_probe:
        yield printable(status.closure_without_probe, longest=600), "yellow"
    if status.ended_long_before_anchor:
        yield f"ended before it began ({status.verdict.ended_event}): check its time", "bold yellow"
    if late is not None:
        yield forecast_words(late), "yellow"


def time_words(status: ClockStatus) -> str:
    """How much is left or by how much it was late; how long it took where there is no limit."""
    late = status.verdict.late_by_seconds
    if late is not None:
        return f"late by {duration_words(timedelta(seconds=late))}"
    if status.remaining_seconds is not None:
        return f"{duration_words(timedelta(seconds=status.remaining_seconds))} left"
    if status.elapsed is None or status.state.value == "not_applicable":
        return "-"
    words = duration_words(status.elapsed[0])
    return f"took {words}" if status.verdict.ended_at is not None else f"for {words}"


def _limits(status: ClockStatus) -> list[str]:
    """The strict limit on the rule's wall clock, then in UTC."""
    if status.work_by is None:
        return (
            [f"without undue delay{status.rule.from_memory_mark}"]
            if status.verdict.anchor_at is not None
            else _awaited(status)
        )
    local = status.work_by.astimezone(zone_of(status.rule.zone or "UTC"))
    lines = [moment_text(local), moment_text(status.work_by)]
    remarks = [FROM_MEMORY] if status.rule.from_memory else []
    return [*lines, *remarks, *(["provisional: not announced yet"] if status.provisional else [])]


def _awaited(status: ClockStatus) -> list[str]:
    """What has to be recorded for a clock to begin: whoever does not know the law's word never starts its clock."""
    picks = (pick for limb in status.rule.limbs for pick in limb.selector.patterns)
    named = dict.fromkeys(
        f"{pick.kind} ({', '.join(pick.required_fields)})" if pick.required_fields else pick.kind for pick in picks
    )
    if status.state.value != "latent":
        return [""]
    return [f"{'or' if number else 'begins with'} {words}" for number, words in enumerate(named)]


def statuses_json(
    statuses: Iterable[ClockStatus], now: datetime, late: Mapping[str, Forecast], laws: WatchedLaws | None,
    unknown: Sequence[UnknownLaw] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Every clock in the order of its rules; `late` has, by clock, the work that no longer fits.

    `unknown` are the duties whose law of the day nobody knows; `None` where the clocks are those of no incident.
    """
    clocks = [to_json(status, now=now) | forecast_json(late.get(status.id)) for status in statuses]
    document = {"now": rfc3339(now), "clocks": clocks} | ({"laws": laws.to_json()} if laws is not None else {})
    return document if unknown is None else document | {"no_rule_for_the_day": unknown_json(unknown)}


def statuses_texts(
    statuses: Sequence[ClockStatus], late: Mapping[str, Forecast], *, width: int
) -> Iterator[StyledText]:
    """A paragraph a clock, and the pauses that do not count."""
    for clock_status in by_urgency(statuses):
        yield clock_text(clock_status, late.get(clock_status.id), width=width)
    for text in ignored_pauses(status.computed for status in statuses):
        lines = wrap(printable(text, longest=2000), width, hang="  ")
        yield from (StyledText(pieces=((line, "yellow"),)) for line in lines)


def why_lines(stood: ClocksAsOf, words: Catalogue) -> Iterator[str]:
    """The arithmetic of each clock, step by step, in a language."""
    for status in stood.statuses:
        yield from (printable(said_moments(line), longest=2000) for line in status.why_in(words.said))


def why_json(stood: ClocksAsOf, words: Catalogue | None = None) -> dict[str, Any]:
    """The first clock as plain values; its sentences in the language of `words`, by default English."""
    first = stood.statuses[0]
    document = to_json(first, now=stood.now)
    return document if words is None else document | {"why": list(first.why_in(words.said))}
