"""Notices: which duties apply, whether the facts are complete, and the letters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from leakguard.errors import NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.heads import SHORT, Head
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.notices.book import DutyBook, statuses_of
from leakguard.notices.competence import Office
from leakguard.notices.completeness import Completeness, check, with_letter
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts, WithheldHelp
from leakguard.notices.facts_of_duty import facts_for_duty, facts_for_stage
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.letters.choice import OWN_FOLDER, TemplateChoice, choose, parse_choices
from leakguard.notices.letters.draft import is_late, render
from leakguard.notices.letters.filed import filed_rows
from leakguard.notices.letters.finality import ended_at, past_days, unsettled
from leakguard.notices.letters.frame import is_for_usa
from leakguard.notices.letters.offices import open_lines
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.letters.text import LetterText, text_of
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.remedies import remedy_problems, with_remedies
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.vocabulary_file import refuse_gaps
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.abroad_doubts import abroad_doubts
from leakguard.use_cases.letters.find_offices import office_of
from leakguard.use_cases.letters.letter_languages import in_language
from leakguard.use_cases.letters.own_templates import refuse_unwanted

CHOICES = "letters.yaml"
"""Which template writes which letter, among the files of `templates/`."""
_REMEMBERED = 256
_TEMPLATES: dict[tuple[str, str], tuple[Vocabulary, LetterTemplate]] = {}


def check_drafted_notice(
    book: DutyBook,
    facts: Facts,
    notice: NoticeContent,
    *,
    now: datetime,
    stage: str | None = None,
    letter: LetterText | None = None,
    langs: tuple[Lang, ...] = LANGS,
) -> Completeness:
    """Check the facts, and a letter where one is given, against one duty or one letter of practice.

    `langs` are those whose texts are read for words that speak to another reader.
    Raises `UsageProblem` for an unknown stage.
    """
    notice, whole = text_of_the_day(notice, facts, now), facts
    offered = with_remedies(notice, _facts_of(notice, facts, stage, book.vocabulary), book.vocabulary)
    notice, facts = offered.notice, offered.facts
    _refuse_unknown_stage(notice, stage)
    late = is_late(notice, stage, statuses_of(book, facts, now, notice))
    found = check(notice, facts, stage, book.vocabulary, is_late=late, langs=langs)
    unequal = tuple(remedy_problems(notice, facts, whole, found.missing, book.vocabulary))
    found = replace(found, format_problems=(*found.format_problems, *unequal), withheld=offered.withheld)
    return found if letter is None else with_letter(found, notice, facts, letter, book.vocabulary)


def draft_letter(
    book: DutyBook,
    folders: DataFolders,
    facts: Facts,
    duty_id: str,
    *,
    lang: Lang,
    now: datetime,
    stage: str | None = None,
    head: Head | None = None,
) -> Letter:
    """Draft the letter of one duty; raises as `draft_notice`, and `NotFound` for an unknown duty."""
    return draft_notice(book, folders, facts, book.duty(duty_id), lang=lang, now=now, stage=stage, head=head)


def draft_notice(
    book: DutyBook,
    folders: DataFolders,
    facts: Facts,
    notice: NoticeContent,
    *,
    lang: Lang,
    now: datetime,
    stage: str | None = None,
    head: Head | None = None,
) -> Letter:
    """Draft the letter of a duty, or one of practice; raises `LetterIncomplete` with everything that is missing.

    The remarks hold what the check finds wrong; `head` is where the ledger stood that the facts came from.
    """
    notice, whole = text_of_the_day(notice, facts, now), facts
    offered = with_remedies(notice, _facts_of(notice, facts, stage, book.vocabulary), book.vocabulary)
    notice, facts = offered.notice, offered.facts
    _refuse_unknown_stage(notice, stage)
    refuse_gaps(book.vocabulary, lang)
    template = template_of(notice, folders, book.vocabulary, lang)
    statuses = statuses_of(book, facts, now, notice)
    office = _as_stated(office_of(folders, book, facts, notice, now), facts, notice, lang)
    letter = render(
        notice, facts, lang, template, statuses, now, vocabulary=book.vocabulary, stage=stage, office=office,
        filed=tuple(filed_rows(facts, {duty.id: duty for duty in book.duties}, lang, book.vocabulary)),
    )  # fmt: skip
    checked = check_drafted_notice(book, whole, notice, now=now, stage=stage, letter=text_of(letter), langs=(lang,))
    forbidden = (f"{name}: the letter tells it, and must not" for name in checked.forbidden_present)
    problems = checked.format_problems if lang in (notice.language.codes or (lang,)) else ()
    ended, is_first = ended_at(statuses, notice, stage, facts.zone), facts.organisation == whole.organisation
    left = unsettled(notice, facts, letter, office, stage=stage, first=is_first, ended=ended)
    phrases = Phrases(book.vocabulary, lang, zone=facts.zone, in_usa=is_for_usa(notice, facts))
    past = past_days(notice, facts, letter, phrases, ended)
    found = (*letter.remarks, *past, *forbidden, *problems, *map(_less, offered.withheld))
    return replace(
        letter, footer=(*letter.footer, *head_line(head, lang, book.vocabulary, facts.zone)),
        remarks=tuple(dict.fromkeys(found)), to_fill_in=tuple(open_lines(office, phrases)),
        unsettled=tuple(dict.fromkeys((*left, *abroad_doubts(folders, notice, facts, letter)))),
    )  # fmt: skip


def _as_stated(office: Office | None, facts: Facts, notice: NoticeContent, lang: Lang) -> Office | None:
    """The office with the address that a person stated for this letter."""
    addressee = facts.addressees.get(notice.id)
    if office is None or addressee is None:
        return office
    lines = tuple(line.strip() for line in (addressee.of(lang) or addressee.first).split("|"))
    return replace(office, stated=tuple(filter(None, lines)))


def _less(withheld: WithheldHelp) -> str:
    by = f" (decided by {withheld.by})" if withheld.by else ""
    return f"{withheld.remedy}: the readers of this letter are not offered it{by}: {withheld.reason}"


def head_line(head: Head | None, lang: Lang, vocabulary: Vocabulary, zone: str) -> tuple[str, ...]:
    """The line at the foot of a letter by which its reader can tell later whether the ledger was changed."""
    if head is None:
        return ()
    phrases = Phrases(vocabulary, lang, zone=zone)
    return (phrases.fixed("footer_head", entry=str(head.sequence), hash=head.hash[:SHORT]),)


def template_of(notice: NoticeContent, folders: DataFolders, vocabulary: Vocabulary, lang: Lang) -> LetterTemplate:
    """The template of a letter in a language: the organisation's own, the letter's own, or that of its family.

    Raises `BadFile` with everything that is wrong with it, and `UsageProblem` where it is not written in `lang`.
    """
    template, name = bare_template_of(notice, folders, vocabulary)
    return in_language(template, name, lang, folders, letter=notice.id, takes=notice.language.codes)


def bare_template_of(notice: NoticeContent, folders: DataFolders, vocabulary: Vocabulary) -> tuple[LetterTemplate, str]:
    """The template as its file has it, and the name of the file; raises `BadFile` and `NotFound`."""
    names = folders.names("templates")
    choices = _choices(folders, names)
    name = choose(notice, choices, names)
    if name is None:
        raise NotFound(
            f"no template writes letters to `{notice.recipient.type}`", next_step=f"Add a line to templates/{CHOICES}."
        )
    template = _template_in(folders.text("templates", name), name, vocabulary)
    refuse_unwanted(folders, names, choices)
    return template, name


def own_templates(folders: DataFolders) -> tuple[str, ...]:
    """The names of the organisation's own templates; raises `BadFile` for one that no letter looks for."""
    names = folders.names("templates")
    refuse_unwanted(folders, names, _choices(folders, names))
    return tuple(name for name in names if name.startswith(OWN_FOLDER))


