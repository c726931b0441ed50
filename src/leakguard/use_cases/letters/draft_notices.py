"""Notices: which duties apply, whether the facts are complete, and the letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.standing import Standing
from leakguard.errors import BadFile, NotFound, Problem, UsageProblem
from leakguard.files.shapes import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.ledger.heads import SHORT, Head
from leakguard.models.languages import LANGS, TRAITS, Lang, named
from leakguard.models.letters import Letter
from leakguard.notices.assess import Assessment, assess
from leakguard.notices.completeness import Completeness, check, with_letter
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.facts import Facts
from leakguard.notices.facts_file import parse_facts
from leakguard.notices.letters.choice import choose, parse_choices
from leakguard.notices.letters.draft import is_late, render
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.letters.text import LetterText, text_of
from leakguard.notices.notice_content import Telling
from leakguard.notices.phrases import Phrases
from leakguard.notices.practice import Practice, parse_practice
from leakguard.notices.vocabulary import Vocabulary, parse_vocabulary, refuse_gaps
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.cases.incidents import load_incident

VOCABULARY = "vocabulary.yaml"
PRACTICE = "practice/letters.yaml"
"""The letters that no law demands, among the files of `duties/`."""
CHOICES = "letters.yaml"
"""Which template writes which letter, among the files of `templates/`."""
LANGUAGES = "languages/"
"""In this folder of the duties stand the words of further languages, a file each."""
OWN = "own"
"""Under this name the organisation's own duties, such as those of its contracts, stand among the files."""
_REMEMBERED = 256
"""Files of duties whose meaning is kept; some forty ship."""


class DutyBook(Frozen):
    """All duties, the letters that no law demands, and the words that they share."""

    vocabulary: Vocabulary
    duties: tuple[Duty, ...]
    practice: tuple[Practice, ...] = ()

    def duty(self, identifier: str) -> Duty:
        """The duty of this id; raises `NotFound` naming the nearest one."""
        known = {duty.id: duty for duty in self.duties}
        if identifier in known:
            return known[identifier]
        near = nearest_name(identifier[:60], list(known))
        hint = f"Did you mean `{near}`?" if near else "List them: leakguard duties list"
        raise NotFound(f"there is no duty `{identifier[:60]}`", next_step=hint)

    def letter(self, name: str) -> Practice:
        """The letter of this name that no law demands; raises `NotFound` naming all there are."""
        known = {letter.name: letter for letter in self.practice}
        if name in known:
            return known[name]
        raise NotFound(f"there is no letter `{name[:60]}`", next_step=f"These there are: {', '.join(known)}.")


def load_duties(folders: DataFolders) -> DutyBook:
    """Read every file of duties, also the organisation's own; raises `BadFile`, also for an id that stands twice."""
    words = _all_words(folders)
    files = [name for name in folders.names("duties") if holds_duties(name)]
    parsed = {f"duties/{name}": _duties_in(f"duties/{name}", folders.text("duties", name), words) for name in files}
    _refuse_clashes(parsed)
    return DutyBook(
        vocabulary=_vocabulary_in(words),
        duties=tuple(duty for duties in parsed.values() for duty in duties),
        practice=_practice_in(folders.text("duties", PRACTICE), words),
    )


def load_vocabulary(folders: DataFolders) -> Vocabulary:
    """The words alone, for what needs no duty; raises `BadFile`."""
    return _vocabulary_in(_all_words(folders))


_AllWords = tuple[tuple[str, str], ...]
"""The names and texts of the vocabulary and of the languages."""


def _all_words(folders: DataFolders) -> _AllWords:
    further = (name for name in folders.names("duties") if name.startswith(LANGUAGES))
    return tuple((name, folders.text("duties", name)) for name in (VOCABULARY, *further))


@lru_cache(maxsize=_REMEMBERED)
def _duties_in(name: str, text: str, words: _AllWords) -> tuple[Duty, ...]:
    """The same text means the same; a watch or a drill asks again and again, and parsing all takes half a second."""
    return parse_duties(text, name=name, vocabulary=_vocabulary_in(words))


@lru_cache(maxsize=4)
def _practice_in(text: str, words: _AllWords) -> tuple[Practice, ...]:
    return parse_practice(text, name=f"duties/{PRACTICE}", vocabulary=_vocabulary_in(words))


@lru_cache(maxsize=4)
def _vocabulary_in(words: _AllWords) -> Vocabulary:
    (_, text), *further = words
    by_lang = {lang: text for lang in LANGS for name, text in further if name == f"{LANGUAGES}{lang}.yaml"}
    return parse_vocabulary(text, name=f"duties/{VOCABULARY}", languages=by_lang)


def holds_duties(name: str) -> bool:
    """Duties lie in the folder itself, and the organisation's own in `own/`; other folders hold other data."""
    return name != VOCABULARY and ("/" not in name or name.startswith(f"{OWN}/"))


def _refuse_clashes(parsed: Mapping[str, tuple[Duty, ...]]) -> None:
    """Two files must not name one duty: a letter or a clock would follow the wrong one."""
    seen: dict[str, str] = {}
    for name, duties in parsed.items():
        clashes = [duty.id for duty in duties if duty.id in seen]
        if clashes:
            texts = (f"the id `{one}` stands in {seen[one]} as well" for one in clashes)
            raise BadFile(name, tuple(Problem(where="duties", text=text) for text in texts))
        seen |= {duty.id: name for duty in duties}


