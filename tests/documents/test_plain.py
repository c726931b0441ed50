"""Plain text and Markdown."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import FORMATS, document_maker
from leakguard.documents.markdown import MarkdownMaker, escape
from leakguard.documents.text import TextMaker
from leakguard.documents.wrapping import WIDTH, columns, pieces, wrap
from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.models.letters import Fields, Letter, Paragraph
from leakguard.notices.vocabulary import BOTH, Lang
from support.notices import DUTIES, letter_of
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.untraced

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("form", ["txt", "md"])
def test_each_letter_is_as_it_was_approved(duty: str, lang: Lang, form: str) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them anew; read the difference before it is kept."""
    made = document_maker(form, BundledFiles()).make(letter_of(duty, lang))
    path = GOLDEN / f"{duty}.{lang}.{form}"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("duty", DUTIES)
def test_no_line_is_wider_than_a_mail_program_keeps(duty: str, lang: Lang) -> None:
    for line in TextMaker().make(letter_of(duty, lang)).decode().splitlines():
        assert columns(line) <= WIDTH or "http" in line


@given(st.text(alphabet="ab 1年，。（中文ー한국é\u0301", max_size=200), st.integers(10, WIDTH))
def test_breaking_lines_loses_no_word_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = list(wrap(text, first="- ", other="  ", width=width))

    assert "".join("".join(lines)[2:].split()) == "".join(text.split())
    assert all(columns(line) <= width or len(list(pieces(line[2:]))) == 1 for line in lines)


@pytest.mark.parametrize("sign", ["，", "。", "）", "」", "ー", "っ", ".", "%"])
def test_a_sign_that_ends_a_clause_never_begins_a_line(sign: str) -> None:
    lines = list(wrap("中" * (WIDTH // 2) + sign + "文"))

    assert lines == ["中" * (WIDTH // 2 - 1), f"中{sign}文"]


@pytest.mark.parametrize("sign", ["（", "「", "《", "“"])
def test_a_sign_that_opens_something_never_ends_a_line(sign: str) -> None:
    lines = list(wrap("中" * (WIDTH // 2 - 1) + sign + "文"))

    assert lines == ["中" * (WIDTH // 2 - 1), f"{sign}文"]


def test_a_date_stays_in_one_line_and_a_korean_word_too() -> None:
    assert list(wrap("于2026年结束", width=6)) == ["于", "2026年", "结束"]
    assert list(wrap("개인정보 유출 통지", width=10)) == ["개인정보", "유출 통지"]


def test_a_table_has_its_texts_one_below_the_other_and_breaks_no_label_by_its_text() -> None:
    rows = (("When it happened", "on 3 June"), ("Kinds of data that somebody could read", "names " * 12))
    made = TextMaker().make(replace(BARE, blocks=(Fields(rows=rows),))).decode().splitlines()
    begin = made.index("When it happened     on 3 June")

    assert made[begin + 1] == "Kinds of data that"
    assert made[begin + 2].startswith("somebody could read  names names")
    assert made[begin + 3].startswith(" " * 21 + "names")


def test_a_japanese_letter_has_its_sender_at_the_right_and_a_korean_one_its_signature_in_the_middle() -> None:
    japanese = TextMaker().make(SAMPLES["ja"]).decode().splitlines()
    korean = TextMaker().make(SAMPLES["ko"]).decode().splitlines()

    assert next(columns(line) for line in japanese if line.endswith("東京示範大学")) == WIDTH
    assert " " * 33 + "예시대학교" in korean


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
    assert MarkdownMaker().make(BARE).decode() == "# T\n\nS\n\np\n\nC\n"
    assert TextMaker().make(BARE).decode().splitlines()[-1] == "C"


def test_the_formats_are_those_of_the_contract() -> None:
    assert {"txt", "html", "docx", "pdf", "md"} <= set(FORMATS)
    with pytest.raises(UsageProblem, match="odt"):
        document_maker("odt", BundledFiles())
