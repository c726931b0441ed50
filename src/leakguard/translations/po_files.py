"""Reads gettext's files, as far as the catalogues use them: Babel reads the same, and takes ten times as long.

A test reads every file with both and compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from leakguard.errors import BadFile, Problem
from leakguard.frozen import Frozen

_KEYWORDS = {"msgid": "message", "msgid_plural": "plural", "msgstr": "text", "msgstr[0]": "text"}


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
