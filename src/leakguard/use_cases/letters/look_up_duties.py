"""Looks after the duties as data: which there are, which nobody checked for long, what is wrong with a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from leakguard.errors import BadFile, NotFound, Problem, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.notices.book import DutyBook, holds_duties, load_vocabulary
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.duty_lint import DutyRemark, remarks, rule_problems
from leakguard.notices.law_of_day import law_between
from leakguard.notices.place_states import PlaceRow, PlaceState, PlaceStates
from leakguard.notices.places import places_of
from leakguard.notices.provenance import Counts, Provenance, counts_of, ranked_by_provenance
from leakguard.notices.reviews import with_reviews
from leakguard.notices.vocabulary import LANGS, Vocabulary
from leakguard.notices.vocabulary_file import file_of, gaps_of
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.find_offices import office_problems

STALE_DAYS = 180
"""Half a year: laws of this field change faster than that somewhere in the world."""


ROLES = ("controller", "processor")
"""Roles that every data protection law knows; others are terms of single laws."""
PLACE_STATES = tuple(state.value for state in PlaceState)


class Stale(Frozen):
    """A duty that must be read against its source again."""

    duty: Duty
    days: int
    """Days since it was checked."""


def pick_duties(book: DutyBook, *, jurisdiction: str | None, status: str | None) -> tuple[Duty, ...]:
    """The duties of one jurisdiction or status; raises `NotFound` for a jurisdiction that no duty has."""
    wanted = (jurisdiction or "").casefold()
    names = sorted({duty.jurisdiction for duty in book.duties})
    if not any(name.casefold().startswith(wanted) for name in names):
        near = nearest_name(str(jurisdiction)[:60], names)
        hint = f"Did you mean `{near}`?" if near else "List them all: leakguard duties list"
        raise NotFound(f"no duty has the jurisdiction `{str(jurisdiction)[:60]}`", next_step=hint)
    return tuple(
        duty
        for duty in book.duties
        if duty.jurisdiction.casefold().startswith(wanted) and (status is None or duty.status == status)
    )


def list_places(
    book: DutyBook, *, on: date, place: str | None = None, roles: Sequence[str] = (), state: str | None = None
) -> tuple[PlaceRow, ...]:
    """What is known of each country, and of each subdivision that the rules or the register of places name.

    Raises `UsageProblem` for a place or role that is none.
    """
    vocabulary = book.vocabulary
    wrong = [role for role in roles if role not in vocabulary.obligated]
    if wrong:
        near = nearest_name(wrong[0][:60], list(vocabulary.obligated))
        hint = f"Did you mean `{near}`?" if near else f"Use one of {', '.join(vocabulary.obligated)}."
        raise UsageProblem(f"no duty knows the role `{wrong[0][:60]}`", next_step=hint)
    if place is not None and not vocabulary.is_place(place):
        raise UsageProblem(f"`{place[:20]}` is no code of a place", next_step="Write an ISO code, such as DE or US-OH.")
    states = PlaceStates(book.duties, book.places, vocabulary)
    codes = (vocabulary.place(place),) if place is not None else _every_place(book)
    rows = (states.row(code, role, lambda duty: law_between(duty, on, on)) for code in codes for role in roles or ROLES)
    return tuple(row for row in rows if state is None or row.state.value == state)


def _every_place(book: DutyBook) -> tuple[str, ...]:
    """Countries by their codes, each followed by its subdivisions with a law of their own."""
    vocabulary = book.vocabulary
    named = {code for duty in book.duties for code in places_of(duty)} | {
        absence.place for absence in book.places.absences
    }
    listed = {f"{country}-{part}" for country, parts in vocabulary.subdivisions.items() for part in parts}
    parts = {code for code in named | {f"US-{part}" for part in vocabulary.subdivisions.get("US", ())} if "-" in code}
    countries = {vocabulary.place(code) for code in vocabulary.countries}
    return tuple(sorted(countries | (parts & listed) | {code for code in parts if code.split("-")[0] in countries}))


def stale_duties(book: DutyBook, now: datetime) -> tuple[Stale, ...]:
    """Duties whose last check lies more than `STALE_DAYS` back, the oldest first."""
    aged = [Stale(duty=duty, days=(now.date() - duty.verified_on).days) for duty in book.duties]
    return tuple(sorted((duty for duty in aged if duty.days > STALE_DAYS), key=lambda duty: (-duty.days, duty.duty.id)))


class RankedRules(Frozen):
    """What rules rest on: those to show, the weakest first, and how many of all rest on what."""

    shown: tuple[Provenance, ...]
    counts: Counts


def rank_sources(book: DutyBook, *, only_weak: bool) -> RankedRules:
    """Every duty, or those with weak sources alone; the counts are of all."""
    every = ranked_by_provenance(book.duties)
    return RankedRules(
        shown=tuple(provenance for provenance in every if provenance.weak or not only_weak), counts=counts_of(every)
    )


class LintResult(Frozen):
    """What lint found in files of duties."""

    problems: tuple[tuple[str, Problem], ...]
    """Each with its file."""
    remarks: tuple[DutyRemark, ...]
    """What a duty should have and may be used without; of the duties that could be read."""
    duties: int
    files: int


def lint_files(folders: DataFolders, texts: Mapping[str, str]) -> LintResult:
    """Lint the files `texts`, or all that ship and the organisation's own when there are none.

    With what ships, also the words that a language of letters lacks, the texts that its catalogue lacks, the problems
    of the files of offices, and the reviews of the organisation's lawyers.
    """
    try:
        vocabulary = load_vocabulary(folders)
    except BadFile as bad:
        return LintResult(
            problems=tuple((bad.name, problem) for problem in bad.problems), remarks=(), duties=0, files=0
        )
    shipped = {name: folders.text("duties", name) for name in folders.names("duties") if holds_duties(name)}
    offices = tuple(office_problems(folders, vocabulary, texts or shipped))
    read: list[Duty] = []
    if texts:
        found = (*_problems(texts, _ids(shipped, vocabulary), vocabulary, read), *offices)
    else:
        gaps = tuple((file_of(lang), gap) for lang in LANGS for gap in gaps_of(vocabulary, lang))
        from leakguard.use_cases.letters.letter_languages import (  # noqa: PLC0415  (loads what writes letters)
            catalogue_problems,
        )

        catalogues = catalogue_problems(folders, vocabulary)
        found = (*_problems(shipped, {}, vocabulary, read), *gaps, *catalogues, *offices)
        found = (*found, *_reviews(folders, read))
    return LintResult(problems=found, remarks=remarks(read), duties=len(read), files=len(texts or shipped))


def _reviews(folders: DataFolders, read: Sequence[Duty]) -> Iterator[tuple[str, Problem]]:
    try:
        with_reviews(read, folders)
    except BadFile as bad:
        yield from ((bad.name, problem) for problem in bad.problems)


def _ids(texts: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, str]:
    """Where each id stands already; the organisation's own files are the ones that are being written."""
    return {
        duty.id: name
        for name, text in texts.items()
        if "/" not in name
        for duty in parse_duties(text, name=name, vocabulary=vocabulary)
    }


def _problems(
    texts: Mapping[str, str], seen: dict[str, str], vocabulary: Vocabulary, read: list[Duty]
) -> Iterator[tuple[str, Problem]]:
    """The problems of files; what can be read of them goes to `read`."""
    for name, text in texts.items():
        try:
            duties: Sequence[Duty] = parse_duties(text, name=name, vocabulary=vocabulary)
        except BadFile as bad:
            yield from ((name, problem) for problem in bad.problems)
            continue
        read.extend(duties)
        for index, duty in enumerate(duties):
            if duty.id in seen and seen[duty.id] != name:
                where = f"duties[{index}].id"
                yield name, Problem(where=where, text=f"the id `{duty.id}` is in {seen[duty.id]} as well")
            yield from ((name, problem) for problem in rule_problems(index, duty))
            seen.setdefault(duty.id, name)
