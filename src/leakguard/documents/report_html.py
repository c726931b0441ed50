"""A report as one HTML file: no script, nothing loaded from elsewhere, light and dark, printable on A4."""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from leakguard.documents.paper_values import paper_values
from leakguard.errors import DocumentFailed
from leakguard.reports.paper import Paper


class ReportHtmlMaker:
    """Makes HTML from a template; every text is escaped, and drawings have escaped theirs already."""

    def __init__(self, template: str) -> None:
        """`template` is the text of `templates/report/report.html`."""
        self._template = template

    def make(self, paper: Paper) -> bytes:
        """UTF-8; the same paper gives the same bytes. Raises `DocumentFailed` when the template is broken."""
        jinja = ImmutableSandboxedEnvironment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        values = paper_values(paper)
        for section in values["sections"]:
            for block in section["blocks"]:
                _trust_drawing(block)
        try:
            page = jinja.from_string(self._template).render(paper=values, foot=Markup(css_text(paper.footer)))  # noqa: S704  (escaped for CSS)
        except TemplateError as error:
            raise DocumentFailed(
                f"the report could not be made: {error}", next_step="Mend templates/report/report.html."
            ) from error
        return page.encode()


def _trust_drawing(block: dict[str, Any]) -> None:
    if block["kind"] == "drawing":
        block["svg"] = Markup(block["svg"])  # noqa: S704  (`reports.svg` escapes every text in it)


def css_text(text: str) -> str:
    """`text` for a quoted string of CSS within a page: every sign that is no plain letter as its code point."""
    return "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in " -.:") else f"\\{ord(sign):x} " for sign in text
    )
