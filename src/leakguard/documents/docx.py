"""DOCX for Word and LibreOffice: real styles, numbering and headers, so that a lawyer edits it like any other letter.

The parts of the file are readable XML in `templates/documents/docx`; there is no base document that nobody can review.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from leakguard.documents.html import letter_values
from leakguard.documents.sandbox import DocumentTemplate
from leakguard.documents.tails import tail_of
from leakguard.documents.typography import template_values
from leakguard.models.letters import Letter

PARTS = {
    "[Content_Types].xml": "content-types.xml",
    "_rels/.rels": "package-rels.xml",
    "docProps/core.xml": "core.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document-rels.xml",
    "word/styles.xml": "styles.xml",
    "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml",
    "word/first-header.xml": "first-header.xml",
    "word/header.xml": "header.xml",
    "word/footer.xml": "footer.xml",
}
"""Where each part stands in the file, in the order that readers expect (ECMA-376 part 2), and its template."""
FOLDER = "docx"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0 has no such signs, and a word processor refuses the whole file for one of them."""


class DocxMaker:
    """Makes DOCX from templates; every text is escaped. Made to be kept: the templates are read once."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """`templates` are the texts of `templates/documents/docx` by name; raises `DocumentFailed` for a broken one."""
        self._templates = {part: DocumentTemplate(templates[name], f"{FOLDER}/{name}") for part, name in PARTS.items()}

    def make(self, letter: Letter) -> bytes:
        """The file; it says that it was made on the letter's date, so the same letter gives the same bytes."""
        values = _values(letter)
        written = io.BytesIO()
        day = letter.written_on
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
            for part, template in self._templates.items():
                entry = zipfile.ZipInfo(part, date_time=(day.year, day.month, day.day, 12, 0, 0))
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
                package.writestr(entry, template.fill(**values))
        return written.getvalue()


def _values(letter: Letter) -> dict[str, Any]:
    """What the templates may ask; Word keeps the language of Latin words apart from that of East Asian signs."""
    traits = template_values(letter)
    shown = _writable(letter_values(letter))
    lists = _number_lists(shown["blocks"])
    _keep_tail(shown["blocks"], tail_of(letter))
    _describe_tables(shown["blocks"], shown["title"])
    return {
        "letter": shown,
        "traits": traits,
        "lists": max(1, lists),
        "latin_tag": "en-GB" if traits["cjk"] else traits["word_tag"],
        "asian_tag": traits["word_tag"] if traits["cjk"] else "zh-CN",
    }


def _number_lists(blocks: list[dict[str, Any]]) -> int:
    lists = [block for block in blocks if block["kind"] == "numbered"]
    for number, block in enumerate(lists, start=1):
        block["list"] = number
    return len(lists)


def _keep_tail(blocks: list[dict[str, Any]], tail: int) -> None:
    """The last blocks stay on one page with the signature; of a longer text before them, its last lines do."""
    for place, block in enumerate(blocks, start=tail - len(blocks)):
        block["keeps"] = "whole" if place >= 0 else "end" if tail == 0 and place == -1 else ""


def _describe_tables(blocks: list[dict[str, Any]], title: str) -> None:
    """A screen reader announces a table by the heading above it; a heading below it brings its own distance."""
    caption, table = title, None
    for block in blocks:
        if block["kind"] == "heading":
            caption = block["text"]
        if table is not None:
            table["before_heading"] = block["kind"] == "heading"
        table = block if block["kind"] == "fields" else None
        if table is not None:
            table |= {"caption": caption, "before_heading": False}


def _writable(value: Any) -> Any:  # noqa: ANN401  (texts, and what holds them)
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {name: _writable(item) for name, item in value.items()}
    return [_writable(item) for item in value] if isinstance(value, list | tuple) else value
