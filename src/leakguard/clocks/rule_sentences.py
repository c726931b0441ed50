"""A clock rule in sentences: what starts it, how long it runs, what ends it, and what each kind of event means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from leakguard.clocks.durations import exact_words, period_words
from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.event_selection import ANYTHING, EventPattern, Selector
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.clocks.selectors import Condition, Side
from leakguard.models.texts import FROM_MEMORY, counted, duration_words

_COMPARED = {
    ">": "is later than", ">=": "is no earlier than", "<": "is earlier than", "<=": "is no later than",
}  # fmt: skip
_STARTS = {
    "instant": "", "next_full_hour": ", counted from the next full hour", "next_day": ", counted from the next day",
}  # fmt: skip


def rule_lines(rule: ClockRule) -> Iterator[str]:
    """The rule, a sentence or a few a line: its law and its own words, each condition, its end, the kinds of events."""
    name = " - ".join(part for part in (rule.law, rule.title) if part) or rule.id
    yield f"Rule: {name}." + (f' "{rule.text}"' if rule.text else "")
    for number, limb in enumerate(rule.limbs):
        name = condition_name(rule, number)
        told = f"{amount_words(limb.amount)} from {selector_words(limb.selector)}{_STARTS[rule.count_from]}"
        yield f"{name}: {told}." if name else f"{told[0].upper()}{told[1:]}."
    if len(rule.limbs) > 1:
        yield f"The {'earliest' if rule.combine == 'min' else 'latest'} of these limits counts."
    for one in rule.except_when:
        yield f"{condition_name(rule, one.limb) or 'It'} does not count where {condition_words(one.condition)}."
    yield from _details(rule)
    if rule.from_memory:
        yield f"This deadline is {FROM_MEMORY}: nobody read it in a source."
    yield f"It ends with {selector_words(rule.ending)}." if rule.ending is not None else "Nothing ends it."
    kinds = [limb.selector for limb in rule.limbs] + ([rule.ending] if rule.ending is not None else [])
    for kind in dict.fromkeys(pick.kind for selector in kinds for pick in selector.picks):
        yield f"`{kind}` means: {meaning_words(kind)}."


def _details(rule: ClockRule) -> Iterator[str]:
    if rule.end_at not in {None, "instant"}:
        named = {"end_of_day": "the end of the day", "end_of_hour": "the end of the hour"}
        yield f"The limit is {named.get(str(rule.end_at), str(rule.end_at))}."
    if rule.rollover != "none":
        at = rule.rollover.rpartition(" ")[2]
        when = "the end of the next working day" if at == rule.rollover else f"{at} on the next working day"
        yield f"A limit on a day off moves to {when}."
    if rule.min_business_days:
        yield f"The period holds at least {counted(rule.min_business_days, 'working day')}."


def condition_name(rule: ClockRule, number: int) -> str:
    """`Condition 1 of 2`; empty where there is but one."""
    return f"Condition {number + 1} of {len(rule.limbs)}" if len(rule.limbs) > 1 else ""


def meaning_words(kind: str) -> str:
    """What a kind of event means: `the breach was confirmed (the law's word)`."""
    before, mark, after = KINDS[kind].meaning.partition("the law's word: ")
    return f"{after} (the law's word)" if mark and not before else KINDS[kind].meaning


@lru_cache(maxsize=4096)
def selector_words(selector: Selector) -> str:
    """`the first `notice_received` or the first `exposure_first_seen`, whichever comes first`."""
    words = " or ".join(map(_pick_words, selector.picks))
    if len(selector.picks) == 1:
        return words
    return f"{words}, whichever comes {'last' if selector.rearms else 'first'}"


def _pick_words(pick: EventPattern) -> str:
    if pick.which == "nth":
        return f"`{pick.kind}` number {pick.n}{_filter_words(pick)}"
    return f"the {pick.which} `{pick.kind}`{_filter_words(pick)}"


def _filter_words(pick: EventPattern) -> str:
    fields = [f"any {key}" if value == ANYTHING else f"{key} {value}" for key, value in pick.filters]
    return f" with {' and '.join(fields)}" if fields else ""


def condition_words(condition: Condition) -> str:
    """`the first `classified` is later than the first `awareness` and 24 h`."""
    return f"{_side_words(condition.left)} {_COMPARED[condition.compare]} {_side_words(condition.right)}"


def _side_words(side: Side) -> str:
    words = selector_words(side.selector)
    if not side.offset:
        return words
    hours, rest = divmod(abs(side.offset), timedelta(hours=1))
    length = duration_words(abs(side.offset)) if rest else f"{hours} h"
    return f"{words} {'plus' if side.offset > timedelta(0) else 'minus'} {length}"


def amount_words(amount: Amount) -> str:
    """`72 h of exact time`, `4 working days`, `1 month of the calendar`."""
    if amount.business_days is not None:
        return counted(amount.business_days, "working day")
    if amount.business_hours is not None:
        return f"{exact_words(amount.business_hours.amount)} of working time"
    if amount.elapsed is not None:
        return f"{exact_words(amount.elapsed)} of exact time"
    if amount.calendar is not None:
        return f"{period_words(amount.calendar)} of the calendar"
    if amount.year_end_plus is not None:
        return f"{period_words(amount.year_end_plus)} after the end of the year, reckoned"
    return "without a fixed limit, counted"
