"""Letters that people edited: what the lint reads in text, Markdown, HTML and DOCX."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.errors import BadFile
from leakguard.models.languages import Lang
from leakguard.notices.lint.docx_reading import MOST_BYTES, passages_in_docx
from leakguard.notices.lint.passages import Passage, passages_of, sentences_of
from leakguard.notices.lint.reading import guess_language, read_passages
from leakguard.use_cases.letters.lint_letters import lint_file
from support.linting import linted, rules
from support.sample_letters import SAMPLES

FORMS = ("txt", "md", "html", "docx")


def told(passages: tuple[Passage, ...]) -> list[tuple[str, str, str]]:
    return [(passage.kind, passage.label, passage.text) for passage in passages]


def read(form: str, lang: Lang) -> list[tuple[str, str, str]]:
    made = document_maker(form, BundledFiles()).make(SAMPLES[lang])
    if form == "docx":
        return told(tuple(passages_in_docx(made, name="letter.docx")))
    return told(read_passages(made.decode(), name=f"letter.{form}"))


@pytest.mark.parametrize("lang", ["en", "zh", "ja", "ko", "de"])
@pytest.mark.parametrize("form", FORMS)
def test_a_letter_of_ours_is_read_back_from_every_format(form: str, lang: Lang) -> None:
    """What was a step, a row or a heading when it was written is one when it is read."""
    wanted = told(tuple(passages_of(SAMPLES[lang])))
    found = read(form, lang)

    assert [one for one in wanted if one not in found] == []
    assert not [text for _, _, text in found if text in SAMPLES[lang].footer]


def test_a_letter_as_people_type_it_has_its_parts() -> None:
    text = """Notice of Data Breach

Dear reader,

**What Happened**
On 3 May we lost
a list.

What You Can Do

1) Call us
   today.
2) Wait.

Name:     Mr A
| Found | 3 May |
| --- | --- |
- a point
"""

    assert told(read_passages(text, name="x")) == [
        ("heading", "", "Notice of Data Breach"),
        ("paragraph", "", "Dear reader,"),
        ("heading", "", "What Happened"),
        ("paragraph", "", "On 3 May we lost a list."),
        ("heading", "", "What You Can Do"),
        ("step", "", "Call us today."),
        ("step", "", "Wait."),
        ("row", "Name:", "Mr A"),
        ("row", "Found", "3 May"),
        ("paragraph", "", "- a point"),
    ]


def test_headings_of_markdown_and_what_stands_below_the_rule() -> None:
    text = "# Title\nText \\*here\\*.\n\nTwo lines\n---------\n\nTitle\n=====\n\n## Next ##\n\n---\nBasis."

    assert told(read_passages(text, name="x")) == [
        ("title", "", "Title"),
        ("paragraph", "", "Text *here*."),
        ("heading", "", "Two lines"),
        ("title", "", "Title"),
        ("heading", "", "Next"),
    ]


def test_a_page_of_somebody_else_has_its_parts_and_lines() -> None:
    page = """<html><head><title>x</title><style>p {}</style></head><body><header>Frame</header>
