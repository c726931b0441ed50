"""What an organisation does, told by a text about it, and which roles that suggests."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from leakguard.files.light_shapes import Field, LightShape

_NO_WORD = re.compile(r"[^\w-]+")
_FIRST_CJK = "\u2e80"


class Sector(LightShape):
    """What an organisation does."""

    en: str
    zh: str
    words: tuple[str, ...] = ()
    """By which a text about the organisation tells it."""


class RoleQuestion(LightShape):
    """Asks for a role that an organisation of a sector may have without knowing it."""

    en: str
    zh: str
    roles: tuple[str, ...] = Field(min_length=1)
    sectors: tuple[str, ...] = ()
    """Empty for every organisation whose sector is stated."""


def refuse_unknown_words(
    asked: Iterable[RoleQuestion], roles: Collection[str], sectors: Collection[str]
) -> None:  # fmt: skip
    """Raise `ValueError` for questions about roles or sectors that nobody knows."""
    named = {word for question in asked for word in (*question.roles, *question.sectors)}
    if unknown := sorted(named - set(roles) - set(sectors)):
        raise ValueError(f"`role_questions` name what `obligated` and `sectors` do not: {', '.join(unknown)}")


def sectors_told(sectors: Mapping[str, Sector], texts: Iterable[str]) -> frozenset[str]:
    """The sectors that texts about an organisation tell, by their names or by their words."""
    padded = [f" {' '.join(_NO_WORD.sub(' ', text.casefold().replace('_', ' ')).split())} " for text in texts]
    return frozenset(
        name
        for name, sector in sectors.items()
        if any(_tells(text, word) for text in padded for word in (name.replace("_", " "), *sector.words))
    )


def _tells(text: str, word: str) -> bool:
    """Whether a word of a sector begins a word of the text; scripts without spaces have it anywhere."""
    return (word if max(word) >= _FIRST_CJK else f" {word}") in text
