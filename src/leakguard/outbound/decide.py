"""Which route a transfer needs: the first row that holds, or every route that is still possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from leakguard.frozen import Frozen
from leakguard.outbound.answers import Answer, Answers, Choice, Count, Known, all_answers, all_hold
from leakguard.outbound.rules import JANUARY_BEFORE, FactTest, LawText, Row, RuleBook

Verdict = Literal["decided", "needs_fact", "no_rule_known"]


class Decision(Frozen):
    """What the rows of one text say."""

    text: LawText | None
    """`None` where the law of the day is not known here."""
    rows: tuple[Row, ...] = ()
    """Those that may hold, in their order; the last one surely holds if none before it does."""
    missing: tuple[str, ...] = ()
    """The facts that would change the answer, the one that settles most first."""
    is_open: bool = False
    """Whether every route that is left says that somebody has to be asked."""

    @property
    def routes(self) -> tuple[tuple[str, ...], ...]:
        """What is possible; each entry names the routes between which the organisation may choose."""
        return tuple(dict.fromkeys(row.route for row in self.rows))

    @property
    def verdict(self) -> Verdict:
        """Whether one route is left."""
        if self.text is None:
            return "no_rule_known"
        if len(self.routes) > 1:
            return "needs_fact"
        return "no_rule_known" if self.is_open else "decided"


def decide(book: RuleBook, day: date, stated: Answers) -> Decision:
    """The route under the law of the day, for what was stated."""
    text = book.text_on(day)
    if text is None:
        return Decision(text=None)
    rows = tuple(_possible(text, all_answers(book, stated)))
    found = Decision(text=text, rows=rows, is_open=all(book.routes[name].is_open for row in rows for name in row.route))
    return found if len(found.routes) == 1 else Decision(text=text, rows=rows, missing=_missing(book, text, stated))


def counted_since(text: LawText, day: date) -> date:
    """From which day on people are counted."""
    return date(day.year - (text.counted_from == JANUARY_BEFORE), 1, 1)


def _possible(text: LawText, answers: Answers) -> Iterator[Row]:
    """Rows that may hold, up to the first that surely does; the last row of every text always does."""
    answered = [(row, all_hold(row.when, answers)) for row in text.rows]
    last = next(number for number, (_, answer) in enumerate(answered) if answer is Answer.YES)
    yield from (row for row, answer in answered[: last + 1] if answer is not Answer.NO)


def _missing(book: RuleBook, text: LawText, stated: Answers) -> tuple[str, ...]:
    """The facts whose value makes a difference; where none does alone, all that are open."""
    answers = all_answers(book, stated)
    open_facts = [name for name in text.asks if not answers[name].is_known]
    settled = {name: list(_outcomes(book, text, stated, name, answers[name])) for name in open_facts}
    deciding = [name for name in open_facts if len(set(settled[name])) > 1]
    return tuple(sorted(deciding or open_facts, key=lambda name: -sum(len(names) == 1 for names in settled[name])))


def _outcomes(
    book: RuleBook, text: LawText, stated: Answers, name: str, known: Known
) -> Iterator[frozenset[tuple[str, ...]]]:
    """What would be possible for each value that the fact may have."""
    for value in _values(book, text, name, known):
        rows = _possible(text, all_answers(book, {**stated, name: value}))
        yield frozenset(row.route for row in rows)


def _values(book: RuleBook, text: LawText, name: str, known: Known) -> Sequence[Known]:
    if isinstance(known, Choice):
        return [Choice(possible=frozenset({word})) for word in sorted(known.possible)]
    limits = {test.at_least or 0 for row in text.rows for test in row.when if _asks(book, test, name)}
    edges = {known.low, *(limit - 1 for limit in limits), *limits, *([known.high] if known.high is not None else ())}
    last = max(edges) if known.high is None else known.high
    return [Count(low=edge, high=edge) for edge in sorted(edges) if known.low <= edge <= last]


def _asks(book: RuleBook, test: FactTest, name: str) -> bool:
    return test.fact == name or name in book.facts[test.fact].sum_of
