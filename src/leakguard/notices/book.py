"""The book of duties: every duty, the letters that no law demands, their words, and how all stand by the facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.standing import Standing
from leakguard.errors import BadFile, NotFound, Problem
from leakguard.files.shapes import Shape, fit, nearest_name
from leakguard.files.yaml_text import Path, dotted, read_yaml
from leakguard.frozen import Frozen
from leakguard.models.languages import LANGS
from leakguard.notices.assess import Assessment, assess
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.facts import Facts
from leakguard.notices.facts_file import parse_facts
from leakguard.notices.law_of_day import law_on_the_day
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.place_book import PlaceBook, parse_places
from leakguard.notices.reviews import REVIEWS, with_reviews
from leakguard.notices.vocabulary import Vocabulary, parse_vocabulary
from leakguard.ports import DataFolders

PREFIX = "practice-"
"""The ids of these letters begin with it, so that none is taken for a duty."""


class Practice(NoticeContent):
    """One letter of good practice."""

    why: str
    """What it is good for, in a sentence."""

    @property
    def name(self) -> str:
        """What a person types: `finder`, `staff`."""
        return self.id.removeprefix(PREFIX)


class _PracticeFile(Shape):
    letters: tuple[Practice, ...]


def parse_practice(text: str, *, name: str, vocabulary: Vocabulary) -> tuple[Practice, ...]:
    """Read the letters; raises `BadFile` with all problems, also words that the vocabulary does not know."""
    read = read_yaml(text, name=name)
    letters = fit(read, _PracticeFile, name=name).letters
    problems: list[Problem] = []
    for index, letter in enumerate(letters):
        for path, word, known in _words_used(letter, vocabulary):
            if word not in known:
                place: Path = ("letters", index, *path)
                near, line = nearest_name(word[:60], known), read.line_of(place)
                problems.append(Problem(where=dotted(place), text=f"unknown word `{word}`", line=line, nearest=near))
        if not letter.id.startswith(PREFIX):
            problems.append(Problem(where=f"letters[{index}].id", text=f"must begin with `{PREFIX}`"))
    if problems:
        raise BadFile(name, tuple(problems))
    return letters


def _words_used(letter: Practice, vocabulary: Vocabulary) -> list[tuple[Path, str, list[str]]]:
    items, conditions = list(vocabulary.told), list(vocabulary.conditions)
    forbidden: list[tuple[Path, str, list[str]]] = [
        (("must_not_contain", number), word, items) for number, word in enumerate(letter.must_not_contain)
    ]
    for number, content in enumerate(letter.content):
        forbidden.append((("content", number, "item"), content.item, items))
        forbidden.append((("content", number, "required"), content.required, conditions))
    return forbidden


VOCABULARY = "vocabulary.yaml"
PLACES = "places.yaml"
"""What is known of places beside duties, among the files of `duties/`."""
PRACTICE = "practice/letters.yaml"
"""The letters that no law demands, among the files of `duties/`."""
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
    words = _all_words(folders)
    files = [name for name in folders.names("duties") if holds_duties(name)]
    parsed = {f"duties/{name}": _duties_in(f"duties/{name}", folders.text("duties", name), words) for name in files}
    _refuse_clashes(parsed)
    return DutyBook(
        vocabulary=_vocabulary_in(words),
        duties=with_reviews([duty for duties in parsed.values() for duty in duties], folders),
        practice=_practice_in(folders.text("duties", PRACTICE), words),
        places=_places_in(folders.text("duties", PLACES), words),
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
def _places_in(text: str, words: _AllWords) -> PlaceBook:
    return parse_places(text, name=f"duties/{PLACES}", vocabulary=_vocabulary_in(words))


@lru_cache(maxsize=4)
def _vocabulary_in(words: _AllWords) -> Vocabulary:
    (_, text), *further = words
    by_lang = {lang: text for lang in LANGS for name, text in further if name == f"{LANGUAGES}{lang}.yaml"}
    return parse_vocabulary(text, name=f"duties/{VOCABULARY}", languages=by_lang)


def holds_duties(name: str) -> bool:
    """Duties lie in the folder itself, and the organisation's own in `own/`; other folders hold other data."""
    return name not in {VOCABULARY, PLACES, REVIEWS} and ("/" not in name or name.startswith(f"{OWN}/"))


def _refuse_clashes(parsed: Mapping[str, tuple[Duty, ...]]) -> None:
    """Two files must not name one duty: a letter or a clock would follow the wrong one."""
    seen: dict[str, str] = {}
    for name, duties in parsed.items():
        clashes = [duty.id for duty in duties if duty.id in seen]
        if clashes:
            texts = (f"the id `{one}` is in {seen[one]} as well" for one in clashes)
            raise BadFile(name, tuple(Problem(where="duties", text=text) for text in texts))
        seen |= {duty.id: name for duty in duties}


def read_facts(text: str, *, name: str, book: DutyBook, now: datetime, zone: str | None = None) -> Facts:
    """Read a facts file; raises `BadFile` with all problems."""
    return parse_facts(text, name=name, vocabulary=book.vocabulary, now=now, zone=zone)


def standings_of(
    book: DutyBook, facts: Facts, now: datetime, only: NoticeContent | None = None
) -> Mapping[str, Standing]:
    """How the clocks of all duties stand, by `<duty>.<phase>`; with `only`, those of one letter."""
    every = book.duties if only is None else (only,) if isinstance(only, Duty) else ()
    duties = (law_on_the_day(duty, facts, now).text for duty in every)
    rules = in_zone(tuple(phase.clock for duty in duties for phase in duty.phases), facts.zone)
    found = evaluate(facts.events, rules, Calendars(), now, known_at=facts.known_at)
    return {standing.id: standing for standing in found}


def assess_facts(book: DutyBook, facts: Facts, now: datetime) -> tuple[Assessment, ...]:
    """Assess every duty of the book."""
    return assess(book.duties, facts, now, standings_of(book, facts, now), book.vocabulary)
