"""When the steps of a response are due: each is a clock of its own, with a share of its parent's time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.durations import parse_exact, parse_threshold
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.models.events import Event
from leakguard.playbooks.shapes import Due, Playbook


def due_times(playbook: Playbook, events: Iterable[Event], now: datetime) -> Mapping[str, datetime]:
    """When each step is due, in UTC; a step without a due time, or whose clock has no anchor yet, is missing.

    `events` are all that is known at `now`.
    Pauses of the parent move the steps too, since each rule is the parent's own with less time.
    """
    dues = {name: step.due for name, step in playbook.steps.items() if step.due is not None}
    rules = [_shortened(playbook.clocks[due.of], due) for due in dues.values()]
    statuses = evaluate(events, rules, Calendars(), now, known_at=EVERYTHING)
    return {name: status.work_by for name, status in zip(dues, statuses, strict=True) if status.work_by is not None}


def _shortened(rule: ClockRule, due: Due) -> ClockRule:
    """The parent's rule with the step's time in every limb and without its end: a step may be done after it."""
    amount = Amount(elapsed=f"PT{_offset(rule, due).total_seconds():f}S")
    limbs = tuple(limb.model_copy(update={"amount": amount}) for limb in rule.limbs)
    return rule.model_copy(update={"limbs": limbs, "end": None})


def _offset(rule: ClockRule, due: Due) -> timedelta:
    """The static checks let a share pass only where the clock is one amount of exact time."""
    if not due.at.endswith("%"):
        return parse_exact(due.at)
    return parse_exact(rule.limbs[0].amount.elapsed or "PT0S") * (parse_threshold(due.at).share or 0)
