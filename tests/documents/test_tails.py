"""The end of a letter that Word and a browser keep on one page with the signature."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.documents.tails import tail_of
from leakguard.frozen import replace
from leakguard.models.letters import Block, Fields, Heading, Numbered, Paragraph
from support.sample_letters import SAMPLES

SHORT, LONG = Paragraph(text="Words."), Paragraph(text="Many words. " * 200)
THREE = Paragraph(text="Some words. " * 20)
TABLE = Fields(rows=(("a", "b"),) * 3)


@pytest.mark.parametrize(
    ("blocks", "tail"),
    [
        ((SHORT,) * 9, 5),
        ((SHORT, THREE, THREE), 2),
        ((SHORT, LONG), 0),
        ((LONG, SHORT, SHORT), 2),
        ((SHORT, TABLE, Numbered(entries=("a", "b"))), 2),
        ((SHORT, Heading(text="h"), Numbered(entries=("a", "b", "c", "d"))), 2),
        ((SHORT,), 1),
        ((), 0),
    ],
)
def test_as_many_blocks_stay_as_make_five_lines(blocks: tuple[Block, ...], tail: int) -> None:
    """A text that would leave half of a page empty may be broken."""
    assert tail_of(replace(SAMPLES["en"], blocks=blocks)) == tail


def docx(blocks: tuple[Block, ...]) -> list[str]:
    made = document_maker("docx", BundledFiles()).make(replace(SAMPLES["en"], blocks=blocks, footer=()))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return re.findall(r"<w:p>.*?</w:p>", package.read("word/document.xml").decode(), re.DOTALL)


@pytest.mark.parametrize("block", [THREE, TABLE, Numbered(entries=("One.", "Two.", "Three."))])
def test_in_word_the_last_blocks_stay_with_the_closing_words(block: Block) -> None:
    mark = Paragraph(text="Before it.")
    written = docx((mark, mark, LONG, block, block))
    tail = written[written.index(next(one for one in written if "Many words." in one)) + 1 :]
    kept = [one for one in tail if "Closing" not in one and "Signature" not in one]

    assert kept
    assert all("<w:keepNext/><w:keepLines/>" in one for one in kept)
    assert not any("keepLines" in one for one in written if "Before it." in one or "Many words." in one)


def test_in_word_a_long_last_text_is_broken_and_its_end_stays_with_the_closing_words() -> None:
    (last,) = (one for one in docx((SHORT, LONG)) if "Many words." in one)

    assert "<w:keepNext/>" in last
    assert "keepLines" not in last


def html(blocks: tuple[Block, ...]) -> str:
    return document_maker("html", BundledFiles()).make(replace(SAMPLES["en"], blocks=blocks, footer=())).decode()


def test_in_a_browser_the_last_blocks_stand_in_one_part_with_the_signature() -> None:
    before, _, tail = html((LONG, *(Paragraph(text=f"Line {number}.") for number in range(7)))).partition(
        '<div class="together">'
    )

    assert "Line 1." in before
    assert all(f"Line {number}." in tail for number in range(2, 7))
    assert "Yours sincerely" in tail
    assert '<p class="last"' not in before + tail


def test_in_a_browser_a_long_last_text_stays_as_far_as_a_browser_grants_it() -> None:
    page = html((SHORT, LONG))

    assert page.count('class="last"') == 1
    assert page.index('class="last"') < page.index('<div class="together">') < page.index("Yours sincerely")


def test_a_letter_that_goes_out_has_no_footer_in_any_format() -> None:
    sent = replace(SAMPLES["en"], footer=())
    texts = {form: document_maker(form, BundledFiles()).make(sent).decode() for form in ("txt", "md", "html")}

    assert "<footer" not in texts["html"]
    assert texts["txt"].rstrip().endswith("Example University")
    assert texts["md"].rstrip().endswith("Example University")
    assert not any("Basis" in one for one in docx(sent.blocks))
