"""Evaluate clocks: events, rules, calendars and a moment in; how every clock stands then out.

Pure: the same arguments give the same standings, whatever the order of the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.clocks.adjustments import MOVING_KINDS, concerns
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.limits import anchors_of, kinds_of
from leakguard.clocks.reckonings import Reckoning, reckon, seconds
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import ZERO, overlap
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import Story, View
from leakguard.clocks.thresholds import Point, share_used
from leakguard.clocks.verdicts import LATCHED, State, Verdict, judge, next_change, points
from leakguard.models.events import Event
from leakguard.models.records import CLOCK_MENDED

_OVER = LATCHED | {State.LATENT, State.NOT_APPLICABLE}


def evaluate(
    events: Iterable[Event], rules: Sequence[ClockRule], calendars: Calendars, now: datetime,
    *, known_at: datetime | None = None,
) -> tuple[Standing, ...]:  # fmt: skip
    """How each clock stands at `now` (UTC), in the order of the rules.

    Only what was recorded and had happened by `known_at`, by default `now`, counts. `stories.EVERYTHING` is for the
    present of a ledger: what stands in it is known, whatever the clock said by which it was recorded.
    Raises `UsageProblem` for a calendar or a schedule that cannot be used.
    """
    story = Story(events, now, known_at)
    return tuple(_stand(rule, story, calendars) for rule in rules)


class StandingsOnDemand(Mapping[str, Standing]):
    """How each clock stands, by its id; each is reckoned when it is asked for, since most laws do not apply."""

    def __init__(
        self, events: Iterable[Event], rules: Iterable[ClockRule], calendars: Calendars, now: datetime,
        *, known_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """As `evaluate`."""
        self._rules = {rule.id: rule for rule in rules}
        self._story, self._calendars = Story(events, now, known_at), calendars
        self._known: dict[str, Standing] = {}

    def __getitem__(self, name: str) -> Standing:
        """Raises `UsageProblem` as `evaluate`."""
        if name not in self._known:
            self._known[name] = _stand(self._rules[name], self._story, self._calendars)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """The ids."""
        return iter(self._rules)

    def __len__(self) -> int:
        """How many clocks."""
        return len(self._rules)

    def __contains__(self, name: object) -> bool:
        """Whether it is one of them; nothing is reckoned."""
        return name in self._rules


def _stand(rule: ClockRule, story: Story, calendars: Calendars) -> Standing:
    view = story.view(story.known_at)
    judged = [_judged(rule, story, calendars, number) for number in range(len(view.cycles))]
    current = len(judged) - 1
    # A reopened incident must not hide a clock of a cycle before that ran on into the last one.
    reopened_at = view.reopened_at(current - 1)
    if reopened_at is not None and judged[-1][1].state is State.LATENT:
        ran_on = [number for number, one in enumerate(judged) if _runs_or_ended_since(one, reopened_at)]
        current = ran_on[-1] if ran_on else current
    elif rule.is_law:
        # Nor may a new beginning move the limit of a law that nobody has met: the first that still runs counts.
        current = next((number for number, one in enumerate(judged) if one[1].state not in _OVER), current)
    found, verdict, marks = judged[current]
    begun = [(number, one[1]) for number, one in enumerate(judged[:current]) if one[1].state is not State.LATENT]
    earlier = tuple(_shown(one, _as_filed(rule, story, calendars, number, one)) for number, one in begun)
    filed = _as_filed(rule, story, calendars, current, verdict)
    return _standing(rule, story, found, verdict, marks, filed=filed, earlier=earlier)


def _runs_or_ended_since(judged: tuple[Reckoning, Verdict, tuple[Point, ...]], since: datetime) -> bool:
    found, verdict, _ = judged
    return verdict.state not in _OVER or (found.ended is not None and found.ended.occurred_at.earliest >= since)


def _judged(
    rule: ClockRule, story: Story, calendars: Calendars, number: int, at: datetime | None = None
) -> tuple[Reckoning, Verdict, tuple[Point, ...]]:
    """One cycle on what was known at a moment, by default now."""
    moment = at or story.now
    view = story.view(at or story.known_at)
    number = min(number, len(view.cycles) - 1)
    found = reckon(rule, view.cycles[number], calendars, moment)
    reopened_at = view.reopened_at(number)
    if reopened_at is not None and found.limit is not None and found.ended is None and found.decision is None:
        # A promise that was missed when it was reopened stays so; what ran on, as laws always do, is the new cycle's.
        was_missed = found.due is not None and found.due < reopened_at and not rule.is_law
        closed = view.cycles[number if was_missed else -1].closed
        found = reckon(rule, view.carried_on(number, closed=closed), calendars, moment)
    marks = points(found) if found.ended is None else ()
    return found, judge(found, marks), marks


def _as_filed(rule: ClockRule, story: Story, calendars: Calendars, number: int, verdict: Verdict) -> Verdict | None:
    """The verdict on what was known when the ending of this cycle was first recorded; it never vanishes."""
    if verdict.state is State.MISSED:
        return verdict
    ending = rule.ending
    if ending is None:
        return None
    first = next((event.recorded_at for event in story.events if ending.matches(event)), None)
    if first is None:
        return None
    moments = list(dict.fromkeys(event.recorded_at for event in story.events if event.recorded_at >= first))
    for moment in moments:
        if moment == moments[-1] and verdict.state in LATCHED:
            return verdict
        if number >= len(story.view(moment).cycles):  # it had not begun, and what was filed then ended the one before
            continue
        before = _judged(rule, story, calendars, number, moment)[1]
        if before.state in LATCHED:
            return before
    return None


def _generation(rule: ClockRule, story: Story) -> int:
    """How often the anchors or the pauses of a clock have changed, in the order in which that was recorded."""
    kinds = kinds_of(rule) | MOVING_KINDS
    relevant = [event for event in story.events if event.kind in kinds or event.corrects is not None]
    generation = 0
    last: object = None
    for moment in dict.fromkeys(event.recorded_at for event in relevant):
        basis = _basis(rule, story.view(moment))
        if basis is not None and basis != last:
            generation += 1
            last = basis
    return generation


def _basis(rule: ClockRule, view: View) -> object:
    """What a clock is reckoned from; `None` while no anchor is known."""
    anchors = anchors_of(rule, view.cycles[-1].anchors)
    if not any(anchors):
        return None
    moving = [event for kind in sorted(MOVING_KINDS) for event in view.by_kind.get(kind, ())]
    moved = [
        event.id
        for event in moving
        if event.kind in {"reopened", CLOCK_MENDED}
        or concerns(event, rule)
        or (event.kind == "paused" and _pauses_all(rule, event))
    ]
    when = [(anchor.id, anchor.occurred_at.earliest) if anchor is not None else None for anchor in anchors]
    return when, moved


def _pauses_all(rule: ClockRule, event: Event) -> bool:
    return rule.pausable == "with_basis" and "clock" not in event.fields and "obligation" not in event.fields


def _standing(
    rule: ClockRule,
    story: Story,
    found: Reckoning,
    verdict: Verdict,
    marks: tuple[Point, ...],
    *,
    filed: Verdict | None,
    earlier: tuple[Verdict, ...],
) -> Standing:
    shown = _shown(verdict, filed)
    is_over = shown.state in _OVER
    return Standing(
        rule=rule,
        state=shown.state,
        verdict=shown,
        as_filed=filed,
        as_corrected=verdict if filed is not None or verdict.state in LATCHED else None,
        earlier_cycles=earlier,
        found=found,
        marks=marks,
        generation=_generation(rule, story),
        next_change=next_change(found, shown.state, marks),
        remaining_seconds=None if is_over or found.due is None else seconds(found.due - story.now),
        budget_used=_budget_used(found),
        elapsed=_elapsed(found),
        unknown_count=story.unknown_count,
    )


def _shown(verdict: Verdict, filed: Verdict | None) -> Verdict:
    """What was late when it was filed stays late, whatever is corrected afterwards."""
    was_late = filed is not None and filed.state is State.MET_LATE and verdict.state is State.MET_ON_TIME
    return filed if was_late and filed is not None else verdict


def _until(found: Reckoning) -> datetime:
    return found.ended.occurred_at.latest if found.ended is not None else found.at


def _budget_used(found: Reckoning) -> float | None:
    budget = found.budget
    return share_used(budget, found.due, _until(found)) if found.due is not None and budget else None


def _elapsed(found: Reckoning) -> tuple[timedelta, timedelta] | None:
    """Gross and net of pauses, from the anchor to the end or to now."""
    if found.limit is None:
        return None
    start, end = found.limit.anchor.occurred_at.earliest, _until(found)
    gross = max(ZERO, end - start)
    return gross, gross - overlap(found.pauses.spans, start, end)
