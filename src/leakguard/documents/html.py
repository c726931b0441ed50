"""HTML that survives mail programs: one file, styles at the elements, nothing loaded from elsewhere; prints on A4."""

from __future__ import annotations

from typing import Any

from leakguard.documents.sandbox import DocumentTemplate
from leakguard.documents.tails import tail_of
from leakguard.documents.typography import shown_addressee, template_values, title_end
from leakguard.frozen import names_of
from leakguard.models.letters import Block, Letter, Numbered, Paragraph


class HtmlMaker:
    """Makes HTML from a template; every text is escaped. Made to be kept: the template is read once."""

    def __init__(self, template: str) -> None:
        """`template` is the text of `templates/documents/letter.html`; raises `DocumentFailed` when it is broken."""
        self._template = DocumentTemplate(template, "letter.html")

    def make(self, letter: Letter) -> bytes:
        """UTF-8; raises `DocumentFailed` when the template names what no letter has."""
        tail = len(letter.blocks) - tail_of(letter)
        return self._template.fill(letter=letter_values(letter), traits=template_values(letter), tail=tail).encode()


def letter_values(letter: Letter) -> dict[str, Any]:
    """The letter as plain values; each block has its `kind`. Remarks are for the drafter, so they stay behind."""
    blocks = [{"kind": type(block).__name__.lower(), **_fields(block)} for block in map(_as_set, letter.blocks)]
    shown = {"addressee": shown_addressee(letter), "written_on": letter.written_on.isoformat(), "blocks": blocks}
    return {**_fields(letter), **shown, "remarks": (), "unaddressed": None, "title_end": title_end(letter.title)}


def _as_set(block: Block) -> Block:
    """A list of one entry is a sentence."""
    if isinstance(block, Numbered) and len(block.entries) == 1:
        return Paragraph(text=block.entries[0])
    return block


def _fields(value: Letter | Block) -> dict[str, Any]:
    """Not by `as_dict`, which copies texts that nobody can change: half the time of a page."""
    return {name: getattr(value, name) for name in names_of(type(value))}
