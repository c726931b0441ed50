"""What to find out next: only facts that an open duty lacks, the soonest deadline first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.notices.vocabulary import Vocabulary

_OF_ORGANISATION = {
    "organisation.country": "The country that the organisation is established in",
    "organisation.region": "The part of the country that the organisation is established in, such as US-OH",
}


class Question(Frozen):
    """One fact to find out."""

    fact: str
    asks: str
    """The fact in words."""
    options: tuple[str, ...]
    duties: tuple[str, ...]
    """The open duties that need it, the most urgent first."""
    deadline: datetime | None
    """The soonest limit among them; `None` while no limit runs."""
    is_from_memory: bool = False
    """Whether nobody read that limit in a source."""
    unclear: tuple[str, ...] = ()
    """Why what was stated about it is not enough; nothing where nobody stated it."""
    asks_zh: str = ""
    """The same in Chinese, where it is no fact that the vocabulary names."""
    answer: str = ""
    """How to write the answer down, where it is no fact."""


def next_questions(
    found: Sequence[Assessment], vocabulary: Vocabulary, also: Sequence[Question] = ()
) -> tuple[Question, ...]:
    """Every fact that an open duty lacks; first the soonest limit, then the fact that opens most duties.

    `also` are questions about roles, which stand among them.
    """
    lacking: dict[str, list[Assessment]] = {}
    for undecided in sorted(
        (assessment for assessment in found if assessment.applies is Answer.NEEDS_FACT), key=_urgency
    ):
        for name in undecided.missing_facts:
            lacking.setdefault(name, []).append(undecided)
    questions = [_question(name, duties, vocabulary) for name, duties in lacking.items()]
    return tuple(
        sorted(
            (*questions, *also), key=lambda question: (_order(question.deadline), -len(question.duties), question.fact)
        )
    )


def _urgency(assessment: Assessment) -> tuple[int, str, str]:
    return (*_order(_deadline(assessment)), assessment.duty.id)


def _order(deadline: datetime | None) -> tuple[int, str]:
    return (1, "") if deadline is None else (0, to_z(deadline))


def _deadline(assessment: Assessment) -> datetime | None:
    """The soonest limit that still runs."""
    return min((limit for limit, _ in _running(assessment)), default=None)


def soonest(found: Sequence[Assessment]) -> tuple[datetime | None, bool]:
    """The soonest limit of these duties that still runs, and whether nobody read it in a source."""
    limits = [limit for assessment in found for limit in _running(assessment)]
    deadline = min((limit for limit, _ in limits), default=None)
    return deadline, any(is_memory for limit, is_memory in limits if limit == deadline)


def _running(assessment: Assessment) -> list[tuple[datetime, bool]]:
    """Each limit that still runs, and whether nobody read it in a source."""
    statuses = (status for _, status in assessment.phases if status.verdict.ended_at is None)
    return [(status.work_by, status.rule.from_memory) for status in statuses if status.work_by is not None]


def _question(name: str, duties: Sequence[Assessment], vocabulary: Vocabulary) -> Question:
    kind = vocabulary.facts.get(name.split(".", maxsplit=1)[0])
    options = ("true", "false") if kind is not None and kind.kind == "flag" else kind.options if kind else ()
    deadline, is_from_memory = soonest(duties)
    return Question(
        fact=name,
        asks=_OF_ORGANISATION.get(name, kind.en if kind else name),
        options=options,
        duties=tuple(duty.duty.id for duty in duties),
        deadline=deadline,
        is_from_memory=is_from_memory,
        unclear=tuple(dict.fromkeys(why for duty in duties for fact, why in duty.unclear if fact == name)),
    )


def to_json_object(question: Question) -> dict[str, Any]:
    """The question as plain JSON values."""
    return {
        "fact": question.fact,
        "asks": question.asks,
        "options": list(question.options),
        "duties": list(question.duties),
        "deadline": None if question.deadline is None else to_z(question.deadline),
        "from_memory": question.is_from_memory,
        "unclear": list(question.unclear),
        "answer": question.answer or None,
    }
