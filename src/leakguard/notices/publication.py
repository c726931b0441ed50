"""How long a public notice stays where it can be read: the days that the facts tell, held against what a rule asks."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.clocks.times import zone_of
from leakguard.models.events import Interval
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer, judge
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import Vocabulary


def period_problems(telling: NoticeContent, facts: Facts, vocabulary: Vocabulary) -> Iterator[str]:
    """What is too short; a rule whose condition the facts do not settle is named with its condition."""
    for rule in telling.format_rules:
        if rule.least_days is None:
            continue
        days = _days_between(facts, rule.since, rule.item)
        answer = judge(rule.when, facts, vocabulary).answer if rule.when is not None else Answer.YES
        if days is None or days >= rule.least_days or answer is Answer.NO:
            continue
        need = f"{rule.item}: {days} days after {rule.since}; {rule.text}"
        yield need if answer is Answer.YES else f"{need}, which the facts do not tell"


def _days_between(facts: Facts, first: str, last: str) -> int | None:
    """Whole days from the first to the last; `None` unless both are stated."""
    began, ended = facts.value_of(first, Interval), facts.value_of(last, Interval)
    if began is None or ended is None:
        return None
    days = [
        when.astimezone(zone_of(moment.zone or facts.zone)).date()
        for moment, when in ((began, began.latest), (ended, ended.earliest))
    ]
    return (days[1] - days[0]).days
