"""The parts of a sentence, before anybody has said in which language it is put together; see `sentences`."""

from __future__ import annotations

from typing import NamedTuple


class Phrase(NamedTuple):
    """A message with its values; a part of a sentence may be one too."""

    template: str
    values: tuple[object, ...] = ()


class Word(NamedTuple):
    """A text of our data that is a message as it stands, such as the name of a law."""

    text: str


class Row(NamedTuple):
    """Parts in a row; what joins them is a message."""

    between: str
    parts: tuple[object, ...]


Line = tuple[str, tuple[object, ...]]
"""A sentence with places for values, as `Phrase`."""
