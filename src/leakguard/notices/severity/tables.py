"""Decides by a table: the first row whose factors hold, or every outcome that is still possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.frozen import Frozen
from leakguard.notices.expressions import Expression
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer, Judgement, judge
from leakguard.notices.severity.methods import DecisionTable, Factor, Row
from leakguard.notices.vocabulary import Vocabulary


class WeighedFactor(Frozen):
    """How one factor stands."""

    factor: Factor
    judgement: Judgement


class Decision(Frozen):
    """What a table says about the facts."""

    table: DecisionTable
    possible: tuple[str, ...]
    """The outcomes that the facts leave open, in the order of the table; one when they settle it."""
    because: tuple[str, ...]
    missing: tuple[str, ...]
    consider: tuple[str, ...]
    unstated: tuple[str, ...]
    """The facts behind `consider`: a graver outcome holds if one of them says so."""
    weighed: tuple[WeighedFactor, ...]

    @property
    def outcome(self) -> str | None:
        """The one outcome, or nothing while facts are missing."""
        return self.possible[0] if len(self.possible) == 1 else None


def weigh(factors: tuple[Factor, ...], facts: Facts, vocabulary: Vocabulary) -> tuple[WeighedFactor, ...]:
    """Answer every factor."""
    return tuple(WeighedFactor(factor=factor, judgement=judge(factor.when, facts, vocabulary)) for factor in factors)


def decide(table: DecisionTable, facts: Facts, vocabulary: Vocabulary) -> Decision:
    """Go through the rows; one that needs a fact leaves its outcome open and the later ones possible."""
    judged = _until_one_holds(table, facts, vocabulary)
    refused = [(row, found) for row, found in judged if found.answer is not Answer.YES]
    still_open = [(row, found) for row, found in refused if found.answer is Answer.NEEDS_FACT]
    outcome = table.otherwise.outcome
    because: tuple[str, ...] = (table.otherwise.text,)
    if len(refused) < len(judged):
        row, found = judged[-1]
        outcome, because = row.outcome, (row.text, *found.because)
    reached = {outcome, *(row.outcome for row, _ in still_open)}
    is_settled = len(reached) == 1
    return Decision(
        table=table,
        possible=tuple(name for name in table.outcomes if name in reached),
        because=because if is_settled else tuple(f"open: {row.text}" for row, _ in still_open),
        missing=() if is_settled else _once(name for _, found in still_open for name in found.missing),
        consider=_once(text for _, found in refused for text in found.consider),
        unstated=_once(name for row, _ in refused for name in _unstated(_expression(table, row), facts)),
        weighed=weigh(table.factors, facts, vocabulary),
    )


def _until_one_holds(table: DecisionTable, facts: Facts, vocabulary: Vocabulary) -> list[tuple[Row, Judgement]]:
    """Every row up to the first that holds, with how the facts stand to it."""
    judged: list[tuple[Row, Judgement]] = []
    for row in table.rows:
        judged.append((row, judge(_expression(table, row), facts, vocabulary)))
        if judged[-1][1].answer is Answer.YES:
            break
    return judged


def _unstated(expression: Expression, facts: Facts) -> Iterator[str]:
    for leaf in expression.leaves():
        if leaf.stated_only and leaf.fact is not None and facts.get(leaf.fact) is None:
            yield leaf.fact


def _expression(table: DecisionTable, row: Row) -> Expression:
    """A row as one tree over the questions behind its factors."""
    parts: list[object] = [table.factor(name).when for name in row.all_of]
    parts += [{"not": table.factor(name).when} for name in row.none_of]
    if row.any_of:
        parts.append({"any": [table.factor(name).when for name in row.any_of]})
    return Expression.model_validate({"all": parts})


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
