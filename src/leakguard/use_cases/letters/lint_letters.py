"""Lint letters: a draft made from facts, a file that a person edited, and the demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from leakguard.errors import BadFile
from leakguard.models.languages import Lang
from leakguard.models.letters import Letter
from leakguard.notices.address import addressed_in
from leakguard.notices.audiences import audience_of
from leakguard.notices.facts import Facts
from leakguard.notices.lint.book import LintBook, Readers, parse_lint_book
from leakguard.notices.lint.date_rules import dates_unlike
from leakguard.notices.lint.docx_reading import is_docx, passages_in_docx
from leakguard.notices.lint.found import LintFinding, quote
from leakguard.notices.lint.lint import LintReport, forbidden_rules, lint, readers_of
from leakguard.notices.lint.passages import LintText, Passage, passages_of
from leakguard.notices.lint.reading import guess_language, read_passages
from leakguard.notices.notice_content import NoticeContent
from leakguard.ports import DataFolders

FOLDER = "lint/"
EXAMPLES = "examples/letters/"
LEAST_OF_FACT = 40
"""Signs by which a fact is known again in a letter."""
BEFORE, AFTER = ".before.md", ".after.md"
"""How the two letters of a pair in the demonstration are called."""


def load_lint_book(folders: DataFolders) -> LintBook:
    """Read the rules and the words of every language; raises `BadFile`."""
    names = [name for name in folders.names("templates") if name.startswith(FOLDER)]
    return _book_in(tuple((name.removeprefix(FOLDER), folders.text("templates", name)) for name in names))


@lru_cache(maxsize=4)
def _book_in(texts: tuple[tuple[str, str], ...]) -> LintBook:
    return parse_lint_book(dict(texts))


def lint_draft(
    rules: LintBook, notice: NoticeContent, letter: Letter, facts: Facts, *, readers: Readers | None = None
) -> LintReport:
    """Lint the draft of a duty, or of a letter of practice, for its own readers, or for others.

    Which words speak to another reader than that of the letter, the facts tell more surely than the letter does: what
    was written for this reader may.
    """
    text = LintText(lang=letter.lang, passages=tuple(passages_of(letter)))
    found = tuple(_addressed(text, notice, facts.for_audience(audience_of(notice.recipient))))
    return lint(
        text,
        readers or readers_of(notice.recipient.type),
        rules,
        without=forbidden_rules(notice),
        instead={
            "addresses_reader": lambda _, __: iter(found),
            "mixed_dates": dates_unlike((letter.date_line, *letter.signature)),
        },
    )


def _addressed(text: LintText, notice: NoticeContent, facts: Facts) -> Iterator[LintFinding]:
    """The passages that quote a fact which speaks to another reader."""
    for fact in addressed_in(notice, facts, facts.stated, (text.lang,)):
        begin = fact.text.casefold()[:LEAST_OF_FACT]
        for passage in text.passages:
            if begin in passage.whole.casefold():
                yield LintFinding(
                    where=passage.where,
                    words=f"{fact.words}: {quote(passage.whole)}",
                    instead=f"{fact.fact}: {fact.advice}",
                )


def lint_file(rules: LintBook, data: bytes, *, name: str, lang: Lang | None, readers: Readers) -> LintReport:
    """Lint a letter in text, Markdown, HTML or DOCX; without `lang` its script tells the language.

    Raises `BadFile` for what is no letter.
    """
    passages = _passages(data, name)
    if not any(passage.kind in {"paragraph", "step", "row"} for passage in passages):
        raise BadFile.whole(name, "holds no words of a letter")
    language = lang or guess_language("\n".join(passage.whole for passage in passages))
    return lint(LintText(lang=language, passages=passages), readers, rules)


def _passages(data: bytes, name: str) -> tuple[Passage, ...]:
    if is_docx(data):
        return tuple(passages_in_docx(data, name=name))
    try:
        return read_passages(data.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError as error:
        text = "is no letter in UTF-8 text, Markdown, HTML or DOCX"
        raise BadFile.whole(name, text) from error


def demonstrate(rules: LintBook, folders: DataFolders) -> Mapping[str, tuple[LintReport, LintReport]]:
    """The letters that ship as pairs, by name: written as such letters usually are, and written for their readers."""
    names = [name for name in folders.names("templates", ".md") if name.startswith(EXAMPLES) and name.endswith(BEFORE)]
    return {
        name.removeprefix(EXAMPLES).removesuffix(BEFORE): (
            _example(rules, folders, name),
            _example(rules, folders, name.removesuffix(BEFORE) + AFTER),
        )
        for name in names
    }


def _example(rules: LintBook, folders: DataFolders, name: str) -> LintReport:
    text = folders.text("templates", name)
    return lint_file(rules, text.encode(), name=f"templates/{name}", lang=None, readers="people")
