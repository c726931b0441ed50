"""One incident under the laws of many states: one joined notice, letters of their own where a law needs one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from leakguard.errors import LetterIncomplete, NotFound
from leakguard.frozen import Frozen, replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter
from leakguard.notices.assess import Assessment
from leakguard.notices.competence import is_office
from leakguard.notices.duties import Duty
from leakguard.notices.joining import Package, joined_id, package_of
from leakguard.notices.judging import Answer
from leakguard.notices.law_of_day import law_on_the_day
from leakguard.notices.letters.text import text_of
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.places import law_of
from leakguard.notices.remedies import withheld_by_law
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.assess_notices import AssessedDuties
from leakguard.use_cases.letters.draft_notices import check_drafted_notice, draft_notice, writes_by_name
from leakguard.use_cases.letters.find_offices import offices_of


class RemainingProblems(Frozen):
    """What the law of one place still finds wrong with the letter that its people get."""

    duty: str
    problems: tuple[str, ...]


class DraftedPackage(Frozen):
    """The package with its letters."""

    package: Package
    letters: tuple[tuple[NoticeContent, Letter], ...]
    """The joined letters first."""
    checked: tuple[RemainingProblems, ...]
    """Each duty, held against the letter that answers it."""
    others: tuple[Assessment, ...]
    """What the same laws ask beside: offices, consumer reporting agencies, owners of the data."""
    undecided: tuple[Assessment, ...] = ()
    """Duties to people of the same law that may apply, and that no letter answers yet: a fact or the law is missing."""

    @property
    def problems(self) -> tuple[RemainingProblems, ...]:
        """Duties that their letter does not satisfy yet."""
        return tuple(remaining for remaining in self.checked if remaining.problems)


def draft_package(
    found: AssessedDuties, folders: DataFolders, *, law: str, lang: Lang, only_by_law: str = ""
) -> DraftedPackage:
    """Join the letters of every duty of `law`, such as `us`, that applies, and hold each law against its own.

    Letters to people are joined, and those to one office where a template writes the joined one.

    `only_by_law` is the reason why people are offered only the remedies that the law of their place asks for.

    Raises `NotFound` where fewer than two such duties apply, and `LetterIncomplete` with everything that is missing.
    """
    of_law = (assessment for assessment in found.assessments if law_of(assessment.duty) == law)
    applying = [assessment for assessment in of_law if assessment.applies is Answer.YES]
    to_people = (assessment.duty for assessment in applying if assessment.duty.recipient.type == "individuals")
    duties = [_of_the_day(found, duty) for duty in to_people if not duty.soft]
    if len(duties) < 2:  # noqa: PLR2004  (one letter needs no package)
        raise NotFound(
            f"{len(duties)} duties of `{law}` to notify people apply; a package joins several",
            next_step="Which apply: leakguard notice assess FACTS. One letter: leakguard notice draft FACTS --duty ID",
        )
    if only_by_law:
        found = _less_by_law(found, duties, only_by_law)
    vocabulary, facts = found.work.book.vocabulary, found.work.facts
    to_office = _to_one_office(found, folders, applying, law)
    package = package_of(duties, vocabulary, law=law, withheld=facts.withheld, to_office=to_office)
    undecided = tuple(assessment for assessment in found.assessments if _may_apply(assessment, law))
    letters = _letters(found, folders, tuple(_notices(package)), lang, undecided)
    by_id = {notice.id: letter for notice, letter in letters}
    checked = tuple(
        _check(found, addition.duty, by_id[addition.letter or addition.duty.id]) for addition in package.additions
    )
    answered = {addition.duty.id for addition in package.additions}
    others = tuple(
        assessment
        for assessment in applying
        if assessment.duty.recipient.type != "individuals" and assessment.duty.id not in answered
    )
    return DraftedPackage(package=package, letters=letters, checked=checked, others=others, undecided=undecided)


def _of_the_day(found: AssessedDuties, duty: Duty) -> Duty:
    """The duty in the text that was law on the day, by which its letter names it."""
    return law_on_the_day(duty, found.work.facts, found.work.now).text


def _to_one_office(
    found: AssessedDuties, folders: DataFolders, applying: Sequence[Assessment], law: str
) -> tuple[Duty, ...]:
    """The duties to the office that most of them name, as far as they go to it in one report and not in stages.

    None where no template writes their joined report, or fewer than two name one office.
    """
    if not writes_by_name(folders, joined_id(law, "authority")):
        return ()
    work = found.work
    duties = [
        assessment.duty
        for assessment in applying
        if is_office(assessment.duty.recipient) and len(assessment.duty.phases) == 1
    ]
    offices = offices_of(folders, work.book, work.facts, duties, work.now)
    groups: dict[str, list[Duty]] = {}
    for duty in duties:
        authority = offices[duty.id].authority
        if authority is not None and duty.id not in work.facts.addressees:
            groups.setdefault(authority.id, []).append(_of_the_day(found, duty))
    most = max(groups.values(), key=len, default=[])
    return tuple(most) if len(most) > 1 else ()


def _less_by_law(found: AssessedDuties, duties: Sequence[Duty], reason: str) -> AssessedDuties:
    """With a decision for each law that asks for less than another."""
    vocabulary, facts = found.work.book.vocabulary, found.work.facts
    less = tuple(withheld for duty in duties for withheld in withheld_by_law(duty, duties, vocabulary, reason))
    work = replace(found.work, facts=replace(facts, withheld=(*facts.withheld, *less)))
    return replace(found, work=work)


def _may_apply(assessment: Assessment, law: str) -> bool:
    is_open = assessment.applies in {Answer.NEEDS_FACT, Answer.NO_RULE_KNOWN}
    return (
        is_open
        and law_of(assessment.duty) == law
        and assessment.duty.recipient.type == "individuals"
        and not assessment.duty.soft
    )


def _notices(package: Package) -> Iterator[NoticeContent]:
    yield from package.notices
    yield from package.apart


def _letters(
    found: AssessedDuties,
    folders: DataFolders,
    notices: Sequence[NoticeContent],
    lang: Lang,
    undecided: Sequence[Assessment],
) -> tuple[tuple[NoticeContent, Letter], ...]:
    """Every letter; raises `LetterIncomplete` with all that any of them, or a law that may apply, still lacks."""
    letters: list[tuple[NoticeContent, Letter]] = []
    refused: dict[str, LetterIncomplete] = {}
    for notice in notices:
        try:
            letters.append((notice, _draft(found, folders, notice, lang)))
        except LetterIncomplete as error:
            refused[notice.id] = error
    if refused:
        lacking: dict[str, list[str]] = {}
        for name, refusal in refused.items():
            for line in refusal.message.split("\n")[1:]:
                lacking.setdefault(line.strip(), []).append(name)
        for assessment in undecided:
            for fact in assessment.missing_facts:
                lacking.setdefault(f"{fact}: decides whether a letter is owed", []).append(assessment.duty.id)
        lines = "\n".join(f"  {line} [{', '.join(names)}]" for line, names in lacking.items())
        last = next(reversed(refused.values()))
        raise LetterIncomplete(
            f"{len(refused)} of {len(notices)} letters cannot be written yet\n{lines}", next_step=last.next_step
        )
    return tuple(letters)


def _draft(found: AssessedDuties, folders: DataFolders, notice: NoticeContent, lang: Lang) -> Letter:
    work = found.work
    return draft_notice(work.book, folders, work.facts, notice, lang=lang, now=work.now)


def _check(found: AssessedDuties, duty: Duty, letter: Letter) -> RemainingProblems:
    work = found.work
    result = check_drafted_notice(work.book, work.facts, duty, now=work.now, letter=text_of(letter))
    problems = (
        *(f"{item}: missing" for item in result.missing),
        *(f"{item}: must not be said" for item in result.forbidden_present),
        *result.format_problems,
    )
    return RemainingProblems(duty=duty.id, problems=problems)


def letter_names(drafted: DraftedPackage, form: str) -> dict[str, str]:
    """The file of the letter that answers each duty."""
    return {addition.duty.id: f"{addition.letter or addition.duty.id}.{form}" for addition in drafted.package.additions}


def deadlines_of(found: AssessedDuties) -> dict[str, datetime | None]:
    """The soonest limit of each duty; `None` where none runs or the law gives no number."""
    return {
        assessment.duty.id: min(
            (limit for _, status in assessment.phases if (limit := status.work_by) is not None), default=None
        )
        for assessment in found.assessments
    }
