"""The book of duties: every duty, the letters that no law demands, their words, and how all stand by the facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from leakguard.errors import BadFile, NotFound, Problem
from leakguard.files.compiled_values import Compiled, compiled_in, to_compiled
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.languages import LANGS
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.place_book import PlaceBook, parse_places
from leakguard.notices.practice import Practice, parse_practice
from leakguard.notices.vocabulary import Vocabulary, parse_vocabulary
from leakguard.ports import CompiledFolders, DataFolders

if TYPE_CHECKING:
    from datetime import datetime

    from leakguard.clocks.standing import Standing
    from leakguard.notices.assess import Assessment
    from leakguard.notices.facts import Facts

FOLDER = "duties"
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
    texts = {name: folders.text(FOLDER, name) for name in folders.names(FOLDER) if _is_read(name)}
    own = {name: text for name, text in texts.items() if name.startswith(f"{OWN}/")}
    shipped = {name: text for name, text in texts.items() if name not in own}
    read = _state_of(folders, shipped)
    parsed = dict(read.duties)
    if own:
        parsed |= _state_of(folders, own | _words_among(shipped)).duties
    _refuse_clashes(parsed)
    every = tuple(duty for duties in parsed.values() for duty in duties)
    return DutyBook(vocabulary=read.vocabulary, duties=every, practice=read.practice, places=read.places)


def load_vocabulary(folders: DataFolders) -> Vocabulary:
    """The words alone, for what needs no duty; raises `BadFile`."""
    if not isinstance(folders, CompiledFolders):
        names = (name for name in folders.names(FOLDER) if _holds_words(name))
        return _vocabulary_in(_all_words({name: folders.text(FOLDER, name) for name in names}))
    names = (name for name in folders.names(FOLDER) if _is_read(name) and not name.startswith(f"{OWN}/"))
    return _state_of(folders, {name: folders.text(FOLDER, name) for name in names}).vocabulary


def compile_duties(texts: Mapping[str, str]) -> str:
    """The files of duties in a form that is read at once; raises `BadFile`."""
    state = _State(texts=tuple((name, text) for name, text in sorted(texts.items()) if _is_read(name)))
    names = ("vocabulary", "practice", "places", "duties")
    parts = {name: getattr(state, name) for name in names}
    return to_compiled(dict(state.texts), parts)


_Texts = tuple[tuple[str, str], ...]
"""Names and texts of files."""


class _State(Frozen, dict=True):
    """Files of duties as they are at one time; each part is read when it is asked for, which raises `BadFile`."""

    texts: _Texts
    compiled: Compiled | None = None
    """Their compiled form, where there is one."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        found: Vocabulary | None = self._compiled("vocabulary", Vocabulary)
        return found if found is not None else _vocabulary_in(_all_words(dict(self.texts)))

    @cached_property
    def practice(self) -> tuple[Practice, ...]:
        """The letters that no law demands; none beside an organisation's own duties."""
        found: tuple[Practice, ...] | None = self._compiled("practice", tuple[Practice, ...])
        texts = dict(self.texts)
        if found is not None or PRACTICE not in texts:
            return found or ()
        return _practice_in(texts[PRACTICE], _all_words(texts))

    @cached_property
    def places(self) -> PlaceBook:
        """What is known of places beside duties; nothing beside an organisation's own duties."""
        found: PlaceBook | None = self._compiled("places", PlaceBook)
        texts = dict(self.texts)
        if found is not None or PLACES not in texts:
            return found or PlaceBook()
        return _places_in(texts[PLACES], _all_words(texts))

    @cached_property
    def duties(self) -> Mapping[str, tuple[Duty, ...]]:
        """Those of each file."""
        found: Mapping[str, tuple[Duty, ...]] | None = self._compiled("duties", dict[str, tuple[Duty, ...]])
        if found is not None:
            return found
        words = _all_words(dict(self.texts))
        files = ((f"{FOLDER}/{name}", text) for name, text in self.texts if holds_duties(name))
        return {name: _duties_in(name, text, words) for name, text in files}

    def _compiled(self, name: str, kind: object) -> Any:  # noqa: ANN401  (a value of `kind`)
        return self.compiled.part(name, kind) if self.compiled is not None else None


def _state_of(folders: DataFolders, texts: Mapping[str, str]) -> _State:
    form = folders.form(FOLDER, texts, compile_duties) if isinstance(folders, CompiledFolders) else ""
    return _state(form, tuple(sorted(texts.items())))


@lru_cache(maxsize=4)
def _state(form: str, texts: _Texts) -> _State:
    """The same texts mean the same; a watch or a drill asks again and again."""
    return _State(texts=texts, compiled=compiled_in(form, dict(texts)) if form else None)


def _is_read(name: str) -> bool:
    """Whether the book is made of it; methods of severity and the form of the EDPB are other books."""
    return _holds_words(name) or name in {PRACTICE, PLACES} or holds_duties(name)


def _holds_words(name: str) -> bool:
    return name == VOCABULARY or name.startswith(LANGUAGES)


def _words_among(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if _holds_words(name)}


_AllWords = _Texts
"""The vocabulary, and behind it the languages."""


def _all_words(texts: Mapping[str, str]) -> _AllWords:
    if VOCABULARY not in texts:
        raise NotFound(f"there is no `{VOCABULARY}` in {FOLDER}/")
    return ((VOCABULARY, texts[VOCABULARY]), *((name, texts[name]) for name in texts if name.startswith(LANGUAGES)))


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
    return name not in {VOCABULARY, PLACES} and ("/" not in name or name.startswith(f"{OWN}/"))


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
    from leakguard.notices.facts_file import parse_facts  # noqa: PLC0415  (clocks need no facts)

    return parse_facts(text, name=name, vocabulary=book.vocabulary, now=now, zone=zone)


def standings_of(
    book: DutyBook, facts: Facts, now: datetime, only: NoticeContent | None = None
) -> Mapping[str, Standing]:
    """How the clocks of all duties stand, by `<duty>.<phase>`; with `only`, those of one letter."""
    from leakguard.clocks.calendars import Calendars  # noqa: PLC0415  (as above)
    from leakguard.clocks.evaluate import StandingsOnDemand  # noqa: PLC0415  (as above)
    from leakguard.clocks.event_file import in_zone  # noqa: PLC0415  (as above)
    from leakguard.notices.law_of_day import law_on_the_day  # noqa: PLC0415  (as above)

    every = book.duties if only is None else (only,) if isinstance(only, Duty) else ()
    duties = (law_on_the_day(duty, facts, now).text for duty in every)
    rules = in_zone(tuple(phase.clock for duty in duties for phase in duty.phases), facts.zone)
    return StandingsOnDemand(facts.events, rules, Calendars(), now, known_at=facts.known_at)


def assess_facts(book: DutyBook, facts: Facts, now: datetime) -> tuple[Assessment, ...]:
    """Assess every duty of the book."""
    from leakguard.notices.assess import assess  # noqa: PLC0415  (as above)

    return assess(book.duties, facts, now, standings_of(book, facts, now), book.vocabulary)
