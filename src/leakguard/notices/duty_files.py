"""The files of duties: read as YAML, or out of their compiled form, of which each part is read when it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

from leakguard.errors import BadFile, NotFound, Problem
from leakguard.files.compiled_values import CompiledForm, compiled_in, to_compiled
from leakguard.files.file_texts import FileTexts
from leakguard.frozen import Frozen
from leakguard.models.languages import LANGS
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.duty_rows import DutyLike, DutyRow, RowBook, row_of
from leakguard.notices.place_book import PlaceBook, parse_places
from leakguard.notices.practice import Practice, parse_practice
from leakguard.notices.reviews import REVIEWS
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.vocabulary_file import parse_vocabulary
from leakguard.ports import CompiledFolders, DataFolders

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


def read_states(folders: DataFolders) -> tuple[State, ...]:
    """What ships, and behind it what the organisation has of its own, where it has anything."""
    names = [name for name in folders.names(FOLDER) if _is_read(name)]
    own = [name for name in names if name.startswith(f"{OWN}/")]
    shipped = [name for name in names if not name.startswith(f"{OWN}/")]
    first = _state_of(folders, shipped)
    return (first, _state_of(folders, (*own, *filter(_holds_words, shipped)))) if own else (first,)


def load_rows(folders: DataFolders) -> RowBook:
    """A row for each duty; the duties of a file are read once one of them is asked for. Raises as `load_duties`."""
    states = read_states(folders)
    rows = {name: state for state in states for name in state.files}
    refuse_clashes((row.file, row.id) for state in states for row in state.rows)

    def full(wanted: Iterable[DutyLike]) -> tuple[Duty, ...]:
        ids = {row.id for row in wanted}
        files = dict.fromkeys(row.file for state in states for row in state.rows if row.id in ids)
        return tuple(duty for name in files for duty in rows[name].in_file(name) if duty.id in ids)

    every = tuple(row for state in states for row in state.rows)
    return RowBook(vocabulary=states[0].vocabulary, rows=every, full=full)


def refuse_clashes(ids: Iterable[tuple[str, str]]) -> None:
    """Two files must not name one duty: a letter or a clock would follow the wrong one. Each id with its file."""
    seen: dict[str, str] = {}
    clashes: dict[str, list[str]] = {}
    for name, identifier in ids:
        if seen.setdefault(identifier, name) != name:
            clashes.setdefault(name, []).append(f"the id `{identifier}` is in {seen[identifier]} as well")
    for name, texts in clashes.items():
        raise BadFile(name, tuple(Problem(where="duties", text=text) for text in texts))


def load_vocabulary(folders: DataFolders) -> Vocabulary:
    """The words alone, for what needs no duty; raises `BadFile`."""
    if not isinstance(folders, CompiledFolders):
        names = (name for name in folders.names(FOLDER) if _holds_words(name))
        return _vocabulary_in(_all_words({name: folders.text(FOLDER, name) for name in names}))
    names = (name for name in folders.names(FOLDER) if _is_read(name) and not name.startswith(f"{OWN}/"))
    return _state_of(folders, names).vocabulary


def compile_duties(texts: Mapping[str, str]) -> str:
    """The files of duties in a form that is read at once; raises `BadFile`."""
    state = State(texts={name: texts[name] for name in sorted(texts) if _is_read(name)})
    names = ("vocabulary", "practice", "places", "rows")
    return to_compiled(state.texts, {name: getattr(state, name) for name in names} | dict(state.duties))


class State(Frozen, dict=True):
    """Files of duties as they are at one time; each part is read when it is asked for, which raises `BadFile`."""

    texts: Mapping[str, str]
    compiled: CompiledForm | None = None
    """Their compiled form, where there is one."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        found: Vocabulary | None = self._compiled("vocabulary", Vocabulary)
        return found if found is not None else _vocabulary_in(_all_words(self.texts))

    @cached_property
    def practice(self) -> tuple[Practice, ...]:
        """The letters that no law demands; none beside an organisation's own duties."""
        found: tuple[Practice, ...] | None = self._compiled("practice", tuple[Practice, ...])
        if found is not None or PRACTICE not in self.texts:
            return found or ()
        return _practice_in(self.texts[PRACTICE], _all_words(self.texts))

    @cached_property
    def places(self) -> PlaceBook:
        """What is known of places beside duties; nothing beside an organisation's own duties."""
        found: PlaceBook | None = self._compiled("places", PlaceBook)
        if found is not None or PLACES not in self.texts:
            return found or PlaceBook()
        return _places_in(self.texts[PLACES], _all_words(self.texts))

    @cached_property
    def duties(self) -> Mapping[str, tuple[Duty, ...]]:
        """Those of each file."""
        return {name: self.in_file(name) for name in self.files}

    @cached_property
    def rows(self) -> tuple[DutyRow, ...]:
        """A row for each of them."""
        found: tuple[DutyRow, ...] | None = self._compiled("rows", tuple[DutyRow, ...])
        if found is not None:
            return found
        return tuple(row_of(duty, name) for name, duties in self.duties.items() for duty in duties)

    @property
    def files(self) -> Iterator[str]:
        """The names of the files that hold duties, as problems name them."""
        return (f"{FOLDER}/{name}" for name in self.texts if holds_duties(name))

    def in_file(self, name: str) -> tuple[Duty, ...]:
        """Those of one file; the same file is read once."""
        if name not in self._read:
            found: tuple[Duty, ...] | None = self._compiled(name, tuple[Duty, ...])
            if found is None:
                found = _duties_in(name, self.texts[name.removeprefix(f"{FOLDER}/")], _all_words(self.texts))
            self._read[name] = found
        return self._read[name]

    @cached_property
    def _read(self) -> dict[str, tuple[Duty, ...]]:
        return {}

    def _compiled(self, name: str, kind: object) -> Any:  # noqa: ANN401  (a value of `kind`)
        return self.compiled.part(name, kind) if self.compiled is not None else None


def _state_of(folders: DataFolders, names: Iterable[str]) -> State:
    """The same texts mean the same, and a form of them too; a watch or a drill asks again and again."""
    in_order = sorted(names)
    if not isinstance(folders, CompiledFolders):
        return _state(FileTexts({name: folders.text(FOLDER, name).encode() for name in in_order}), _Form(b""))
    texts = folders.read(FOLDER, in_order)
    return _state(texts, _Form(folders.form(FOLDER, texts, compile_duties)))


class _Form:
    """A form; all that there are of the same texts count as equal, and none as another one."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and bool(self.data) is bool(other.data)

    def __hash__(self) -> int:
        return hash(bool(self.data))


@lru_cache(maxsize=4)
def _state(texts: Mapping[str, str], form: _Form) -> State:
    return State(texts=texts, compiled=compiled_in(form.data, texts) if form.data else None)


def _is_read(name: str) -> bool:
    """Whether the book is made of it; methods of severity and the form of the EDPB are other books."""
    return _holds_words(name) or name in {PRACTICE, PLACES} or holds_duties(name)


def _holds_words(name: str) -> bool:
    return name == VOCABULARY or name.startswith(LANGUAGES)


_AllWords = tuple[tuple[str, str], ...]
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
    return name not in {VOCABULARY, PLACES, REVIEWS} and ("/" not in name or name.startswith(f"{OWN}/"))
