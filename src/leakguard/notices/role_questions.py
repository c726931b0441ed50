"""Asks for roles that the sector of an organisation suggests and that nobody stated: their duties would stay unseen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.places import LawMap, law_of
from leakguard.notices.questions import Question, soonest
from leakguard.notices.sectors import RoleQuestion, sectors_told


def role_questions(
    book: DutyBook, facts: Facts, now: datetime, found: Sequence[Assessment]
) -> tuple[Question, ...]:  # fmt: skip
    """A question for each role under which a duty would arise that `found`, the assessments, rule out."""
    if all(party.organisation.sector is None for party in facts.parties()):
        return ()
    known = frozenset(assessment.duty.id for assessment in found if assessment.applies is not Answer.NO)
    asker = _Asker(book, now, known)
    asked = (asker.question(role_question, facts) for role_question in book.vocabulary.role_questions)
    return tuple(question for question in asked if question is not None)


class _Asker:
    """Asks about one role after the other; `known` are the duties that arise without any of them."""

    def __init__(self, book: DutyBook, now: datetime, known: frozenset[str]) -> None:
        self._book, self._now, self._known = book, now, known
        self._laws = LawMap(book.duties, book.vocabulary)
        self._sectors: dict[tuple[str, ...], frozenset[str]] = {}

    def question(self, asked: RoleQuestion, facts: Facts) -> Question | None:
        """The question, where it is open for an organisation and its answer decides about a duty."""
        brought: dict[str, Assessment] = {}
        names: list[str] = []
        for party in facts.parties():
            new = self._brought(asked, party) if self._is_open(asked, party) else {}
            brought |= new
            names += [party.organisation.name.first] if new else []
        if not brought:
            return None
        deadline, is_from_memory = soonest(tuple(brought.values()))
        whom, whom_zh = (f" ({'; '.join(names)})", f"（{'、'.join(names)}）") if facts.others else ("", "")
        return Question(
            fact=f"obligated_as.{asked.roles[0]}", asks=f"{asked.en}{whom}", asks_zh=f"{asked.zh}{whom_zh}",
            options=asked.roles, duties=tuple(brought), deadline=deadline, is_from_memory=is_from_memory,
            answer="Add the role to `obligated_as`, or to `not_obligated_as` each that it is not.",
        )  # fmt: skip

    def _brought(self, asked: RoleQuestion, party: Facts) -> dict[str, Assessment]:
        """The duties that the roles would bring, by the laws of the places where the organisation works."""
        who = party.organisation
        operates = party.value_of("operates_in", tuple) or ()
        codes = [code for code in (who.seat, *map(str, operates)) if code]
        laws = frozenset(law for code in codes for law in self._laws.laws_at(self._book.vocabulary.place(code)))
        roles = frozenset(asked.roles)
        duties = (
            duty
            for duty in self._book.duties
            if duty.id not in self._known
            and law_of(duty) in laws
            and any(not roles.isdisjoint(text.obligated) for text in duty.texts)
        )
        some = replace(self._book, duties=tuple(duties))
        as_such = replace(party, obligated_as=(*party.obligated_as, *asked.roles), others=())
        found = assess_facts(some, as_such, self._now)
        return {assessment.duty.id: assessment for assessment in found if assessment.applies is not Answer.NO}

    def _is_open(self, asked: RoleQuestion, party: Facts) -> bool:
        """Whether the organisation's sector suggests the roles, and nobody said whether it has one of them."""
        who = party.organisation
        is_answered = bool(set(asked.roles) & set(party.obligated_as)) or set(asked.roles) <= set(who.not_obligated_as)
        if who.sector is None or is_answered:
            return False
        return not asked.sectors or not self._sectors_of(tuple(who.sector.texts.values())).isdisjoint(asked.sectors)

    def _sectors_of(self, texts: tuple[str, ...]) -> frozenset[str]:
        """The sectors that the words of an organisation tell; each question asks it."""
        if texts not in self._sectors:
            self._sectors[texts] = sectors_told(self._book.vocabulary.sectors, texts)
        return self._sectors[texts]
