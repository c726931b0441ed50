"""Which office each duty goes to, and the offices that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime

from leakguard.clocks.times import zone_of
from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.notices.authorities import Authorities
from leakguard.notices.book import DutyBook, load_vocabulary
from leakguard.notices.competence import Office, is_office, resolve
from leakguard.notices.duties import parse_duties
from leakguard.notices.facts import Facts
from leakguard.notices.filing_forms import load_forms
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.office_shapes import Authority
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import CompiledFolders, DataFolders


def office_of(
    folders: DataFolders, book: DutyBook, facts: Facts, notice: NoticeContent, now: datetime
) -> Office | None:
    """Who gets the notice, as the office is called today; `None` for a notice that goes to no office.

    Raises `BadFile` where the data of the offices cannot be read.
    """
    return offices_of(folders, book, facts, (notice,), now).get(notice.id)


def offices_of(
    folders: DataFolders, book: DutyBook, facts: Facts, notices: Iterable[NoticeContent], now: datetime
) -> Mapping[str, Office]:
    """The same for several, by the id of each that goes to an office."""
    offices, day = _authorities(folders, book.vocabulary), _day(facts, now)
    return {
        notice.id: resolve(notice.recipient, facts, offices, book.vocabulary, day)
        for notice in notices
        if is_office(notice.recipient)
    }


_known: list[tuple[DataFolders, Vocabulary, Authorities]] = []
"""The one that was asked last: a page of letters asks for an office a dozen times."""


def _authorities(folders: DataFolders, vocabulary: Vocabulary) -> Authorities:
    """All offices; where the folders keep what they read, those of the same folders are the same."""
    for place, words, known in tuple(_known):
        if place is folders and words is vocabulary:
            return known
    found = Authorities(folders, vocabulary)
    if isinstance(folders, CompiledFolders):
        _known[:] = [(folders, vocabulary, found)]
    return found


def list_authorities(folders: DataFolders, place: str | None, now: datetime) -> tuple[Authority, ...]:
    """The offices of a place, or all, as they are called today; raises `NotFound` for a place without one."""
    offices = Authorities(folders, load_vocabulary(folders))
    found = offices.at(place) if place else tuple(offices.all())
    return tuple(authority.on(now.date()) for authority in found)


def office_problems(
    folders: DataFolders, vocabulary: Vocabulary, texts: Mapping[str, str]
) -> Iterator[tuple[str, Problem]]:
    """Offices and laws that the duties of `texts` name and nobody knows; else what cannot be read of the data."""
    try:
        offices = Authorities(folders, vocabulary)
        every, kinds = tuple(offices.all()), list(offices.kinds)
        load_forms(folders, vocabulary)
    except BadFile as bad:
        yield from ((bad.name, problem) for problem in bad.problems)
        return
    known = [authority.id for authority in every]
    yield from competences_of_no_rule(every, kinds)
    for name, text in texts.items():
        with suppress(BadFile):
            for index, duty in enumerate(parse_duties(text, name=name, vocabulary=vocabulary)):
                whom, where = duty.recipient, f"duties[{index}].recipient"
                if whom.authority and whom.authority not in known:
                    said = f"no office has the id `{whom.authority[:60]}`"
                    near = nearest_name(whom.authority[:60], known)
                    yield name, Problem(where=f"{where}.authority", text=said, nearest=near)
                if whom.by and whom.by not in kinds:
                    said = f"no rule of authorities/kinds.yaml is called `{whom.by[:60]}`"
                    yield name, Problem(where=f"{where}.by", text=said, nearest=nearest_name(whom.by[:60], kinds))


def competences_of_no_rule(offices: Iterable[Authority], kinds: list[str]) -> Iterator[tuple[str, Problem]]:
    """Competences under a law that no rule of `kinds.yaml` is about: nobody would ever find the office by them."""
    for office in offices:
        for competence in office.competence:
            if competence.kind not in kinds:
                text = f"no rule of authorities/kinds.yaml is called `{competence.kind[:60]}`"
                where, near = f"{office.id}.competence", nearest_name(competence.kind[:60], kinds)
                yield f"authorities/{office.id[:2]}.yaml", Problem(where=where, text=text, nearest=near)


def _day(facts: Facts, now: datetime) -> date:
    return now.astimezone(zone_of(facts.zone)).date()
