"""HTML that survives mail programs: one file, styles at the elements, nothing loaded from elsewhere; prints on A4."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter


class HtmlMaker:
    """Makes HTML from a template; every text is escaped."""

    def __init__(self, template: str) -> None:
        """`template` is the text of `templates/documents/letter.html`."""
        self._template = template

    def make(self, letter: Letter) -> bytes:
        """UTF-8; raises `DocumentFailed` when the template is broken."""
        jinja = ImmutableSandboxedEnvironment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        try:
            page = jinja.from_string(self._template).render(letter=letter_values(letter), lang_tag=letter.traits.tag)
        except TemplateError as error:
            raise DocumentFailed(
                f"the page could not be made: {error}", next_step="Mend templates/documents/letter.html."
            ) from error
        return page.encode()


def letter_values(letter: Letter) -> dict[str, Any]:
    """The letter as plain values; each block has its `kind`."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in letter.blocks]
    return {**asdict(letter), "written_on": letter.written_on.isoformat(), "blocks": blocks}
