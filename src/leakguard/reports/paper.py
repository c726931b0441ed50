"""A report in words: sections of typed blocks, which every document format shows in its own way."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.reports.svg import Figure


class Cell(Frozen, kw_only=False):
    """The lines of one cell."""

    lines: tuple[str, ...]
    tone: str = ""
    """`good`, `risk` or `bad`, beside words that say the same; `soft` for what matters less."""
    is_code: bool = False
    """A hash, an id, an address: may break anywhere, never hyphenated."""
    is_struck: bool = False


class Paragraph(Frozen):
    """Running text; `tone` as in a cell."""

    text: str
    tone: str = ""


class Facts(Frozen):
    """A table of two columns: what, and how it stands. Its caption is for those who hear the page."""

    caption: str
    rows: tuple[tuple[str, Cell], ...]


class Table(Frozen):
    """A table with a heading for each column; the first cell of a row names the row."""

    caption: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    """Hundredths of the page."""
    rows: tuple[tuple[Cell, ...], ...]


class Drawing(Frozen):
    """A figure with its caption."""

    figure: Figure


class Listed(Frozen):
    """Entries in an order that matters."""

    entries: tuple[str, ...]


Block = Paragraph | Facts | Table | Drawing | Listed


class Section(Frozen):
    """A part with a heading; `name` is unique, for links."""

    name: str
    title: str
    blocks: tuple[Block, ...]


class Paper(Frozen):
    """A whole report."""

    language: str
    title: str
    """Begins with the word for a drill, when it is one."""
    heading: str
    under: tuple[str, ...]
    """Lines below the heading."""
    drill: str
    """What stands across every page of a drill's report; empty for a real incident."""
    contents: str
    """The heading of the list of sections."""
    known_at: str
    """RFC 3339: the time that a document is dated with."""
    sections: tuple[Section, ...]
    footer: str
    """At the foot of every page: which ledger this page commits to."""


def line(text: str, tone: str = "") -> Cell:
    """A cell of one line."""
    return Cell((text,), tone)


def code(text: str) -> Cell:
    """A cell with a hash or an id."""
    return Cell((text,), is_code=True)
