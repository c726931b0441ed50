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

_OF_ORGANISATION = {"organisation.country": "The country that the organisation is established in"}


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
    unclear: tuple[str, ...] = ()
    """Why what was stated about it is not enough; nothing where nobody stated it."""


def next_questions(found: Sequence[Assessment], vocabulary: Vocabulary) -> tuple[Question, ...]:
    """Every fact that an open duty lacks; first the soonest limit, then the fact that opens most duties."""
    lacking: dict[str, list[Assessment]] = {}
    for one in sorted((one for one in found if one.applies is Answer.NEEDS_FACT), key=_urgency):
        for name in one.missing_facts:
            lacking.setdefault(name, []).append(one)
    questions = [_question(name, duties, vocabulary) for name, duties in lacking.items()]
    return tuple(sorted(questions, key=lambda one: (_order(one.deadline), -len(one.duties), one.fact)))


def _urgency(one: Assessment) -> tuple[int, str, str]:
    return (*_order(_deadline(one)), one.duty.id)


def _order(deadline: datetime | None) -> tuple[int, str]:
    return (1, "") if deadline is None else (0, to_z(deadline))


def _deadline(one: Assessment) -> datetime | None:
    """The soonest limit that still runs."""
    limits = (standing.work_by for _, standing in one.phases if standing.verdict.ended_at is None)
    return min((limit for limit in limits if limit is not None), default=None)


def _question(name: str, duties: Sequence[Assessment], vocabulary: Vocabulary) -> Question:
    kind = vocabulary.facts.get(name.split(".", maxsplit=1)[0])
    options = ("true", "false") if kind is not None and kind.kind == "flag" else kind.options if kind else ()
    limits = [limit for limit in map(_deadline, duties) if limit is not None]
    return Question(
        fact=name,
        asks=_OF_ORGANISATION.get(name, kind.en if kind else name),
        options=options,
        duties=tuple(one.duty.id for one in duties),
        deadline=min(limits, default=None),
        unclear=tuple(dict.fromkeys(why for one in duties for fact, why in one.unclear if fact == name)),
    )


def to_json_object(question: Question) -> dict[str, Any]:
    """The question as plain JSON values."""
    return {
        "fact": question.fact,
        "asks": question.asks,
        "options": list(question.options),
        "duties": list(question.duties),
        "deadline": None if question.deadline is None else to_z(question.deadline),
        "unclear": list(question.unclear),
    }
