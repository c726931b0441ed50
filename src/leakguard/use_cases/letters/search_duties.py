"""Finds duties of the whole book by words, place, role, sector and recipient."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.vocabulary import Vocabulary


class DutySearch(Frozen):
    """What is looked for; what is empty is left out."""

    words: str = ""
    """Each stands in the law, the jurisdiction, the recipient or the id, in English or Chinese."""
    place: str = ""
    role: str = ""
    sector: str = ""
    to: str = ""
    """The kind of recipient."""


def search_duties(book: DutyBook, asked: DutySearch) -> tuple[Duty, ...]:
    """The duties that fit, in the order of the book. Raises `UsageProblem` for a place, role or sector that is none."""
    vocabulary = book.vocabulary
    for known, value, what in (
        (asked.place in vocabulary.regions or vocabulary.is_place(asked.place), asked.place, "code of a place"),
        (asked.role in vocabulary.obligated, asked.role, "role"),
        (asked.sector in vocabulary.sectors, asked.sector, "sector"),
    ):
        if value and not known:
            raise UsageProblem(f"`{value[:40]}` is no {what}", next_step="Choose one of the list, or leave it out.")
    words = asked.words.casefold().split()
    roles = frozenset(_roles(asked, vocabulary))
    return tuple(duty for duty in book.duties if _fits(duty, asked, words, roles, vocabulary))


def _roles(asked: DutySearch, vocabulary: Vocabulary) -> Iterator[str]:
    """The role, or those that organisations of the sector may have."""
    if asked.role:
        yield asked.role
    for role_question in vocabulary.role_questions:
        if asked.sector and asked.sector in role_question.sectors:
            yield from role_question.roles


def _fits(duty: Duty, asked: DutySearch, words: list[str], roles: frozenset[str], vocabulary: Vocabulary) -> bool:
    if roles and roles.isdisjoint(duty.obligated):
        return False
    if asked.to and duty.recipient.type != asked.to:
        return False
    if asked.place and not any(_touches(place, asked.place, vocabulary) for place in duty.places):
        return False
    named = (duty.id, duty.jurisdiction, duty.law, duty.law_zh, duty.article, duty.article_zh)
    text = " ".join((*named, duty.recipient.name, duty.recipient.name_zh)).casefold()
    return all(word in text for word in words)


def _touches(place: str, asked: str, vocabulary: Vocabulary) -> bool:
    """Whether a law of `place` may reach who or what is in the place, or in a part of the region, asked for."""
    inside = vocabulary.regions.get(asked, (asked,))
    return place == asked or any(vocabulary.covers(place, vocabulary.place(code)) for code in inside)
