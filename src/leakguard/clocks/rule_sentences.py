"""A clock rule in sentences: what starts it, how long it runs, what ends it, and what each kind of event means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from leakguard.clocks.durations import exact_parts, period_parts
from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.event_selection import ANYTHING, EventPattern, Selector
from leakguard.clocks.phrases import JoinedPhrases, Phrase, Translatable
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.clocks.selectors import Comparison, ComparisonSide, parse_selector
from leakguard.models.texts import duration_words

_COMPARED = {
    ">": "{} is later than {}", ">=": "{} is no earlier than {}", "<": "{} is earlier than {}",
    "<=": "{} is no later than {}",
}  # fmt: skip
_STARTS = {
    "instant": "{} from {}", "next_full_hour": "{} from {}, counted from the next full hour",
    "next_day": "{} from {}, counted from the next day",
}  # fmt: skip
_YEAR_END = "{} after the end of the year of {}"
"""As `_STARTS`, for `year_end_plus`: where counting starts does not move such a deadline."""
_WHICH = {
    "first": ("the first `{}`", "the first `{}` with {}"), "last": ("the last `{}`", "the last `{}` with {}"),
    "nth": ("`{}` number {}", "`{}` number {} with {}"),
}  # fmt: skip
"""By `EventPattern.which`: the message without filters, and with them."""
_ENDS = {"end_of_day": "The limit is the end of the day.", "end_of_hour": "The limit is the end of the hour."}


def rule_lines(rule: ClockRule) -> Iterator[Phrase]:
    """The rule in lines of one or a few sentences: law, own words, each condition, its end, the kinds of events."""
    parts = tuple(Translatable(part) for part in (rule.law, rule.title) if part)
    name = JoinedPhrases(" - ", parts or (rule.id,))
    yield Phrase('Rule: {}. "{}"', (name, Translatable(rule.text))) if rule.text else Phrase("Rule: {}.", (name,))
    for number, limb in enumerate(rule.limbs):
        which = limb_label(rule, number)
        amount = amount_phrase(limb.amount, begins=which is None)
        template = _STARTS[rule.count_from] if limb.amount.year_end_plus is None else _YEAR_END
        start = Phrase(template, (amount, selector_phrase(limb.selector)))
        yield Phrase("{}: {}.", (which, start)) if which is not None else Phrase("{}.", (start,))
    if len(rule.limbs) > 1:
        is_first = rule.combine == "min"
        yield Phrase("The earliest of these limits counts." if is_first else "The latest of these limits counts.")
    for exception in rule.except_when:
        words = comparison_phrase(exception.comparison)
        yield Phrase("{} does not count where {}.", (limb_label(rule, exception.limb) or Phrase("It"), words))
    if rule.not_before is not None:
        yield Phrase("The count never starts before {}.", (selector_phrase(parse_selector(rule.not_before)),))
    yield from _details(rule)
    if rule.from_memory:
        yield Phrase("This limit is from memory: nobody read it in a source.")
    ends = rule.ending
    yield Phrase("It ends with {}.", (selector_phrase(ends),)) if ends is not None else Phrase("Nothing ends it.")
    kinds = [limb.selector for limb in rule.limbs] + ([ends] if ends is not None else [])
    for kind in dict.fromkeys(pattern.kind for selector in kinds for pattern in selector.patterns):
        yield Phrase("`{}` means: {}.", (kind, _meaning(kind), Translatable(kind)))


def _details(rule: ClockRule) -> Iterator[Phrase]:
    if rule.end_at not in {None, "instant"}:
        end = str(rule.end_at)
        yield Phrase(_ENDS[end]) if end in _ENDS else Phrase("The limit is {}.", (end,))
    if rule.rollover != "none":
        at = rule.rollover.rpartition(" ")[2]
        if at == rule.rollover:
            yield Phrase("A limit on a day off moves to the end of the next working day.")
        else:
            yield Phrase("A limit on a day off moves to {} on the next working day.", (at,))
    if rule.min_business_days:
        yield Phrase("The period holds at least {}.", (_working_days(rule.min_business_days),))


def limb_label(rule: ClockRule, number: int) -> Phrase | None:
    """What sentences call a limb: `Condition 1 of 2`; `None` where there is but one."""
    return Phrase("Condition {} of {}", (number + 1, len(rule.limbs))) if len(rule.limbs) > 1 else None


def meaning_words(kind: str) -> str:
    """What a kind of event means: `the breach was confirmed (legal term)`."""
    before, mark, after = KINDS[kind].meaning.partition("legal term: ")
    return f"{after} (legal term)" if mark and not before else KINDS[kind].meaning


def _meaning(kind: str) -> object:
    """As `meaning_words`, for a sentence: catalogues translate the meaning whole, as the second value."""
    meaning = KINDS[kind].meaning
    return (
        Phrase("{} (legal term)", (meaning.removeprefix(_LAW), Translatable(meaning)))
        if _LAW in meaning
        else Translatable(meaning)
    )


_LAW = "legal term: "


@lru_cache(maxsize=4096)
def selector_phrase(selector: Selector) -> Phrase:
    """`the first `notice_received` or the first `exposure_first_seen`, whichever comes first`."""
    patterns = tuple(map(_pattern_phrase, selector.patterns))
    if len(patterns) == 1:
        return patterns[0]
    last = "{}, whichever comes last" if selector.takes_latest else "{}, whichever comes first"
    return Phrase(last, (JoinedPhrases(" or ", patterns),))


def _pattern_phrase(pattern: EventPattern) -> Phrase:
    fields = tuple(
        Phrase("any {}", (Translatable(key),))
        if value == ANYTHING
        else Phrase("{} {}", (Translatable(key), Translatable(str(value))))
        for key, value in pattern.filters
    )
    alone, filtered = _WHICH[pattern.which]
    values: tuple[object, ...] = (Translatable(pattern.kind), *((pattern.n,) if pattern.which == "nth" else ()))
    return Phrase(filtered, (*values, JoinedPhrases(" and ", fields))) if fields else Phrase(alone, values)


def comparison_phrase(comparison: Comparison) -> Phrase:
    """`the first `classified` is later than the first `awareness` plus 24 h`."""
    return Phrase(_COMPARED[comparison.compare], (_side_phrase(comparison.left), _side_phrase(comparison.right)))


def _side_phrase(side: ComparisonSide) -> Phrase:
    words = selector_phrase(side.selector)
    if not side.offset:
        return words
    hours, rest = divmod(abs(side.offset), timedelta(hours=1))
    length = duration_words(abs(side.offset)) if rest else Phrase("{} h", (hours,))
    return Phrase("{} plus {}" if side.offset > timedelta(0) else "{} minus {}", (words, length))


def amount_phrase(amount: Amount, *, begins: bool) -> Phrase | JoinedPhrases:
    """`72 h of exact time`, `4 working days`, `1 month in the local calendar`.

    `begins`: whether the phrase begins a sentence.
    """
    if amount.business_days is not None:
        return _working_days(amount.business_days)
    if amount.business_hours is not None:
        return Phrase("{} of working time", (exact_parts(amount.business_hours.amount),))
    if amount.elapsed is not None:
        return Phrase("{} of exact time", (exact_parts(amount.elapsed),))
    if amount.calendar is not None:
        return Phrase("{} in the local calendar", (period_parts(amount.calendar),))
    if amount.year_end_plus is not None:
        return period_parts(amount.year_end_plus)
    return Phrase("Without a fixed limit, counted" if begins else "without a fixed limit, counted")


def _working_days(number: int) -> Phrase:
    return Phrase("{} working day" if number == 1 else "{} working days", (f"{number:,}",))
