"""Reads the catalogues: gettext's own files, merged over all subjects of a language.

Reads gettext's files, as far as the catalogues use them: Babel reads the same, and takes ten times as long.

A test reads every file with both and compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen
from leakguard.translations.sentences import Sentences

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
import json
from collections.abc import Iterator

from leakguard.errors import BadFile, Problem

_KEYWORDS = {"msgid": "message", "msgid_plural": "plural", "msgstr": "text", "msgstr[0]": "text"}

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "zh": "中文"}
"""What each language calls itself."""
_REASONS = "; "
_ROWS = ((_REASONS, "；"), (" or ", "或者"), (" and ", "和"), (", ", "、"))
_DEEPEST = 3
"""A value of a sentence may be a sentence with values of its own; deeper than this none is."""
PHRASES = "phrases-"
"""Begins the name of a file whose messages are parts of sentences: too short to recognise a sentence by."""


class Entry(Frozen):
    """One message and its text."""

    message: str
    text: str
    plural: str = ""
    line: int = 0
    """Where it begins in its file."""


def entries(text: str) -> Iterator[Entry]:
    """Every message of a file, without its head. Raises `BadFile` with the line that is not understood."""
    found: dict[str, str] = {}
    part, begun = "", 0
    for number, line in enumerate((*text.splitlines(), 'msgid ""'), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not stripped.startswith('"'):
            word, _, stripped = stripped.partition(" ")
            if word not in _KEYWORDS:
                raise _bad(number, f"`{word[:40]}` is no keyword of a catalogue here")
            part = _KEYWORDS[word]
            if part == "message":
                if found.get("message"):
                    yield Entry(**found, line=begun)
                found, begun = {"text": ""}, number
        elif not part:
            raise _bad(number, "a text stands here without a keyword")
        found[part] = found.get(part, "") + _unquoted(stripped, number)


def _unquoted(quoted: str, number: int) -> str:
    try:
        read = json.loads(quoted)
    except ValueError:
        raise _bad(number, "the text between the quotation marks is not understood") from None
    if not isinstance(read, str):
        raise _bad(number, "a text needs quotation marks")
    return read


def _bad(number: int, text: str) -> BadFile:
    return BadFile("a catalogue cannot be read", (Problem(where=f"line {number}", text=text),))


class Catalogue(Frozen):
    """The messages of one language."""

    language: str
    messages: Mapping[str, str]
    plurals: Mapping[str, str]
    """By the plural of the English text: Chinese has one form for every number."""
    sentences: Sentences
    """The messages with places in braces, by which a sentence that was already composed is recognised."""

    def gettext(self, message: str) -> str:
        """The text in this language; the English one where there is none.

        The plural of a message may be asked for alone: a page that shows a large number in short form.
        """
        return self.messages.get(message) or self.plurals.get(message, message)

    def ngettext(self, singular: str, many: str, number: int) -> str:
        """The text for a number of things."""
        return self.plurals.get(many, singular if number == 1 else many)

    def said(self, text: str) -> str:
        """A text of our data, or a sentence of our program with its values in it; itself where there is none.

        A value that is a message of its own is translated within its sentence.
        """
        return text if self.language == ENGLISH else self._translated(text, _DEEPEST)

    def _translated(self, text: str, depth: int) -> str:
        found = self.messages.get(text)
        if found is not None or depth == 0:
            return text if found is None else found
        if (reasons := self._reasons(text, depth)) is not None:
            return reasons
        translated = self.sentences.said(text, lambda value: self._translated(value, depth - 1))
        return translated if translated != text else self._row(text, depth)

    def _reasons(self, text: str, depth: int) -> str | None:
        """Reasons in a row of which each is known; what stands in brackets belongs to one of them."""
        parts = _apart(text)
        if len(parts) == 1:
            return None
        translated = [self._translated(part, depth) for part in parts]
        known = all(new != old for new, old in zip(translated, parts, strict=True))
        return self.messages.get(_REASONS, "；").join(translated) if known else None

    def _row(self, text: str, depth: int) -> str:
        """Several texts in a row: reasons where one of them is known, words where all are."""
        for between, joint in _ROWS:
            if between not in text:
                continue
            parts = text.split(between)
            translated = [self._translated(part, depth - 1) for part in parts]
            changed = sum(new != old for new, old in zip(translated, parts, strict=True))
            if changed and (changed == len(parts) or between == _REASONS):
                return self.messages.get(joint, joint).join(translated)
        return text

    def filled(self, message: str, *values: object) -> str:
        """A message with its places `{}` filled, in this language; its values stay as they are."""
        return self.gettext(message).format(*values)

    def has(self, message: str) -> bool:
        """Whether the text is there in this language."""
        return self.language == ENGLISH or message in self.messages


@cache
def catalogue(language: str) -> Catalogue:
    """All messages of a language, read once."""
    messages: dict[str, str] = {}
    plurals: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for path in po_paths(language):
        of_file = phrases if path.name.startswith(PHRASES) else messages
        for entry in entries(path.read_text(encoding="utf-8")):
            _add(entry, of_file, plurals)
    sentences = Sentences.of(messages)
    return Catalogue(language=language, messages=phrases | messages, plurals=plurals, sentences=sentences)


def _add(entry: Entry, messages: dict[str, str], plurals: dict[str, str]) -> None:
    if entry.text and entry.plural:
        plurals[entry.plural] = entry.text
    elif entry.text and entry.message:
        messages[entry.message] = entry.text


def _apart(text: str) -> list[str]:
    """The parts of a row of reasons: divided outside brackets alone."""
    parts: list[str] = []
    for piece in text.split(_REASONS):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += _REASONS + piece
        else:
            parts.append(piece)
    return parts


def po_paths(language: str) -> tuple[Traversable, ...]:
    """The files of a language, in the order of their names; English has none."""
    if language == ENGLISH:
        return ()
    folder = files("leakguard.translations") / language
    return tuple(sorted((path for path in folder.iterdir() if path.name.endswith(".po")), key=lambda path: path.name))
