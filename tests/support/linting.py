"""The rules of the lint that ship, and letters to lint, for tests."""

from __future__ import annotations

import functools

from leakguard.bundled import BundledFiles
from leakguard.models.languages import Lang
from leakguard.notices.lint.book import LintBook, Readers
from leakguard.notices.lint.lint import LintReport
from leakguard.use_cases.letters.lint_letters import lint_file, load_lint_book


@functools.cache
def rules() -> LintBook:
    """The rules that ship."""
    return load_lint_book(BundledFiles())


def linted(text: str, *, lang: Lang | None = None, readers: Readers = "people") -> LintReport:
    """A letter that somebody wrote, linted."""
    return lint_file(rules(), text.encode(), name="letter.md", lang=lang, readers=readers)


def broken(text: str, *, lang: Lang | None = None, readers: Readers = "people") -> set[str]:
    """The rules that a letter breaks."""
    return {problem.rule for problem in linted(text, lang=lang, readers=readers).problems}


def example(name: str) -> str:
    """A letter of the demonstration."""
    return BundledFiles().text("templates", f"examples/letters/{name}.md")
