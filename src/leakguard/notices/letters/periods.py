"""A time with two ends in a sentence: all of it, some or all of it, or one moment in it that nobody knows exactly."""

from __future__ import annotations

from leakguard.models.events import Interval
from leakguard.notices.data_effects import tells_nature
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases

CLOSING = "containment_date"
_BREACH = "breach_date"


def period_words(
    fact: Fact, facts: Facts, notice: NoticeContent, phrases: Phrases, *, tells_closing: bool = False
) -> str | None:
    """When it happened, where that is a time with two ends; `None` for one moment and for every other fact.

    `between A and B` would leave open whether the data were open all the time; the other facts decide.
    `tells_closing` is whether the letter goes on with when the access was closed: that end is no estimate then.
    """
    when = fact.value
    if fact.name != _BREACH or not isinstance(when, Interval) or not phrases.is_range(when):
        return None
    is_rough = fact.state is FactState.ESTIMATED
    if facts.value_of("exposure", bool) and tells_nature(notice):
        is_end_known = is_rough and tells_closing and _ends_with_closing(when, facts, phrases)
        return phrases.between("open_since" if is_end_known else "open_within" if is_rough else "open_from_to", when)
    lasted = facts.get("duration")
    is_known = lasted is not None and lasted.has_value and not is_rough
    return phrases.between("lasted_from_to" if is_known else "happened_within", when)


def _ends_with_closing(when: Interval, facts: Facts, phrases: Phrases) -> bool:
    """Whether the time ends on the very day on which the access was closed, which is known."""
    closing = facts.get(CLOSING)
    closed = closing.value if closing is not None and closing.state is FactState.KNOWN else None
    return isinstance(closed, Interval) and phrases.days_of(closed).latest == phrases.days_of(when).latest