def _template_in(text: str, name: str, vocabulary: Vocabulary) -> LetterTemplate:
    """The template; those that were read with the same vocabulary are remembered, as a page of letters needs many."""
    known = _TEMPLATES.get((name, text))
    if known is not None and known[0] is vocabulary:
        return known[1]
    template = parse_template(text, name=f"templates/{name}", vocabulary=vocabulary)
    if len(_TEMPLATES) >= _REMEMBERED:
        _TEMPLATES.clear()
    _TEMPLATES[name, text] = (vocabulary, template)
    return template


def writes_by_name(folders: DataFolders, letter: str) -> bool:
    """Whether a template is chosen for this very letter, by its id and not by its recipient alone."""
    return any(letter in choice.duties for choice in _choices(folders, folders.names("templates")))


def _choices(folders: DataFolders, names: Collection[str]) -> tuple[TemplateChoice, ...]:
    return _choices_in(folders.text("templates", CHOICES), tuple(names))


@lru_cache(maxsize=4)
def _choices_in(text: str, templates: tuple[str, ...]) -> tuple[TemplateChoice, ...]:
    return parse_choices(text, name=f"templates/{CHOICES}", templates=templates)


def _facts_of(notice: NoticeContent, facts: Facts, stage: str | None, vocabulary: Vocabulary) -> Facts:
    return facts_for_stage(notice, facts_for_duty(notice, facts, vocabulary), stage)


def _refuse_unknown_stage(notice: NoticeContent, stage: str | None) -> None:
    stages = [phase.name for phase in notice.phases] if isinstance(notice, Duty) else []
    if stage is not None and stage not in stages:
        known = f"Its stages are: {', '.join(stages)}." if stages else "Leave --stage out."
        raise UsageProblem(f"{notice.id} has no stage `{stage[:40]}`", next_step=known)