<h1>Title</h1><p>Some <b>bold</b><br>words.</p>
<ul><li>a point</li></ul>
<ol><li>First.</li><li><p>Second.</p></li></ol>
<table><tr><th>Found</th><td>3 May</td></tr><tr><td>loose</td></tr></table>
</ol></table>Rest<footer>Basis</footer></body></html>"""
    found = read_passages(page, name="x")

    assert told(found) == [
        ("title", "", "Title"),
        ("paragraph", "", "Some bold words."),
        ("paragraph", "", "a point"),
        ("step", "", "First."),
        ("paragraph", "", "Second."),
        ("row", "Found", "3 May"),
        ("paragraph", "", "loose"),
        ("paragraph", "", "Rest"),
    ]
    assert [passage.where for passage in found][:4] == ["line 2", "line 2", "line 3", "line 4"]


def test_a_document_of_somebody_else_has_its_parts() -> None:
    document = docx.Document()
    document.add_heading("Notice", level=1)
    document.add_paragraph("Words.")
    document.add_paragraph("Step.", style="List Number")
    document.add_paragraph("")
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Found", "3 May"
    document.add_table(rows=1, cols=2, style="Table Grid")
    written = io.BytesIO()
    document.save(written)

    assert told(tuple(passages_in_docx(written.getvalue(), name="x"))) == [
        ("heading", "", "Notice"),
        ("paragraph", "", "Words."),
        ("step", "", "Step."),
        ("row", "Found", "3 May"),
    ]


def test_a_document_is_read_as_word_shows_it_once_its_changes_are_accepted() -> None:
    runs = (
        "<w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr><w:r><w:t>one</w:t><w:br/><w:t>two</w:t></w:r>"
        "<w:r><w:tab/><w:t>three</w:t></w:r><w:del><w:r><w:delText>no</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t> 24</w:t><w:noBreakHyphen/></w:r></w:ins>"
        "<w:hyperlink><w:r><w:t>hour</w:t></w:r></w:hyperlink><w:moveTo><w:r><w:t> moved</w:t></w:r></w:moveTo>"
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f"<w:document xmlns:w='{space}'><w:body><w:p>{runs}</w:p></w:body></w:document>".encode()

    (one,) = passages_in_docx(packed(xml), name="letter.docx")

    deep = b"<w:r>" * 5_000 + b"<w:t>deep</w:t>" + b"</w:r>" * 5_000
    (nested,) = passages_in_docx(packed(xml.replace(runs.encode(), deep)), name="letter.docx")

    assert nested.text == "deep"
    assert one.text == "one two three 24\N{NON-BREAKING HYPHEN}hour moved"


def packed(xml: bytes, name: str = "word/document.xml") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, xml)
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        packed(b"<w/>", name="other.xml"),
        packed(b"<w"),
        packed(b"<w/>"),
        packed(b" " * (MOST_BYTES + 1)),
        packed(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
        b"%PDF-1.7",
        b"\xff\xfe\x00",
        b"",
        b"---",
        b"# Only a title",
        b"<p>" + b"<b" * 10_001,
    ],
)
def test_what_is_no_letter_is_refused_by_its_name(data: bytes) -> None:
    with pytest.raises(BadFile, match="some-file"):
        lint_file(rules(), data, name="some-file", lang=None, readers="people")


@given(st.text(alphabet="ab 1.,-=#|*_\\\n<>/ohlitrdp中文，。", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        report = linted(text)
    except BadFile:
        return

    assert report.readers == "people"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for begun in (data, b"PK\x03\x04" + data, packed(data)):
        try:
            lint_file(rules(), begun, name="x", lang=None, readers="people")
        except BadFile:
            continue


@pytest.mark.parametrize(
    ("text", "lang"),
    [("Hello, 中.", "en"), ("您好，我们很抱歉。", "zh"), ("申し訳ありません。", "ja"), ("죄송합니다.", "ko")],
)
def test_the_script_tells_the_language(text: str, lang: Lang) -> None:
    assert guess_language(text) == lang


def test_an_abbreviation_ends_no_sentence() -> None:
    text = "We write under Art. 34 of the law. Ask Dr. Example. Call No. 5. That is all, e.g. Monday"

    assert list(sentences_of(text, "en")) == [
        "We write under Art. 34 of the law.",
        "Ask Dr. Example.",
        "Call No. 5.",
        "That is all, e.g. Monday",
    ]
    assert list(sentences_of("See Art.", "en")) == ["See Art."]
    assert list(sentences_of("甲。乙！丙", "zh")) == ["甲。", "乙！", "丙"]


def test_a_document_whose_packed_bytes_were_changed_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b"abcdefgh" * 2_000 + b"</a>")
    changed = bytearray(written.getvalue())
    for place in range(60, 80):
        changed[place] ^= 0x5A

    with pytest.raises(BadFile, match="no DOCX that can be read"):
        list(passages_in_docx(bytes(changed), name="letter.docx"))
