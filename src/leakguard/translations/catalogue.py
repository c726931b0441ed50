"""Reads the catalogues: gettext's own files, merged over all subjects of a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from babel.messages.catalog import Catalog

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "zh": "中文"}
"""What each language calls itself."""


class Catalogue(Frozen):
    """The messages of one language."""

    language: str
    messages: Mapping[str, str]
    plurals: Mapping[str, str]
    """By the plural of the English text: Chinese has one form for every number."""

    def gettext(self, message: str) -> str:
        """The text in this language; the English one where there is none."""
        return self.messages.get(message, message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The text for a number of things."""
        return self.plurals.get(many, one if number == 1 else many)

    def has(self, message: str) -> bool:
        """Whether the text is there in this language."""
        return self.language == ENGLISH or message in self.messages


@cache
def catalogue(language: str) -> Catalogue:
    """All messages of a language, read once."""
    messages: dict[str, str] = {}
    plurals: dict[str, str] = {}
    for _, read in catalogues(language):
        for one in read:
            if isinstance(one.id, str):
                messages |= {one.id: one.string} if one.id and isinstance(one.string, str) and one.string else {}
            elif one.string and one.string[0]:
                plurals[one.id[1]] = one.string[0]
    return Catalogue(language=language, messages=messages, plurals=plurals)


def catalogues(language: str) -> Iterator[tuple[str, Catalog]]:
    """Each file of a language, by its name; English has none."""
    from babel.messages.pofile import read_po  # noqa: PLC0415  (a tenth of a second, which an English reader does not need)

    if language == ENGLISH:
        return
    for path in sorted(_folder(language).iterdir(), key=lambda one: one.name):
        if path.name.endswith(".po"):
            with path.open("rb") as file:
                yield path.name, read_po(file, locale=language, abort_invalid=True)


def _folder(language: str) -> Traversable:
    return files("leakguard.translations") / language
