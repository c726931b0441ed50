"""Text and tables laid out for the width of a terminal: no word and no command is ever broken.

A line is longer than the width only where a single word, an id or a command is: cutting it would make it useless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leakguard.frozen import Frozen, field

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

    Cell = str | Text

WIDTH = 80
"""Columns of the terminal that every page is written for."""
_GAP = 2
_LEGIBLE = 16
"""Columns below which a text of several words is not read but spelt; it stands below its row then."""
_BELOW = "    "
"""Sets in what stands below its row."""
_COMMAND = re.compile(r"(?<![\w./`-])leakguard (?=[a-z-])")
_QUOTED = re.compile(r"`[^`]*`")
_ENDS = re.compile(r"[,;.](?=\s|$)| {2}| \(")
"""What ends a command inside a sentence."""
_NOT_FIRST = frozenset("，。、；：！？）》」』”’")
_NOT_LAST = frozenset("（《「『“‘")
"""Chinese and Japanese break between any two characters, but for these."""
_ALARMING = re.compile(
    r"\b(?:OVERDUE|LATE|MET LATE|MISSED|OPEN AGAIN|CRITICAL|HIGH|FAILED|UNDELIVERED|DOES NOT VERIFY)\b"
)
"""Words that say that something is late or open; they carry the meaning, and a colour only repeats it."""


_LABEL = re.compile(r"- |[\w-]{1,14}(?: [\w-]{1,14})?:? {2,}(?=\S)")
"""What a line begins with where its words stand in a column of their own, such as `who     ` or `- `."""
_LONGEST_LABEL = 18


def cell_len(text: str) -> int:
    """Columns of a text; only what is not ASCII needs tables of widths."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len as measured  # noqa: PLC0415  (most texts need none)

    return measured(text)


class Column(Frozen):
    """A column of a table."""

    heading: str
    is_whole: bool = False
    """Never wrapped: an id, a number, a time."""
    is_number: bool = False
    gives_way: int = 0
    """Where the columns do not fit, the one with the highest number moves below its row first; 0 stays."""


class Layout(Frozen):
    """Which columns stand side by side and how wide, and which stand below each row."""

    widths: dict[int, int] = field(default_factory=dict)
    below: tuple[int, ...] = ()


def wrap(text: str, width: int, *, indent: str = "", hang: str | None = None) -> list[str]:
    """Lines of at most `width` columns, broken at spaces alone; `hang` sets in the second line and those after it."""
    hang = indent if hang is None else hang
    lines, line, gap, is_empty = [], indent, "", True
    for space, piece in _pieces(text):
        gap = "" if is_empty else space
        if not is_empty and cell_len(line) + cell_len(gap) + cell_len(piece) > width:
            lines.append(line)
            line, gap = hang, ""
        line, is_empty = f"{line}{gap}{piece}", False
    return [*lines, line]


def laid_out(text: str, width: int, *, indent: str = "", hang: str | None = None, is_list: bool = False) -> list[str]:
    """As `wrap`, with each command whole: below the sentence that names it, where both do not fit into one line.

    With `is_list` a command always has a line of its own.
    """
    hang = indent if hang is None else hang
    parts = list(_parts(text))
    is_apart = is_list and len(parts) > 1
    if not is_apart and cell_len(indent) + cell_len(text) <= width:
        return [f"{indent}{text}"]
    lines: list[str] = []
    for words, is_command in parts:
        first = hang if lines else indent
        if is_command:
            lines.append(f"{f'{hang}  ' if lines else indent}{words}")
        else:
            lines += wrap(words, width, indent=first, hang=hang)
    return lines


def page(text: str, width: int) -> str:
    """Every line of a text laid out; the lines below one that is set in are set in as it is."""
    return "\n".join(line for one in text.split("\n") for line in _laid_out_line(one, width))


def painted(line: str) -> Text:
    """The line with what is late or open in colour."""
    from rich.text import Text  # noqa: PLC0415  (most commands print no colour)

    text = Text(line)
    text.highlight_regex(_ALARMING, "bold red")
    return text


