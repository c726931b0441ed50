"""What is known of a fact: the words that it may still say, or the numbers between which a count lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from leakguard.frozen import Frozen
from leakguard.outbound.rules import FactKind, FactTest, RuleBook


class Answer(StrEnum):
    """Whether something holds; there is no guess."""

    YES = "yes"
    NO = "no"
    NEEDS_FACT = "needs_fact"


class Choice(Frozen):
    """The words of which one is true."""

    possible: frozenset[str]

    @property
    def is_known(self) -> bool:
        """Whether one word is left."""
        return len(self.possible) == 1


class Count(Frozen):
    """A number of people, both ends included; no end where nobody knows how many."""

    low: int = 0
    high: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is exact."""
        return self.low == self.high


Known = Choice | Count
Answers = Mapping[str, Known]
"""By fact; every fact that a text asks for has one."""


def nothing_known(kind: FactKind) -> Known:
    """What is known of a fact that nobody stated."""
    return Choice(possible=frozenset(kind.choices)) if kind.choices else Count()


def all_answers(book: RuleBook, stated: Answers) -> Answers:
    """What was stated, what follows from it, and nothing known of all else."""
    found: dict[str, Known] = {name: stated.get(name, nothing_known(book.facts[name])) for name in book.stated}
    for name, kind in book.facts.items():
        if kind.sum_of:
            parts = [count for part in kind.sum_of if isinstance(count := found[part], Count)]
            found[name] = people_of(parts, are_different=False)
    return found


def people_of(parts: Iterable[Count], *, are_different: bool) -> Count:
    """How many people stand in several counts; where they may be the same ones, the largest count is the least."""
    counts = list(parts)
    lows, highs = [count.low for count in counts], [count.high for count in counts]
    high = None if None in highs else sum(one for one in highs if one is not None)
    return Count(low=sum(lows) if are_different else max(lows, default=0), high=high)


def holds(test: FactTest, answers: Answers) -> Answer:
    """Whether a test holds for what is known."""
    known = answers[test.fact]
    if isinstance(known, Choice):
        return _answer(is_sure=known.possible <= test.wanted, is_out=known.possible.isdisjoint(test.wanted))
    limit = test.at_least or 0
    return _answer(is_sure=known.low >= limit, is_out=known.high is not None and known.high < limit)


def _answer(*, is_sure: bool, is_out: bool) -> Answer:
    return Answer.YES if is_sure else Answer.NO if is_out else Answer.NEEDS_FACT


def all_hold(tests: Iterable[FactTest], answers: Answers) -> Answer:
    """Whether all of them hold; one that does not is enough for no."""
    found = {holds(test, answers) for test in tests}
    if Answer.NO in found:
        return Answer.NO
    return Answer.NEEDS_FACT if Answer.NEEDS_FACT in found else Answer.YES
