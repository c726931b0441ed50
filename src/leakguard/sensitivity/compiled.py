"""The book as it was read from its files, kept so that a scan need not read YAML at its first open store.

It stands with a digest of the files' texts: where one of them changed since, they are read anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from leakguard.frozen import names_of
from leakguard.sensitivity.book import DataClass, KindBook, Standard
from leakguard.sensitivity.dictionary import Dictionary

_SETS = frozenset({"neutral", "false_friends", "people", "about"})
_PLAIN = frozenset({"extensions", "zh_pattern", "zh_collection_pattern"})


def compile_book(texts: Mapping[str, str]) -> str:
    """The files in a form that is read at once; raises `BadFile`."""
    from leakguard.sensitivity.reading import parse_book  # noqa: PLC0415  (what is compiled already needs no reader)

    return to_compiled(parse_book(texts), texts)


def to_compiled(book: KindBook, texts: Mapping[str, str]) -> str:
    """What `book_in` reads, one part a line."""
    words = {field.name: _stated(getattr(book.words, field.name)) for field in fields(Dictionary) if field.init}
    parts = {
        "digest": digest_of(texts), "words": words,
        "standards": [_standard_stated(standard) for standard in book.standards],
    }  # fmt: skip
    lines = (f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}" for name, part in parts.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def book_in(compiled: bytes | str, texts: Mapping[str, str]) -> KindBook | None:
    """The book; nothing where the files changed since, or what is kept is none."""
    try:
        kept = json.loads(compiled)
        if kept["digest"] != digest_of(texts):
            return None
        return KindBook(
            words=Dictionary(**{name: _word_part(name, value) for name, value in kept["words"].items()}),
            standards=tuple(_standard(each) for each in kept["standards"]),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def digest_of(texts: Mapping[str, str]) -> str:
    """Tells one state of the files from another."""
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(texts.items())).encode()).hexdigest()


def _stated(value: Any) -> Any:  # noqa: ANN401  (a part of the dictionary)
    return sorted(value) if isinstance(value, frozenset) else value


def _word_part(name: str, value: Any) -> Any:  # noqa: ANN401  (as JSON holds it)
    if name in _SETS:
        return frozenset(value)
    return value if name in _PLAIN else {word: tuple(kinds) for word, kinds in value.items()}


def _standard_stated(each: Standard) -> dict[str, Any]:
    plain = {name: getattr(each, name) for name in names_of(Standard)}
    until = each.in_force_to
    return plain | {
        "in_force_from": each.in_force_from.isoformat(),
        "in_force_to": until.isoformat() if until else None,
        "verified_on": each.verified_on.isoformat(),
        "classes": [
            [data_class.name, sorted(data_class.kinds), sorted(data_class.but_not)] for data_class in each.classes
        ],
    }


def _standard(kept: dict[str, Any]) -> Standard:
    until = kept["in_force_to"]
    dates = {
        "in_force_from": date.fromisoformat(kept["in_force_from"]),
        "in_force_to": date.fromisoformat(until) if until else None,
        "verified_on": date.fromisoformat(kept["verified_on"]),
    }
    classes = tuple(
        DataClass(name=name, kinds=frozenset(kinds), but_not=frozenset(but_not))
        for name, kinds, but_not in kept["classes"]
    )
    return Standard(**(kept | dates | {"classes": classes}))
