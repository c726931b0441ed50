"""Which duties the facts bring, what to find out next, and what a notice still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen, field
from leakguard.models.events import Event
from leakguard.models.languages import LANGS, Lang
from leakguard.models.records import KeptRecord
from leakguard.notices.assess import Assessment, force_on_the_day, law_of
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.competence import Office, joined
from leakguard.notices.contradictions import contradictions
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.first_notices import FirstNotice, first_notices
from leakguard.notices.judging import Answer
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.place_states import PlaceRow, place_rows
from leakguard.notices.questions import Question, next_questions
from leakguard.notices.role_questions import role_questions
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.find_offices import offices_of
from leakguard.use_cases.letters.given_facts import NoticeInput

if TYPE_CHECKING:
    from leakguard.notices.completeness import Completeness
    from leakguard.notices.letters.text import LetterText
    from leakguard.use_cases.incidents.incident_rules import Reach, UnwatchedDuties
    from leakguard.use_cases.letters.export_edpb import EdpbForm


class AssessedDuties(Frozen, dict=True):
    """Every duty with its answer, and what to know about the answers."""

    work: NoticeInput
    assessments: tuple[Assessment, ...]
    law_of: dict[str, str]
    """`first`, `last`, `by`: whose day's law was taken."""
    contradictions: tuple[str, ...]
    """Facts that cannot all be true."""
    unwatched: UnwatchedDuties | None = None
    """What may apply to a stored incident and nobody watches."""
    places: tuple[PlaceRow, ...] = ()
    """What is known of the law of each place and role."""
    undecided: tuple[str, ...] = ()
    """Filings and decisions that name a duty which is now several."""

    offices: Mapping[str, Office] = field(default_factory=dict)
    """Who gets the notice of each duty that is not ruled out, by the duty's id."""

    @cached_property
    def roles(self) -> tuple[Question, ...]:
        """Roles that the sector suggests and nobody stated, each with the duties that it would bring."""
        return role_questions(self.work.book, self.work.facts, self.work.now, self.assessments)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to find out next, the soonest deadline first."""
        return next_questions(self.assessments, self.work.book.vocabulary, self.roles)

    @property
    def first_notices(self) -> tuple[FirstNotice, ...]:
        """The first notices that can go out now, the most urgent first."""
        return first_notices(self.assessments)

    @property
    def is_open(self) -> bool:
        """Whether a person still has to settle a place, or whether the facts name none."""
        return bool(self.open_places) or not self.places

    @property
    def open_places(self) -> tuple[PlaceRow, ...]:
        """Places without a known rule that nobody settled."""
        return tuple(row for row in self.places if row.is_open)


def assess_notices(
    work: NoticeInput,
    reach: Reach | None = None,
    records: Sequence[KeptRecord] = (),
    *,
    folders: DataFolders | None = None,
) -> AssessedDuties:
    """Say for every duty whether it applies; `reach` is whose laws are watched for an incident with these records.

    With `folders` the offices that get the notices are found as well.
    """
    found = tuple(assess_facts(work.book, work.facts, work.now))
    left_out = _left_out(work, reach, records, found) if reach is not None else None
    offices = _offices(folders, work, found) if folders is not None else {}
    return AssessedDuties(
        work=work, assessments=found, law_of=dict(law_of(work.facts, work.now)),
        contradictions=tuple(contradictions(work.facts, vocabulary=work.book.vocabulary)),
        unwatched=left_out, offices=offices,
        places=place_rows(work.book.duties, work.book.places, work.facts, work.now, work.book.vocabulary),
        undecided=tuple(split_names(work.book, work.facts)),
    )  # fmt: skip


def _left_out(
    work: NoticeInput, reach: Reach, records: Sequence[KeptRecord], found: Sequence[Assessment]
) -> UnwatchedDuties | None:  # fmt: skip
    from leakguard.use_cases.incidents.incident_rules import reach_in, unwatched  # noqa: PLC0415  (a facts file alone needs none)
    from leakguard.use_cases.incidents.watched_laws import LawBook  # noqa: PLC0415  (as above)

    laws = LawBook(work.book.duties, work.book.vocabulary)
    return unwatched(reach_in(reach, records, laws), found, work.facts)


def split_names(book: DutyBook, facts: Facts) -> Iterator[str]:
    """A sentence for each event that names a duty which was split since: it ends no clock until it names the leg."""
    for event, name, legs in split_events(book, facts):
        names = ", ".join(legs)
        yield f"{event.id} ({event.kind}) names `{name}`, which is now {names}: correct it, naming the one meant"


def split_events(book: DutyBook, facts: Facts) -> Iterator[tuple[Event, str, tuple[str, ...]]]:
    """Each event that names a duty which was split since, with its name and its legs."""
    known, gone = {duty.id for duty in book.duties}, {event.corrects for event in facts.events}
    for event in facts.events:
        name = str(event.fields.get("obligation") or "")
        legs = book.legs_of(name) if name and name not in known and event.id not in gone else ()
        if legs:
            yield event, name, tuple(leg.id for leg in legs)


def _offices(folders: DataFolders, work: NoticeInput, found: Sequence[Assessment]) -> Mapping[str, Office]:
    """Who gets each notice, by the seat of the organisation that has to give it."""
    offices: dict[str, Office] = {}
    for party in work.facts.parties():
        name = party.organisation.name.first
        asked = [assessment for assessment in found if assessment.applies in {Answer.YES, Answer.NEEDS_FACT}]
        theirs = [assessment for assessment in asked if name in (assessment.parties or (name,))]
        known = offices_of(folders, work.book, party, [their.duty for their in theirs], work.now)
        offices |= {
            duty: joined(offices[duty], office) if duty in offices else office for duty, office in known.items()
        }
    return offices


def ask_next(work: NoticeInput) -> tuple[AssessedDuties, tuple[Question, ...]]:
    """What an open duty still lacks, the soonest deadline first."""
    found = assess_notices(work)
    return found, found.questions


class CheckedNotice(Frozen):
    """What a notice lacks, and the rule that its contents rest on; a letter that no law demands rests on none."""

    found: Completeness
    duty: Duty | None
    is_dormant: bool
    """Whether the text of the duty was not law on the day of the incident."""
    form: EdpbForm | None = None
    """How the EDPB's template stands, for the duty that it is for."""


def check_notice(
    work: NoticeInput, notice: NoticeContent, *, stage: str | None, letter: LetterText | None, folders: DataFolders,
    langs: tuple[Lang, ...] = LANGS,
) -> CheckedNotice:  # fmt: skip
    """Check the facts, and a letter where one is given; raises `UsageProblem` for an unknown stage.

    `langs` are those whose texts are read.
    """
    from leakguard.use_cases.letters.draft_notices import check_drafted_notice  # noqa: PLC0415  (loads what writes letters)
    from leakguard.use_cases.letters.export_edpb import form_of  # noqa: PLC0415  (as above)

    found = check_drafted_notice(work.book, work.facts, notice, now=work.now, stage=stage, letter=letter, langs=langs)
    duty = notice if isinstance(notice, Duty) else None
    force = force_on_the_day(duty, work.facts, work.now).answer if duty is not None else None
    is_dormant = force in {Answer.NO, Answer.NO_RULE_KNOWN}
    form = form_of(notice.id, work.facts, folders, work.book.vocabulary, stage=stage, now=work.now)
    return CheckedNotice(found=found, duty=duty, is_dormant=is_dormant, form=form)
