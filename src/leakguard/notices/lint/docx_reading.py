"""The passages of a letter in DOCX, by the names of its styles: what a lawyer sent back is linted as it is."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from leakguard.errors import BadFile
from leakguard.notices.lint.passages import Kind, Passage

MOST_BYTES = 20_000_000
"""A letter's text is a few kilobytes; a longer part is no letter, or was packed to fill a memory."""
_STYLES = "word/styles.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KINDS: dict[str, Kind] = {
    "Title": "title",
    "Heading1": "heading",
    "Heading2": "heading",
    "Heading3": "heading",
    "ListNumber": "step",
}
_SIGNS = {
    f"{_W}p": " ", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}tab": " ", f"{_W}noBreakHyphen": "\N{NON-BREAKING HYPHEN}",
}  # fmt: skip
_GONE = frozenset({f"{_W}pPr", f"{_W}del", f"{_W}moveFrom"})
"""Tab stops are no text; the others hold what a tracked change deletes, or moves elsewhere."""
_FRAME = frozenset({"Letterhead", "EnvelopeAddress", "Date", "Signature", "Basis", "Mark"})
"""Styles of our own letters that hold the frame."""
_NAMED = {style.lower(): style for style in (*_KINDS, *_FRAME)} | {
    "basisoftheletter": "Basis", "markofadrill": "Mark",
}  # fmt: skip
"""Our ids of styles by their names without spaces: LibreOffice keeps the names, and makes the ids anew."""


def is_docx(data: bytes) -> bool:
    """Whether the bytes begin like a zip file, as every DOCX does."""
    return data[:4] == b"PK\x03\x04"


def passages_in_docx(data: bytes, *, name: str) -> Iterator[Passage]:
    """Paragraphs and rows in their order, by number; raises `BadFile` for what is no letter."""
    body = _body(data, name)
    numbered = (
        (number, element) for number, element in enumerate(body, start=1) if element.tag in {f"{_W}p", f"{_W}tbl"}
    )
    for number, element in numbered:
        if element.tag == f"{_W}p":
            yield from _paragraph(element, f"paragraph {number}")
        elif element.find(f"{_W}tblPr/{_W}tblStyle") is not None:
            yield from _rows(element, f"table {number}")


def lines_in_docx(data: bytes, *, name: str, leave_out: Collection[str] = ()) -> tuple[str, ...]:
    """The text of every paragraph and cell in its order, without some styles; raises as `passages_in_docx`."""
    found = (paragraph for paragraph in _body(data, name).iter(f"{_W}p") if _style(paragraph) not in leave_out)
    return tuple(text for text in map(_text, found) if text)


def _body(data: bytes, name: str) -> Element:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open("word/document.xml") as part:
            xml = part.read(MOST_BYTES + 1)
            ids = _our_ids(package)
        body = fromstring(xml).find(f"{_W}body") if len(xml) <= MOST_BYTES else None
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise BadFile.whole(name, "is no DOCX that can be read") from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadFile.whole(name, "is no DOCX that can be read") from error
    if body is None:
        raise BadFile.whole(name, "holds no letter, or one that is far too long")
    for style in body.iter(f"{_W}pStyle"):
        named = style.get(f"{_W}val", "")
        style.set(f"{_W}val", ids.get(named, named))
    return body


def _our_ids(package: zipfile.ZipFile) -> dict[str, str]:
    """Our id of each style of a letter, by the id that the file has for it."""
    if _STYLES not in package.namelist():
        return {}
    with package.open(_STYLES) as part:
        xml = part.read(MOST_BYTES)
    found = {}
    for style in fromstring(xml).iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        words = name.get(f"{_W}val", "") if name is not None else ""
        ours = _NAMED.get("".join(words.split()).lower())
        if ours is not None:
            found[style.get(f"{_W}styleId", "")] = ours
    return found


def _paragraph(element: Element, where: str) -> Iterator[Passage]:
    style, text = _style(element), _text(element)
    is_numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
    if text and style not in _FRAME:
        yield Passage(where=where, kind=_KINDS.get(style, "step" if is_numbered else "paragraph"), text=text)


def _style(paragraph: Element) -> str:
    named = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return named.get(f"{_W}val", "") if named is not None else ""


def _rows(table: Element, where: str) -> Iterator[Passage]:
    for row in table.iter(f"{_W}tr"):
        cells = [_text(cell) for cell in row.iter(f"{_W}tc")]
        if any(cells):
            yield Passage(where=where, kind="row", text=" ".join(cells[1:]), label=cells[0])


def _text(element: Element) -> str:
    """As a person reads it: a break or a tab parts two words, and what a tracked change takes away is gone."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    left = [element]  # no recursion: a file may nest elements without end
    while left:
        node = left.pop()
        if node.tag == f"{_W}t":
            yield node.text or ""
        elif node.tag not in _GONE:
            yield _SIGNS.get(node.tag, "")
            left += reversed(node)
