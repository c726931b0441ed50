"""Templates of documents: sandboxed and strict, with every text escaped."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leakguard.errors import DocumentFailed


class DocumentTemplate:
    """One template, read once and filled often."""

    def __init__(self, text: str, name: str) -> None:
        """`name` is the file within `templates/documents`; raises `DocumentFailed` when the template is broken."""
        self._name = name
        try:
            self._template = _compiled(text)
        except TemplateError as error:
            raise self._broken(error) from error

    def fill(self, **values: object) -> str:
        """The filled template; raises `DocumentFailed` when it names what is not there."""
        try:
            return self._template.render(values)
        except TemplateError as error:
            raise self._broken(error) from error

    def _broken(self, error: TemplateError) -> DocumentFailed:
        return DocumentFailed(
            f"the document could not be made: {error}", next_step=f"Mend templates/documents/{self._name}."
        )


@lru_cache(maxsize=64)
def _compiled(text: str) -> Template:
    """Compiled once for each process: a server makes many documents. There are fewer templates than `maxsize`."""
    jinja = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return jinja.from_string(text)
