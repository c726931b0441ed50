"""Plain text and Markdown."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import Bundled
from leakguard.documents.makers import FORMATS, document_maker
from leakguard.documents.markdown import MarkdownMaker, escape
from leakguard.documents.text import WIDTH, TextMaker, columns, wrap
from leakguard.errors import UsageProblem
from leakguard.models.letters import Letter, Paragraph
from leakguard.notices.vocabulary import BOTH, Lang
from support.notices import DUTIES, letter_of

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("form", ["txt", "md"])
def test_each_letter_is_as_it_was_approved(duty: str, lang: Lang, form: str) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them anew; read the difference before it is kept."""
    made = document_maker(form, Bundled()).make(letter_of(duty, lang))
    path = GOLDEN / f"{duty}.{lang}.{form}"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", BOTH)
def test_no_line_is_wider_than_a_mail_program_keeps(lang: Lang) -> None:
    for line in TextMaker().make(letter_of(DUTIES[0], lang)).decode().splitlines():
        assert columns(line) <= WIDTH + 1 or "http" in line


@given(st.text(alphabet="ab ，。中文1", max_size=200))
def test_breaking_lines_loses_no_word(text: str) -> None:
    lines = list(wrap(text, first="- ", other="  "))

    assert "".join("".join(lines)[2:].split()) == "".join(text.split())
    assert all(columns(line) <= WIDTH + 2 or " " not in line.strip() for line in lines)


def test_a_sign_that_ends_a_clause_never_begins_a_line() -> None:
    lines = list(wrap("中" * (WIDTH // 2) + "，" + "文"))

    assert lines == ["中" * (WIDTH // 2) + "，", "文"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a*b_c", "a\\*b\\_c"),
        ("<b>", "\\<b\\>"),
        ("1. x", "1\\. x"),
        ("- x", "\\- x"),
        ("a | b", "a \\| b"),
        ("a-b", "a-b"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, wanted: str) -> None:
    assert escape(text) == wanted


BARE = Letter(
    duty="d",
    lang="en",
    title="T",
    sender=(),
    addressee=(),
    reference="",
    written_on=date(2026, 6, 12),
    date_line="",
    salutation="S",
    blocks=(Paragraph(text="p"),),
    closing="C",
    signature=(),
    footer=(),
)


def test_a_bare_letter_has_no_empty_parts() -> None:
    assert MarkdownMaker().make(BARE).decode() == "# T\n\nS\n\np\n\nC\n\n---\n"
    assert TextMaker().make(BARE).decode().splitlines()[-1] == "-" * WIDTH


def test_the_formats_are_those_of_the_contract() -> None:
    assert set(FORMATS) == {"txt", "html", "pdf", "md"}
    with pytest.raises(UsageProblem, match="docx"):
        document_maker("docx", Bundled())
