"""The words of a letter, as its reader sees them: read from a file in text, Markdown or HTML, or from a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from leakguard.errors import BadFile
from leakguard.frozen import Frozen
from leakguard.models.letters import Fields, Letter, Numbered

MOST_CHARACTERS = 1_000_000
"""A letter is shorter; a longer file is something else."""
MOST_TAGS = 10_000
"""Python's reader of HTML takes a second for so many tags that never end, and four times as long for twice as many."""
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,4}(?:\.\d{1,4})?)\s*(pt|px|em|rem|%)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "px": 0.75, "em": 12.0, "rem": 12.0, "%": 0.12}
"""CSS: 96 px and 72 pt an inch; relative sizes against the 16 px that browsers begin with."""
_MARKUP = re.compile(r"^(?:#{1,6}\s+|\*\*|__)|(?:\*\*|__|\s+#+)$")
_IN_LINE = frozenset({"a", "abbr", "b", "em", "i", "span", "strong", "u", "small", "mark"})
_UNSEEN = frozenset({"script", "style", "title", "template"})


class LetterText(Frozen):
    """What stands in a letter."""

    lines: tuple[str, ...]
    """One a paragraph, heading or line, without markup, spaces made single; none is empty."""
    smallest_points: float | None = None
    """The smallest type that is stated, in points; `None` where the format states none."""

    @property
    def text(self) -> str:
        """All of it in one text."""
        return "\n".join(self.lines)


def parse_letter(text: str, *, name: str) -> LetterText:
    """Read a letter that somebody wrote; raises `BadFile` when it is too long, empty, or no text."""
    if len(text) > MOST_CHARACTERS:
        raise BadFile.whole(name, f"is longer than {MOST_CHARACTERS:,} characters; a letter is shorter")
    if "\x00" in text or text.startswith("%PDF"):
        raise BadFile.whole(name, "is no text; give the letter as text, Markdown or HTML")
    in_html = is_html(text)
    if in_html and text.count("<") > MOST_TAGS:
        raise BadFile.whole(name, f"has more than {MOST_TAGS:,} tags; a letter has fewer")
    lines = tuple(_lines(_from_html(text) if in_html else text))
    if not lines:
        raise BadFile.whole(name, "holds no words")
    sizes = [float(found[1]) * _POINTS[found[2].lower()] for found in _SIZE.finditer(text)] if in_html else []
    return LetterText(lines=lines, smallest_points=min(sizes, default=None))


def is_html(text: str) -> bool:
    """Whether a text begins as HTML does."""
    return re.match(r"\s*<(?:!doctype|html|body|div|p|h\d)\b", text, re.IGNORECASE) is not None


def text_of(letter: Letter) -> LetterText:
    """The words of a draft; its type is that of the document's format."""
    parts = [letter.title, letter.salutation]
    for block in letter.blocks:
        if isinstance(block, Fields):
            parts += [f"{label}: {text}" for label, text in block.rows]
        elif isinstance(block, Numbered):
            parts += block.entries
        else:
            parts.append(block.text)
    return LetterText(lines=tuple(_lines("\n".join((*parts, letter.closing)))))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        shown = _MARKUP.sub("", " ".join(line.split())).strip()
        if shown:
            yield shown


def _from_html(text: str) -> str:
    reader = _LineReader()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


class _LineReader(HTMLParser):
    """Keeps what is seen; every element that is no part of a line ends one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  (given by the library)
        self._hidden += tag in _UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(data.splitlines()) if data.strip() else " ")

    def _break(self, tag: str) -> None:
        if tag not in _IN_LINE:
            self.parts.append("\n")
