"""HTML that survives mail programs: one file, styles at the elements, nothing loaded from elsewhere; prints on A4."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leakguard.documents.typography import shown_addressee, template_values
from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter


class HtmlMaker:
    """Makes HTML from a template; every text is escaped. Made to be kept: the template is read once."""

    def __init__(self, template: str) -> None:
        """`template` is the text of `templates/documents/letter.html`; raises `DocumentFailed` when it is broken."""
        jinja = ImmutableSandboxedEnvironment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        try:
            self._template = jinja.from_string(template)
        except TemplateError as error:
            raise _broken(error) from error

    def make(self, letter: Letter) -> bytes:
        """UTF-8; raises `DocumentFailed` when the template names what no letter has."""
        try:
            page = self._template.render(letter=letter_values(letter), traits=template_values(letter))
        except TemplateError as error:
            raise _broken(error) from error
        return page.encode()


def _broken(error: TemplateError) -> DocumentFailed:
    return DocumentFailed(f"the page could not be made: {error}", next_step="Mend templates/documents/letter.html.")


def letter_values(letter: Letter) -> dict[str, Any]:
    """The letter as plain values; each block has its `kind`."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in letter.blocks]
    shown = {"addressee": shown_addressee(letter), "written_on": letter.written_on.isoformat(), "blocks": blocks}
    return {**asdict(letter), **shown}
