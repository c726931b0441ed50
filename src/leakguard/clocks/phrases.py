"""The parts of a sentence before `sentences` renders it in a language.

A *message* is a msgid, the English template, which the catalogues of other languages translate.
"""

from __future__ import annotations

from typing import NamedTuple


class Phrase(NamedTuple):
    """A message with the values of its placeholders; a value may be a phrase too."""

    template: str
    """The msgid, which is the English template."""
    values: tuple[object, ...] = ()


class Translatable(NamedTuple):
    """A text of our data that is a msgid by itself, such as the name of a law."""

    text: str


def kind_phrase(kind: str) -> Phrase:
    """The name of an event kind.

    English prints the first value, the name in words. A catalogue translates the template `{}` as `{1}`, and so prints
    the second value, the name in its language.
    """
    return Phrase("{}", (kind.replace("_", " "), Translatable(kind)))


class JoinedPhrases(NamedTuple):
    """Parts joined by a separator, which is a message too."""

    between: str
    parts: tuple[object, ...]


Line = tuple[str, tuple[object, ...]]
"""One sentence of an explanation: a msgid and its values, of which `sentences.render` makes a `Phrase`."""
