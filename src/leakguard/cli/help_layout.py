r"""How `--help` is laid out: prose wraps at the width, and a line that is copied stays whole.

A block that begins with `\b` is a list, most often of examples. What is said about a line of it is written behind it,
after two spaces and `#`. It is shown there, in one column, if the whole block fits; otherwise above its line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

LIST = "\b\n"
"""What a block begins with whose lines are not joined."""
_REMARK = re.compile(r"(?P<copied>.*?\S) {2,}# (?P<remark>.*)")
_TERM = re.compile(r"(?P<term> *\S+(?: \S+)? {2,})(?P<meaning>[^#\s].*)")
_GAP = "  # "
_NARROWEST = 24
"""Columns that the meaning of a term needs beside it; with fewer it begins below the term."""


class _Entry(NamedTuple):
    """Lines that are copied together, and what is said about them."""

    copied: tuple[str, ...]
    remark: str


def laid_out(text: str, width: int) -> str:
    """A help text in `width` columns; only a line that is copied may be longer."""
    return "\n\n".join(
        "\n".join(_listed(block.removeprefix(LIST).splitlines(), width))
        if block.startswith(LIST)
        else _wrapped(block, width)
        for block in blocks_of(text)
    )


def blocks_of(text: str) -> list[str]:
    """The paragraphs and the lists of a help text; a list begins with `LIST`."""
    return re.split(r"\n{2,}", text.strip("\n"))


def _listed(lines: Sequence[str], width: int) -> Iterator[str]:
    entries = tuple(_entries(_joined(lines)))
    column = max((len(one.copied[-1]) for one in entries if one.remark), default=0)
    is_beside = all(column + len(_GAP) + len(one.remark) <= width for one in entries if one.remark)
    for one in entries:
        if one.remark and is_beside:
            yield from one.copied[:-1]
            yield f"{one.copied[-1]:<{column}}{_GAP}{one.remark}"
        else:
            yield from _above(one, width)
            yield from (line for copied in one.copied for line in _hanging(copied, width))


def _joined(lines: Sequence[str]) -> list[str]:
    """The lines, where a meaning that goes on in the next line, below its beginning, is one."""
    joined: list[str] = []
    for line in lines:
        found = _TERM.fullmatch(joined[-1]) if joined else None
        if found is not None and _indent(line) == " " * len(found["term"]):
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line)
    return joined


def _entries(lines: Sequence[str]) -> Iterator[_Entry]:
    """Each line, and a line that ends with a backslash together with the next ones."""
    copied: list[str] = []
    for line in lines:
        found = _REMARK.fullmatch(line)
        copied.append(found["copied"] if found else line)
        if not line.endswith("\\"):
            yield _Entry(tuple(copied), found["remark"] if found else "")
            copied = []
    if copied:
        yield _Entry(tuple(copied), "")


def _above(one: _Entry, width: int) -> Iterator[str]:
    if one.remark:
        start = _indent(one.copied[0]) + "# "
        yield from _wrapped(one.remark, width, start, start).splitlines()


def _hanging(line: str, width: int) -> Iterator[str]:
    """A term with its meaning, wrapped beside it, or the title of the list; every other line as it is."""
    if not line.startswith(" "):
        yield _wrapped(line, width)
        return
    found = _TERM.fullmatch(line)
    if found is None or len(line) <= width:
        yield line
        return
    beside = " " * len(found["term"])
    if width - len(beside) < _NARROWEST:
        yield found["term"].rstrip()
        start = rest = _indent(line) + "    "
    else:
        start, rest = found["term"], beside
    yield from _wrapped(found["meaning"], width, start, rest).splitlines()


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> str:
    """The words of a text in lines that begin with `first` and `rest`; no option is broken at its hyphens."""
    return textwrap.fill(
        " ".join(text.split()), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip()))


class LaidOut(click.HelpFormatter):
    """Writes the description and the epilog of a command."""

    def write_text(self, text: str) -> None:
        """The text in the width that is left, at the current indent."""
        margin = " " * self.current_indent
        lines = laid_out(text, max(self.width - self.current_indent, 11)).splitlines()
        self.write("".join(f"{margin}{line}".rstrip() + "\n" for line in lines))
