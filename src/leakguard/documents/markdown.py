"""Markdown: a source that shows line by line what changed between two drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.documents.typography import shown_addressee
from leakguard.models.letters import Block, Heading, Letter, Numbered, Paragraph

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")


class MarkdownMaker:
    """Makes CommonMark with pipe tables."""

    def make(self, letter: Letter) -> bytes:
        """UTF-8."""
        return ("\n\n".join(part for part in _parts(letter) if part) + "\n").encode()


def _parts(letter: Letter) -> Iterator[str]:
    mark = f"**{escape(letter.mark)}**" if letter.mark else ""
    yield mark
    yield _together(letter.sender)
    if addressee := shown_addressee(letter):
        yield _together(addressee)
    yield _together(tuple(line for line in (letter.date_line, letter.reference) if line))
    yield f"# {escape(letter.title)}"
    yield escape(letter.salutation)
    for block in letter.blocks:
        yield _block(block)
    yield escape(letter.closing)
    yield _together(letter.signature)
    if letter.footer or mark:
        yield "---"
    yield _together(letter.footer)
    yield mark


def _together(lines: tuple[str, ...]) -> str:
    """Lines of one block; the backslash keeps their ends."""
    return "\\\n".join(escape(line) for line in lines)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {escape(block.text)}"
    if isinstance(block, Paragraph):
        return escape(block.text)
    if isinstance(block, Numbered) and len(block.entries) == 1:
        return escape(block.entries[0])
    if isinstance(block, Numbered):
        return "\n".join(f"{number}. {escape(entry)}" for number, entry in enumerate(block.entries, start=1))
    rows = [f"| {escape(label)} | {escape(text)} |" for label, text in block.rows]
    return "\n".join(["|  |  |", "| --- | --- |", *rows])


def escape(text: str) -> str:
    """`text` so that Markdown shows it as it is."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(found: re.Match[str]) -> str:
    """`1.` and `-` at the start of a line would become a list."""
    mark = found[2]
    return f"{found[1]}{mark[:-1]}\\{mark[-1]}"
