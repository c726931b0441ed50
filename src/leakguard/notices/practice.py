"""The letters that no law demands and that help: their words, as `duties/practice/letters.yaml` writes them."""

from __future__ import annotations

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, dotted, read_yaml
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import Vocabulary

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


class _PracticeFile(LightShape):
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
    items, conditions = list(vocabulary.content_items), list(vocabulary.conditions)
    forbidden: list[tuple[Path, str, list[str]]] = [
        (("must_not_contain", number), word, items) for number, word in enumerate(letter.must_not_contain)
    ]
    for number, content in enumerate(letter.content):
        forbidden.append((("content", number, "item"), content.item, items))
        forbidden.append((("content", number, "required"), content.required, conditions))
    return forbidden