def read_facts(
    text: str,
    *,
    name: str,
    book: DutyBook,
    now: datetime,
    zone: str | None = None,
    journal: Journal | None = None,
    incident: str | None = None,
    known_at: datetime | None = None,
) -> Facts:
    """Read a facts file; with `incident`, the events of the stored incident complete its own, as known at `known_at`.

    Raises `BadFile` with all problems, `NotFound` for an unknown incident.
    """
    facts = parse_facts(text, name=name, vocabulary=book.vocabulary, now=now, zone=zone)
    if journal is None or incident is None:
        return facts
    return replace(facts.with_events(load_incident(journal, incident).events), known_at=known_at)


def standings_of(book: DutyBook, facts: Facts, now: datetime, only: Telling | None = None) -> Mapping[str, Standing]:
    """How the clocks of all duties stand, by `<duty>.<phase>`; with `only`, those of one letter."""
    duties = book.duties if only is None else (only,) if isinstance(only, Duty) else ()
    rules = in_zone(tuple(phase.clock for duty in duties for phase in duty.phases), facts.zone)
    found = evaluate(facts.events, rules, Calendars(), now, known_at=facts.known_at)
    return {standing.id: standing for standing in found}


def assess_facts(book: DutyBook, facts: Facts, now: datetime) -> tuple[Assessment, ...]:
    """Assess every duty of the book."""
    return assess(book.duties, facts, now, standings_of(book, facts, now), book.vocabulary)


def check_telling(
    book: DutyBook,
    facts: Facts,
    telling: Telling,
    *,
    now: datetime,
    stage: str | None = None,
    letter: LetterText | None = None,
) -> Completeness:
    """Check the facts, and a letter where one is given, against one duty or one letter of practice.

    Raises `UsageProblem` for an unknown stage.
    """
    _refuse_unknown_stage(telling, stage)
    late = is_late(telling, stage, standings_of(book, facts, now, telling))
    found = check(telling, facts, stage, book.vocabulary, is_late=late)
    return found if letter is None else with_letter(found, telling, facts, letter, book.vocabulary)


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
    """Draft the letter of one duty; raises as `draft_telling`, and `NotFound` for an unknown duty."""
    return draft_telling(book, folders, facts, book.duty(duty_id), lang=lang, now=now, stage=stage, head=head)


def draft_telling(
    book: DutyBook,
    folders: DataFolders,
    facts: Facts,
    telling: Telling,
    *,
    lang: Lang,
    now: datetime,
    stage: str | None = None,
    head: Head | None = None,
) -> Letter:
    """Draft the letter of a duty, or one of practice; raises `LetterIncomplete` with everything that is missing.

    What the check finds wrong with the letter stands among its remarks.
    `head` is where the ledger stands that the facts came from: whoever gets the letter holds it from then on.
    """
    _refuse_unknown_stage(telling, stage)
    template = template_of(telling, folders, book.vocabulary)
    _refuse_other_language(template, lang, telling)
    refuse_gaps(book.vocabulary, lang)
    standings = standings_of(book, facts, now, telling)
    letter = render(telling, facts, lang, template, standings, now, vocabulary=book.vocabulary, stage=stage)
    checked = check_telling(book, facts, telling, now=now, stage=stage, letter=text_of(letter))
    forbidden = (f"{name}: the letter tells it, and must not" for name in checked.forbidden_present)
    problems = () if lang not in (telling.language.codes or (lang,)) else checked.format_problems
    line = head_line(head, lang, book.vocabulary, facts.zone)
    return replace(
        letter,
        footer=(*letter.footer, *line),
        footer_sent=(*letter.footer_sent, *line),
        remarks=(*letter.remarks, *forbidden, *problems),
    )


def head_line(head: Head | None, lang: Lang, vocabulary: Vocabulary, zone: str) -> tuple[str, ...]:
    """The line at the foot of a letter by which its reader can tell later whether the ledger was changed."""
    if head is None:
        return ()
    phrases = Phrases(vocabulary, lang, zone=zone)
    return (phrases.fixed("footer_head", entry=str(head.sequence), hash=head.hash[:SHORT]),)


def template_of(telling: Telling, folders: DataFolders, vocabulary: Vocabulary) -> LetterTemplate:
    """The template of a letter: the organisation's own, the letter's own, or that of its family.

    Raises `BadFile` with everything that is wrong with it.
    """
    names = folders.names("templates")
    choices = parse_choices(folders.text("templates", CHOICES), name=f"templates/{CHOICES}", templates=names)
    name = choose(telling, choices, names)
    if name is None:
        raise NotFound(
            f"no template writes letters to `{telling.recipient.type}`", next_step=f"Add a line to templates/{CHOICES}."
        )
    return parse_template(folders.text("templates", name), name=f"templates/{name}", vocabulary=vocabulary)


def _refuse_other_language(template: LetterTemplate, lang: Lang, telling: Telling) -> None:
    if lang not in template.languages:
        raise UsageProblem(
            f"the letter of {telling.id} is not written in {TRAITS[lang].name}",
            next_step=f"Choose one of {named(template.languages)}.",
        )


def _refuse_unknown_stage(telling: Telling, stage: str | None) -> None:
    stages = [phase.name for phase in telling.phases] if isinstance(telling, Duty) else []
    if stage is not None and stage not in stages:
        known = f"Its stages are: {', '.join(stages)}." if stages else "Leave --stage out."
        raise UsageProblem(f"{telling.id} has no stage `{stage[:40]}`", next_step=known)
