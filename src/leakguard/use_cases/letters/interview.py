"""The facts as an interview: what the law asks first, then what the letters of the duties that apply still lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leakguard.frozen import Frozen
from leakguard.notices.assess import Assessment
from leakguard.notices.fact_guide import GUIDE, FactGuide, parse_guide
from leakguard.notices.facts import Fact, FactState
from leakguard.notices.judging import Answer
from leakguard.notices.questions import Question
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.assess_notices import AssessedDuties
from leakguard.use_cases.letters.draft_notices import check_drafted_notice

_TOLD = frozenset({"regulator", "cert", "individuals"})
"""Recipients to whom a letter goes."""
_NEVER = datetime.max.replace(tzinfo=UTC)
MOST_LETTERS = 12
"""Duties whose letters are read for what they lack: the most urgent ones."""


class AskedQuestion(Frozen):
    """One question of the interview."""

    question: Question
    stated: Fact | None = None
    """What was stated about it and is not enough, such as a reason why it is not known."""
    is_for_letter: bool = False
    """Whether a letter lacks it, and no answer of a duty depends on it."""

    @property
    def is_put_off(self) -> bool:
        """Whether somebody said why it is not known yet."""
        return self.stated is not None and self.stated.state is FactState.UNKNOWN


class Interview(Frozen):
    """What to ask, in this order."""

    found: AssessedDuties
    guide: FactGuide
    questions: tuple[AskedQuestion, ...]

    @property
    def open(self) -> tuple[AskedQuestion, ...]:
        """Those that nobody answered."""
        return tuple(question for question in self.questions if not question.is_put_off)

    @property
    def put_off(self) -> tuple[AskedQuestion, ...]:
        """Those of which somebody said why they cannot be answered yet."""
        return tuple(question for question in self.questions if question.is_put_off)


def load_guide(folders: DataFolders) -> FactGuide:
    """The questions that ship."""
    return parse_guide(folders.text("duties", GUIDE))


def interview(found: AssessedDuties, folders: DataFolders) -> Interview:
    """The questions of an assessed incident: those of the law, the soonest limit first, then those of the letters."""
    facts = found.work.facts
    law = [AskedQuestion(question=question, stated=facts.get(question.fact)) for question in found.questions]
    asked = {question.question.fact for question in law}
    letters = [
        AskedQuestion(question=letter_question, stated=facts.get(letter_question.fact), is_for_letter=True)
        for letter_question in _letter_questions(found)
        if letter_question.fact not in asked
    ]
    return Interview(found=found, guide=load_guide(folders), questions=(*law, *letters))


def _letter_questions(found: AssessedDuties) -> Iterator[Question]:
    """What the first letters still lack; that which most of them lack comes first."""
    vocabulary = found.work.book.vocabulary
    lacking: dict[str, list[tuple[str, datetime | None]]] = {}
    for assessment, stage, limit in letters_of(found.assessments)[:MOST_LETTERS]:
        lacks = check_drafted_notice(
            found.work.book, found.work.facts, assessment.duty, now=found.work.now, stage=stage
        )
        for name in lacks.missing:
            lacking.setdefault(name, []).append((assessment.duty.id, limit))
    for name, duties in sorted(lacking.items(), key=lambda pair: -len(pair[1])):
        if name in vocabulary.facts:
            limits = [limit for _, limit in duties if limit is not None]
            yield Question(
                fact=name, asks=vocabulary.facts[name].en, options=vocabulary.facts[name].options,
                duties=tuple(duty for duty, _ in duties), deadline=min(limits, default=None),
            )  # fmt: skip


def letters_of(found: Sequence[Assessment]) -> list[tuple[Assessment, str, datetime | None]]:
    """Each letter that is asked for now: its duty, the first open stage and its limit; the soonest first."""
    letters = [
        (assessment, name, status.work_by)
        for assessment in found
        if assessment.applies is Answer.YES and assessment.duty.recipient.type in _TOLD
        for name, status in [pair for pair in assessment.phases if pair[1].verdict.ended_at is None][:1]
    ]
    return sorted(letters, key=lambda row: (row[2] is None, row[2] or _NEVER, row[0].duty.soft, row[0].duty.id))
