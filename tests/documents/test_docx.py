"""DOCX: opened as a lawyer's word processor opens it, by a library that is not ours."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.documents.docx import PARTS, DocxMaker
from leakguard.documents.makers import document_maker
from leakguard.errors import DocumentFailed
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Letter, Numbered, Paragraph, as_drill
from support.sample_letters import SAMPLES, texts_of

pytestmark = pytest.mark.untraced

MAKER = document_maker("docx", BundledFiles())


def opened(letter: Letter) -> Document:
    return docx.Document(io.BytesIO(MAKER.make(letter)))


def part(letter: Letter, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(MAKER.make(letter))) as package:
        return package.read(name).decode()


def style_of(paragraph: object) -> str:
    return str(paragraph.style.name)  # type: ignore[attr-defined]  # (python-docx types it as optional)


def all_texts(document: Document) -> str:
    """Every text of the body, also those in tables."""
    return "\n".join(node.text or "" for node in document.element.iter(qn("w:t")))


@pytest.mark.parametrize("lang", SAMPLES)
def test_the_whole_letter_stands_in_the_document(lang: Lang) -> None:
    found = all_texts(opened(SAMPLES[lang]))

    assert [text for text in texts_of(SAMPLES[lang]) if text not in found] == []


@pytest.mark.parametrize("lang", SAMPLES)
def test_each_part_of_the_letter_has_the_style_that_a_word_processor_knows(lang: Lang) -> None:
    letter = SAMPLES[lang]
    document = opened(letter)
    by_text = {paragraph.text: style_of(paragraph) for paragraph in document.paragraphs}

    assert by_text[letter.title] == "Title"
    assert by_text[letter.salutation] == "Salutation"
    assert by_text[letter.closing] == "Closing"
    assert by_text[letter.signature[-1]] == "Signature"
    assert list(by_text.values()).count("Heading 2") == sum(name.startswith("H") for name in kinds(letter))
    assert "Body Text" in by_text.values()


def kinds(letter: Letter) -> list[str]:
    return [type(block).__name__ for block in letter.blocks]


def test_each_list_begins_with_one_again() -> None:
    """A second list that goes on with 3 would have the reader look for steps that are not there."""
    numbers = [
        int(paragraph._p.find(f".//{qn('w:numId')}").get(qn("w:val")))  # noqa: SLF001  (the library hides numbers)
        for paragraph in opened(SAMPLES["en"]).paragraphs
        if style_of(paragraph) == "List Number"
    ]
    numbering = part(SAMPLES["en"], "word/numbering.xml")

    assert numbers == [1, 1, 2, 2]
    assert numbering.count('<w:startOverride w:val="1"/>') == 2


def test_a_table_says_that_its_first_column_heads_the_rows_and_what_it_is_about() -> None:
    table = opened(SAMPLES["en"]).tables[-1]
    properties = table._tbl.tblPr  # noqa: SLF001  (the library shows no caption otherwise)
    look, caption = properties.find(qn("w:tblLook")), properties.find(qn("w:tblCaption"))

    assert table.style is not None
    assert table.style.name == "Particulars"
    assert look.get(qn("w:firstColumn")) == "1"
    assert caption.get(qn("w:val")) == "What happened"
    assert [cell.text for cell in table.rows[0].cells] == ["When it happened", "between 1 June 2026 and 9 June 2026"]


@pytest.mark.parametrize(
    ("lang", "latin", "asian", "font"),
    [
        ("en", "en-GB", "zh-CN", "SimSun"),
        ("zh", "en-GB", "zh-CN", "SimSun"),
        ("ja", "en-GB", "ja-JP", "MS Mincho"),
        ("ko", "en-GB", "ko-KR", "Batang"),
        ("pt", "pt-BR", "zh-CN", "SimSun"),
        ("fr", "fr-FR", "zh-CN", "SimSun"),
    ],
)
def test_language_and_font_are_set_for_latin_and_for_east_asian_signs(
    lang: Lang, latin: str, asian: str, font: str
) -> None:
    styles = part(SAMPLES[lang], "word/styles.xml")

    assert f'<w:lang w:val="{latin}" w:eastAsia="{asian}"' in styles
    assert f'w:eastAsia="{font}"' in styles


def test_the_properties_are_those_of_the_letter_and_of_nothing_else() -> None:
    letter = SAMPLES["de"]
    core = opened(letter).core_properties

    assert (core.title, core.author, core.last_modified_by) == (letter.title, letter.sender[0], letter.sender[0])
    assert (core.subject, core.language, core.revision) == (letter.reference, letter.traits.tag, 1)
    assert core.created == core.modified == datetime(2026, 6, 12, 12, tzinfo=UTC)
    assert (core.comments, core.keywords, core.category) == ("", "", "")


@pytest.mark.parametrize("lang", SAMPLES)
def test_the_footer_counts_pages_in_the_words_of_the_language(lang: Lang) -> None:
    footer = part(SAMPLES[lang], "word/footer.xml")
    words = {"en": ("Page ", " of "), "zh": ("第", "页，共"), "de": ("Seite ", " von "), "ko": (" / ", "쪽")}

    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    assert all(f">{word}<" in footer for word in words.get(lang, ()))


def test_a_drill_is_marked_on_every_page_and_a_letter_on_none() -> None:
    drill = opened(as_drill(SAMPLES["zh"]))
    section = drill.sections[0]

    assert section.different_first_page_header_footer
    assert "DRILL" in section.first_page_header.paragraphs[0].text
    assert "DRILL" in section.header.paragraphs[0].text
    assert "DRILL" in drill.paragraphs[-1].text
    assert "DRILL" not in "".join(part(SAMPLES["zh"], name) for name in PARTS)


def test_the_same_letter_gives_the_same_bytes_and_says_when_it_was_written() -> None:
    first, second = MAKER.make(SAMPLES["ja"]), document_maker("docx", BundledFiles()).make(SAMPLES["ja"])
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        entries = package.infolist()

    assert first == second
    assert [entry.filename for entry in entries] == list(PARTS)
    assert {entry.date_time for entry in entries} == {(2026, 6, 12, 12, 0, 0)}


@given(st.text(max_size=80))
def test_whatever_somebody_wrote_is_text_and_the_document_opens(text: str) -> None:
    """Markup, control signs and halves of signs: none may break the file or become part of its structure."""
    letter = replace(
        SAMPLES["en"], blocks=(Paragraph(text=text), Numbered(entries=(text,)), Fields(rows=((text, text),)))
    )
    document = opened(letter)

    assert len(document.paragraphs) == len(opened(replace(letter, blocks=simple_blocks())).paragraphs)


def simple_blocks() -> tuple[Paragraph, Numbered, Fields]:
    return Paragraph(text="x"), Numbered(entries=("x",)), Fields(rows=(("x", "x"),))


def test_what_looks_like_a_template_or_like_markup_is_shown_as_it_is() -> None:
    hostile = "{{ 7 * 7 }} {% raw %} <w:p/> & \x07 ]]>"
    found = all_texts(opened(replace(SAMPLES["en"], title=hostile)))

    assert "{{ 7 * 7 }} {% raw %} <w:p/> &  ]]>" in found


def test_a_letter_without_sender_list_and_table_opens_too() -> None:
    bare = Letter(
        duty="d",
        lang="en",
        title="T",
        sender=(),
        addressee=(),
        reference="",
        written_on=date(2026, 6, 12),
        date_line="",
        salutation="S",
        blocks=(),
        closing="C",
        signature=(),
        footer=(),
    )

    assert [paragraph.text for paragraph in opened(bare).paragraphs] == ["T", "S", "C"]


def test_a_broken_template_is_named() -> None:
    templates = {name: BundledFiles().text("templates", f"documents/docx/{name}") for name in PARTS.values()}

    with pytest.raises(DocumentFailed) as caught:
        DocxMaker({**templates, "header.xml": "{{ letter.titel }}"}).make(SAMPLES["en"])

    assert "docx/header.xml" in caught.value.next_step