class Table(Frozen):
    """Rows under headings. Rich prints it, and `lines` has it for any width."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    """Texts, or texts of rich with one style each."""
    title: str = ""
    caption: str = ""

    def lines(self, width: int) -> Iterator[Text]:
        """Title, headings, rows, caption; columns that have no room stand below their row, each with its heading."""
        from rich.text import Text  # noqa: PLC0415  (as above)

        layout = _layout(self.columns, self.rows, width)
        kept = list(layout.widths)
        if self.title:
            yield Text(self.title, style="bold")
        yield from _side_by_side(
            [Text(self.columns[place].heading, style="bold") for place in kept], self.columns, layout
        )
        for row in self.rows:
            yield from _side_by_side([_text(row[place]) for place in kept], self.columns, layout)
            for place in layout.below:
                yield from _below(self.columns[place].heading, _text(row[place]), width)
        if self.caption:
            yield from (Text(line, style="bold") for line in laid_out(self.caption, width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield from self.lines(options.max_width)


def _below(heading: str, cell: Text, width: int) -> Iterator[Text]:
    from rich.text import Text  # noqa: PLC0415  (as above)

    words = " ".join(cell.plain.split("\n")).strip()
    if words not in {"", "-"}:
        text = f"{heading.lower()}: {words}"
        yield from (Text(line, style=cell.style) for line in laid_out(text, width, indent=_BELOW, hang=f"{_BELOW}  "))


def _layout(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> Layout:
    column_texts = [
        [column.heading, *(_text(row[place]).plain for row in rows)] for place, column in enumerate(columns)
    ]
    most = [max(cell_len(line) for text in texts for line in text.split("\n")) for texts in column_texts]
    least = [
        most[place]
        if column.is_whole or column.is_number
        else max(min(most[place], _LEGIBLE), *(_longest_piece(text) for text in column_texts[place]))
        for place, column in enumerate(columns)
    ]
    kept, below = list(range(len(columns))), []
    while sum(least[place] for place in kept) + _GAP * (len(kept) - 1) > width:
        last = max(kept, key=lambda place: columns[place].gives_way)
        if not columns[last].gives_way:
            break
        kept.remove(last)
        below.append(last)
    return Layout(widths=_shared(kept, least, most, width), below=tuple(sorted(below)))


def _shared(kept: Sequence[int], least: Sequence[int], most: Sequence[int], width: int) -> dict[int, int]:
    """What is left of the width goes to those that need little first, so that few cells wrap."""
    left = width - sum(least[place] for place in kept) - _GAP * (len(kept) - 1)
    widths = {place: least[place] for place in kept}
    wanting = sorted((place for place in kept if most[place] > least[place]), key=lambda place: most[place])
    for number, place in enumerate(wanting):
        share = min(most[place] - least[place], max(0, left) // (len(wanting) - number))
        widths[place] += share
        left -= share
    return widths


def _side_by_side(cells: Sequence[Text], columns: Sequence[Column], layout: Layout) -> list[Text]:
    from rich.text import Text  # noqa: PLC0415  (as above)

    wrapped = [
        [line for part in cell.plain.split("\n") for line in wrap(part, width)]
        for cell, width in zip(cells, layout.widths.values(), strict=True)
    ]
    lines = []
    for number in range(max(map(len, wrapped), default=0)):
        line = Text()
        for (place, width), cell, parts in zip(layout.widths.items(), cells, wrapped, strict=True):
            part = parts[number] if number < len(parts) else ""
            space = " " * max(0, width - cell_len(part))
            padded = f"{space}{part}" if columns[place].is_number else f"{part}{space}"
            line.append(padded, style=cell.style)
            line.append(" " * _GAP)
        line.rstrip()
        lines.append(line)
    return lines


def _text(cell: Cell) -> Text:
    from rich.text import Text  # noqa: PLC0415  (as above)

    return Text(cell) if isinstance(cell, str) else cell


def _longest_piece(text: str) -> int:
    return max((cell_len(piece) for line in text.split("\n") for _, piece in _pieces(line)), default=0)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What may not be broken, each with the space before it; a command in back-quotes is one piece."""
    quoted = {each.start(): each.end() for each in _QUOTED.finditer(text) if each[0].startswith("`leakguard ")}
    place = 0
    while place < len(text):
        start = place
        while place < len(text) and text[place] == " ":
            place += 1
        word = place
        while place < len(text) and text[place] != " ":
            place = quoted.get(place, place + 1)
        if place > word:
            first, *others = _characters(text[word:place])
            yield text[start:word], first
            yield from (("", other) for other in others)


def _characters(word: str) -> list[str]:
    """The word in one piece, or where it is Chinese in the pieces between which it may be broken."""
    pieces = [word[0]]
    for before, letter in pairwise(word):
        is_break = cell_len(before) > 1 and cell_len(letter) > 1
        if is_break and letter not in _NOT_FIRST and before not in _NOT_LAST:
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The sentence in its order, each part with whether it is a command that can be copied."""
    found = _COMMAND.search(text)
    if found is None:
        yield text, False
        return
    before = text[: found.start()].rstrip()
    if before:
        yield before, False
    end = _end_of_command(text, found.start())
    yield text[found.start() : end], True
    after = text[end:].lstrip(" ,;.")
    if after:
        yield from _parts(after)


def _end_of_command(text: str, start: int) -> int:
    quote = ""
    for place in range(start, len(text)):
        letter = text[place]
        if quote or letter in "\"'":
            quote = "" if letter == quote else quote or letter
        elif _ENDS.match(text, place):
            return place
    return len(text)


def _laid_out_line(line: str, width: int) -> list[str]:
    """A line below another is set in by two columns, or stands below the words that follow a label."""
    words = line.lstrip(" ")
    indent = line[: len(line) - len(words)]
    if _COMMAND.match(words):
        return [line]
    label = _LABEL.match(words)
    hang = indent + " " * (label.end() if label is not None and label.end() <= _LONGEST_LABEL else 2)
    return laid_out(words, width, indent=indent, hang=hang, is_list=words.startswith("- "))
