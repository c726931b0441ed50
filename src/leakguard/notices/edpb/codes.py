"""The codes of the template in words: a person answers with either, a notice holds the codes."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.notices.edpb.template import TemplateField

_FLAGS = {"yes": True, "no": False}
_WORDS_OF_FLAGS = {True: "yes", False: "no"}
"""YAML reads some spellings of both as flags, and others as words."""


def coded(field: TemplateField, answer: object) -> object:
    """An answer with the codes of its words; what is neither stays as it is, for the check to name."""
    if field.kind == "choice":
        return _code(field, answer)
    if field.kind == "choices" and isinstance(answer, list):
        return [_code(field, code) for code in answer]
    if field.kind == "flag" and isinstance(answer, str):
        return _FLAGS.get(_plain(answer), answer)
    return answer


def code_of(field: TemplateField, text: str) -> str | None:
    """The code that these words mean: the whole of its words, or those before a bracket; `None` where none is meant."""
    if text in field.codes:
        return text
    meant = {code for code, words in field.codes.items() if _plain(text) in _spellings(words)}
    return meant.pop() if len(meant) == 1 else None


def short_words(words: str) -> str:
    """The words of a code without what stands in brackets."""
    return words.partition("(")[0].strip()


def _code(field: TemplateField, answer: object) -> object:
    text = _WORDS_OF_FLAGS[answer] if isinstance(answer, bool) else answer
    return (code_of(field, text) or answer) if isinstance(text, str) else answer


def _spellings(words: str) -> Iterator[str]:
    yield _plain(words)
    yield _plain(short_words(words))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
