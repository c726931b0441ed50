"""Authorities as data: the offices that take notices, what each is competent for, and how it wants to be told.

One file a country, `authorities/de.yaml`; each is read when somebody asks for one of its offices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

from leakguard.errors import BadFile, NotFound, Problem
from leakguard.files.compiled_values import CompiledForm, compiled_in, to_compiled
from leakguard.files.file_texts import FileTexts
from leakguard.files.fitting import fit, load
from leakguard.files.light_shapes import LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, dotted, read_yaml
from leakguard.notices.office_shapes import Authority, CompetenceKind
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.vocabulary_file import parse_vocabulary
from leakguard.ports import CompiledFolders, DataFolders

FOLDER = "authorities"
KINDS = "kinds.yaml"
_WORDS = "duties/vocabulary.yaml"
_EVERYWHERE = "eu"
"""The file of offices for bodies of the Union, wherever they sit."""
_REMEMBERED = 256


class _AuthorityFile(LightShape):
    authorities: tuple[Authority, ...]


class _KindsFile(LightShape):
    kinds: dict[str, CompetenceKind]


class Authorities:
    """All offices; a file is read when it is needed."""

    def __init__(self, folders: DataFolders, vocabulary: Vocabulary) -> None:
        """`vocabulary` knows the places and the sorts of bodies."""
        self._folders, self._vocabulary = folders, vocabulary
        self._parts: dict[str, Any] = {}
        self._names = frozenset(name for name in folders.names(FOLDER) if "/" not in name and name != KINDS)

    @property
    def kinds(self) -> Mapping[str, CompetenceKind]:
        """The laws that leave it to a rule which office is competent, by name."""
        found: dict[str, CompetenceKind] | None = self._part(KINDS, dict[str, CompetenceKind])
        return found if found is not None else _kinds_in(self._folders.text(FOLDER, KINDS))

    def of_country(self, place: str) -> tuple[Authority, ...]:
        """The offices of a country, also of one whose part `place` is; raises `BadFile`."""
        name = f"{place.split('-', maxsplit=1)[0].lower()}.yaml"
        if name not in self._names:
            return ()
        found: tuple[Authority, ...] | None = self._part(name, tuple[Authority, ...])
        return found if found is not None else _authorities_in(name, self._folders.text(FOLDER, name), self._vocabulary)

    def _part(self, name: str, kind: object) -> Any:  # noqa: ANN401  (a value of `kind`)
        """What was compiled of a file, read once; `None` where nothing was."""
        if name not in self._parts:
            self._parts[name] = self._compiled.part(name, kind) if self._compiled is not None else None
        return self._parts[name]

    @cached_property
    def _compiled(self) -> CompiledForm | None:
        if not isinstance(self._folders, CompiledFolders):
            return None
        texts = authority_texts(self._folders)
        return compiled_in(self._folders.form(FOLDER, texts, compile_authorities), texts)

    def for_seat(self, place: str) -> tuple[Authority, ...]:
        """The offices that may be competent for an organisation with this seat; raises `BadFile`."""
        return (*self.of_country(place), *self.of_country(_EVERYWHERE))

    def find(self, identifier: str) -> Authority | None:
        """One office by its id, whose first word names its file; raises `BadFile`."""
        return next((authority for authority in self.of_country(identifier) if authority.id == identifier), None)

    def all(self) -> Iterator[Authority]:
        """Every office, country by country; raises `BadFile`."""
        for name in sorted(self._names):
            yield from self.of_country(name.removesuffix(".yaml"))

    def at(self, place: str) -> tuple[Authority, ...]:
        """The offices in a place and in its parts; raises `NotFound` when none is known."""
        wanted = place.upper()
        found = tuple(
            authority for authority in self.of_country(place) if f"{authority.place}-".startswith(f"{wanted}-")
        )
        if found:
            return found
        known = sorted({authority.place for authority in self.all()})
        near = nearest_name(wanted[:20], known)
        hint = f"Did you mean `{near}`?" if near else "List them all: leakguard duties authorities"
        raise NotFound(f"no authority is known in `{place[:20]}`", next_step=hint)


def authority_texts(folders: DataFolders) -> Mapping[str, str]:
    """The files of offices by name, and the words that they are held to."""
    texts = {name: folders.text(FOLDER, name).encode() for name in folders.names(FOLDER) if "/" not in name}
    return FileTexts(texts | {_WORDS: folders.text(*_WORDS.split("/")).encode()})


def compile_authorities(texts: Mapping[str, str]) -> str:
    """The files of offices in a form that is read at once; raises `BadFile`."""
    vocabulary = parse_vocabulary(texts[_WORDS], name=_WORDS)
    files = {name: text for name, text in texts.items() if name not in {_WORDS, KINDS}}
    offices = {
        name: parse_authorities(text, name=f"{FOLDER}/{name}", vocabulary=vocabulary) for name, text in files.items()
    }
    return to_compiled(texts, {**offices, KINDS: _kinds_in(texts[KINDS])})


@lru_cache(maxsize=4)
def _kinds_in(text: str) -> Mapping[str, CompetenceKind]:
    return load(text, _KindsFile, name=f"{FOLDER}/{KINDS}").kinds


_parsed: dict[tuple[str, str], tuple[Authority, ...]] = {}


def _authorities_in(name: str, text: str, vocabulary: Vocabulary) -> tuple[Authority, ...]:
    """The same text means the same; a report and a drill ask again and again."""
    if (name, text) not in _parsed:
        if len(_parsed) >= _REMEMBERED:
            _parsed.clear()
        _parsed[name, text] = parse_authorities(text, name=f"{FOLDER}/{name}", vocabulary=vocabulary)
    return _parsed[name, text]


def parse_authorities(text: str, *, name: str, vocabulary: Vocabulary) -> tuple[Authority, ...]:
    """Read a file of offices; raises `BadFile` with all problems, also places and bodies that nobody knows."""
    read = read_yaml(text, name=name)
    offices = fit(read, _AuthorityFile, name=name).authorities
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, office in enumerate(offices):
        for path, word, known in _words_used(office, vocabulary):
            if not known:
                place: Path = ("authorities", index, *path)
                near = nearest_name(word[:60], list(vocabulary.bodies))
                text_ = f"unknown word `{word}`"
                problems.append(Problem(where=dotted(place), text=text_, line=read.line_of(place), nearest=near))
        if office.id in seen:
            problems.append(Problem(where=f"authorities[{index}].id", text=f"the id `{office.id}` stands here twice"))
        seen.add(office.id)
    if problems:
        raise BadFile(name, tuple(problems))
    return offices


def _words_used(office: Authority, vocabulary: Vocabulary) -> Iterator[tuple[Path, str, bool]]:
    """Each word that the vocabulary must know, with whether it does."""
    yield ("place",), office.place, _is_place(office.place, vocabulary)
    for index, competence in enumerate(office.competence):
        yield ("competence", index, "seat"), competence.seat, _is_place(competence.seat, vocabulary)
        for number, body in enumerate(competence.bodies):
            yield ("competence", index, "bodies", number), body, body in vocabulary.bodies


def _is_place(code: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.is_place(code) or code in vocabulary.regions
