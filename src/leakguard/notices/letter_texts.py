"""Fills the texts of a template, strictly: an unknown name and an unknown fact are errors, never a gap in a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import TemplateRuntimeError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leakguard.notices.wording import tidy


class _FactNotKnown(TemplateRuntimeError):
    """A text names a fact that nobody stated: undefined names are not the only way to an empty place."""


def _refuse_none(value: Any) -> Any:  # noqa: ANN401  (jinja gives any value)
    if value is None:
        raise _FactNotKnown("a fact that the text names is not stated")
    return value


class LetterTexts:
    """Fills texts with the words of one letter."""

    def __init__(self, words_for: Callable[[str], Any]) -> None:
        """`words_for` gives the words behind a name, `None` for a fact that nobody stated.

        It raises `KeyError` for an unknown name, and `ValueError` for words that cannot be had.
        Only names that a text uses are asked for.
        """
        self._words_for = words_for
        self._jinja = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            finalize=_refuse_none,
            autoescape=False,
        )

    def fill(self, text: str) -> str:
        """The filled text; raises `ValueError` with what is wrong."""
        try:
            names = sorted(find_undeclared_variables(self._jinja.parse(text)))
            filled = self._jinja.from_string(text).render(dict(self._words(names)))
        except (TemplateError, TypeError, ArithmeticError) as error:
            raise ValueError(f"a text of the template cannot be filled: {error}") from error
        return tidy(filled)

    def _words(self, names: list[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            try:
                yield name, self._words_for(name)
            except KeyError:
                continue  # left undefined, so that jinja refuses the text and names it
