"""How parts of a letter are set in each format: a single entry, the end of a title, the law behind the letter."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.documents.page_fit import fit_of
from leakguard.documents.typography import title_end
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph, as_sent
from support.pdf_pages import all_lines, pages_of
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.long

STEP = Numbered(entries=("Change your password today.",))
LAW = Paragraph(text="We write under a law.", apart=True)
LINE = Paragraph(text="Words.")
FILLING = Paragraph(text="Words that fill a page. " * 12)


def letter(*blocks: Block, lang: Lang = "en", title: str = "A title") -> Letter:
    return replace(as_sent(SAMPLES[lang]), blocks=blocks, title=title)


def made(form: str, one: Letter) -> str:
    data = document_maker(form, BundledFiles()).make(one)
    if form == "pdf":
        return "\n".join(line for page in pages_of(data) for line in page.extract_text().splitlines())
    if form != "docx":
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("word/document.xml").decode()


@pytest.mark.parametrize("form", ["txt", "md", "html", "docx", "pdf"])
def test_a_list_of_one_entry_is_set_as_a_sentence_and_one_of_two_as_a_list(form: str) -> None:
    numbered = re.compile(r"^ *1\. +Change|<ol|<w:numPr>", re.MULTILINE)

    assert "Change your password" in made(form, letter(STEP))
    assert not numbered.search(made(form, letter(STEP)))
    assert numbered.search(made(form, letter(Numbered(entries=(*STEP.entries, "Call us.")))))


@pytest.mark.parametrize(
    ("title", "end"),
    [
        ("示例公司关于网络安全事件的报告（初次报告）", "（初次报告）"),
        ("Report of an incident (first report)", "(first report)"),
        ("Report (first) of an incident", ""),
        ("Report", ""),
        (f"Report ({'very ' * 9}long)", ""),
    ],
)
def test_the_brackets_that_end_a_title_are_found_where_they_fit_a_line(title: str, end: str) -> None:
    assert title_end(title) == end


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_a_pdf_no_title_breaks_inside_its_last_brackets(lang: Lang) -> None:
    """However long the title is, so that for some length the line would end between the brackets.

    Six signs stand from one Chinese bracket to the other: of each line, some length of every third ends among them.
    """
    end, sign, step = ("（初次报告）", "报", 3) if lang == "zh" else ("(first report)", "word ", 1)
    for count in range(8, 40, step):
        one = letter(FILLING, lang=lang, title=f"{(sign * count).strip()}{end}")
        assert any(line.endswith(end) for line in made("pdf", one).splitlines()), count


def test_on_a_page_of_the_web_the_brackets_stay_on_one_line() -> None:
    page = made("html", letter(FILLING, title="Report <b> (first report)"))

    assert 'Report &lt;b&gt; <span style="white-space:nowrap">(first report)</span></h1>' in page
    assert "nowrap" not in made("html", letter(FILLING, title="Report"))


def test_the_law_behind_a_letter_stands_apart_in_every_format_that_sets_distances() -> None:
    near = letter(Heading(text="Whom to ask"), FILLING, replace(LAW, apart=False))
    apart = letter(Heading(text="Whom to ask"), FILLING, LAW)
    gaps = [_gap(one) for one in (near, apart)]

    assert gaps[1] - gaps[0] > 1.5
    assert "margin-top:1.5em" in made("html", apart)
    assert "margin-top:1.5em" not in made("html", near)
    assert '<w:spacing w:before="200"/>' in made("docx", apart)
    assert '<w:spacing w:before="200"/>' not in made("docx", near)


def _gap(one: Letter) -> float:
    """Millimetres between the line of the law and the one above it."""
    (page,) = pages_of(document_maker("pdf", BundledFiles()).make(one))
    lines = all_lines(page)
    (at,) = (index for index, (_, text) in enumerate(lines) if text.startswith("Wewrite"))
    return lines[at][0] - lines[at - 1][0]


def test_a_table_of_three_rows_breaks_between_them_so_that_no_page_is_half_empty() -> None:
    rows = tuple((f"Row {number}", "words " * 12) for number in range(3))
    split = 0
    for count in range(16, 30):
        pages = pages_of(
            document_maker("pdf", BundledFiles()).make(letter(*(LINE,) * count, Fields(rows=rows), *(LINE,) * 20))
        )
        texts = [page.extract_text() for page in pages]
        split += any("Row 0" in text and "Row 2" not in text for text in texts)

    assert split


def test_a_letter_is_set_closer_first_where_nobody_sees_it() -> None:
    one = SAMPLES["en"]
    usual, first, closest = fit_of(one), fit_of(one, 2 / 7), fit_of(one, 1.0)

    assert (first.leading, first.spacing, first.above) == (usual.leading, usual.spacing, usual.above)
    assert (first.size, first.bottom) == (closest.size, closest.bottom)
    assert closest.spacing < usual.spacing
