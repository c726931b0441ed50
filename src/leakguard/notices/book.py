"""The book of duties: every duty, the letters that no law demands, their words, and how all stand by the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from leakguard.errors import BadFile, NotFound, Problem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.notices.duties import Duty
from leakguard.notices.duty_files import compile_duties as compile_duties  # noqa: PLC0414  (the book is asked for it)
from leakguard.notices.duty_files import holds_duties as holds_duties  # noqa: PLC0414  (as above)
from leakguard.notices.duty_files import load_vocabulary as load_vocabulary  # noqa: PLC0414  (as above)
from leakguard.notices.duty_files import read_states, refuse_clashes
from leakguard.notices.duty_rows import DutyLike
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.place_book import PlaceBook
from leakguard.notices.practice import Practice
from leakguard.notices.reviews import with_reviews
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

if TYPE_CHECKING:
    from datetime import datetime

    from leakguard.clocks.clock_status import ClockStatus
    from leakguard.notices.assess import Assessment
    from leakguard.notices.facts import Facts
    from leakguard.notices.known_facts import KnownFacts


class DutyBook(Frozen):
    """All duties, the letters that no law demands, and the words that they share."""

    vocabulary: Vocabulary
    duties: tuple[Duty, ...]
    practice: tuple[Practice, ...] = ()
    places: PlaceBook = PlaceBook()

    def duty(self, identifier: str) -> Duty:
        """The duty of this id; raises `NotFound` naming the nearest one."""
        known = {duty.id: duty for duty in self.duties}
        if identifier in known:
            return known[identifier]
        legs = self.legs_of(identifier)
        if len(legs) == 1:
            return legs[0]
        if legs:
            names = ", ".join(leg.id for leg in legs)
            raise NotFound(
                f"`{identifier[:60]}` was one duty for several recipients and is now {len(legs)}",
                next_step=f"Name the one that you mean: {names}.",
            )
        near = nearest_name(identifier[:60], list(known))
        hint = f"Did you mean `{near}`?" if near else "List them: leakguard duties list"
        raise NotFound(f"there is no duty `{identifier[:60]}`", next_step=hint)

    @property
    def rows(self) -> tuple[Duty, ...]:
        """As `RowBook` has them: each duty is its own row."""
        return self.duties

    def full(self, rows: Iterable[DutyLike]) -> tuple[Duty, ...]:
        """The duties of these rows."""
        ids = {row.id for row in rows}
        return tuple(duty for duty in self.duties if duty.id in ids)

    def legs_of(self, identifier: str) -> tuple[Duty, ...]:
        """The duties into which an earlier one of this id was split; none where it still stands or never did."""
        return tuple(duty for duty in self.duties if identifier in duty.split_from)

    def letter(self, name: str) -> Practice:
        """The letter of this name that no law demands; raises `NotFound` naming all there are."""
        known = {letter.name: letter for letter in self.practice}
        if name in known:
            return known[name]
        raise NotFound(f"there is no letter `{name[:60]}`", next_step=f"These there are: {', '.join(known)}.")


def load_duties(folders: DataFolders) -> DutyBook:
    """Read every file of duties, also the organisation's own; raises `BadFile`, also for an id that stands twice."""
    states = read_states(folders)
    parsed = {name: duties for state in states for name, duties in state.duties.items()}
    refuse_clashes((name, duty.id) for name, duties in parsed.items() for duty in duties)
    first, every = states[0], [duty for duties in parsed.values() for duty in duties]
    return DutyBook(
        vocabulary=first.vocabulary, duties=with_reviews(every, folders), practice=first.practice, places=first.places
    )


def read_facts(text: str, *, name: str, book: DutyBook, now: datetime, zone: str | None = None) -> Facts:
    """Read a facts file; raises `BadFile` with all problems."""
    from leakguard.notices.facts_file import parse_facts  # noqa: PLC0415  (clocks need no facts)

    def read() -> Facts:
        return parse_facts(text, name=name, vocabulary=book.vocabulary, now=now, zone=zone)

    facts = _known().of((text, name, zone), book.vocabulary, now, read)
    _refuse_unknown_duties(facts, book, name=name)
    return facts


@cache
def _known() -> KnownFacts:
    """Of this process."""
    from leakguard.notices.known_facts import KnownFacts  # noqa: PLC0415  (as above)

    return KnownFacts()


def _refuse_unknown_duties(facts: Facts, book: DutyBook, *, name: str) -> None:
    """An address for the letter of no duty is a slip of the pen: the letter that is meant would go out without it."""
    if not facts.addressees:
        return
    known = [duty.id for duty in book.duties]
    problems = tuple(
        Problem(where=f"addressees.{duty[:60]}", text="no duty has this id", nearest=nearest_name(duty[:60], known))
        for duty in facts.addressees
        if duty not in known
    )
    if problems:
        raise BadFile(name, problems)


def statuses_of(
    book: DutyBook, facts: Facts, now: datetime, only: NoticeContent | None = None
) -> Mapping[str, ClockStatus]:
    """How the clocks of all duties stand, by `<duty>.<phase>`; with `only`, those of one letter."""
    from leakguard.clocks.calendars import Calendars  # noqa: PLC0415  (as above)
    from leakguard.clocks.evaluate import StatusesOnDemand  # noqa: PLC0415  (as above)
    from leakguard.clocks.event_file import in_zone  # noqa: PLC0415  (as above)
    from leakguard.notices.law_of_day import law_on_the_day  # noqa: PLC0415  (as above)

    every = book.duties if only is None else (only,) if isinstance(only, Duty) else ()
    duties = (law_on_the_day(duty, facts, now).text for duty in every)
    rules = in_zone(tuple(phase.clock for duty in duties for phase in duty.phases), facts.zone)
    return StatusesOnDemand(facts.events, rules, Calendars(), now, known_at=facts.known_at)


def assess_facts(book: DutyBook, facts: Facts, now: datetime) -> tuple[Assessment, ...]:
    """Assess every duty of the book."""
    from leakguard.notices.assess import assess  # noqa: PLC0415  (as above)

    return assess(book.duties, facts, now, statuses_of(book, facts, now), book.vocabulary)
