"""A letter of a page and a bit is set on one; any other has text above the signature on its last page."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import pytest
from pypdf import PageObject

from leakguard.bundled import BundledFiles
from leakguard.documents import pdf
from leakguard.documents.fonts import Typeface
from leakguard.documents.makers import document_maker
from leakguard.documents.page_fit import FITTED_PAGES
from leakguard.documents.typesetting import Source, Typesetter
from leakguard.frozen import replace
from leakguard.models.languages import STYLES, Lang
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph, as_sent
from leakguard.notices.format_rules import FormatRule
from support.notices import book, letter_of
from support.pdf_pages import all_lines, lines_above, lines_on, pages_of, sizes_on
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.long

MAKER = document_maker("pdf", BundledFiles())
TEXT_HEIGHT = 257.0
"""Millimetres of text on a page as it is usually set."""
LINE, CLOSING_BLOCK = 8.0, 32.0
"""Millimetres, rounded up: closing words and signature are not torn apart, so that a page may end above them."""
LANGS: tuple[Lang, ...] = ("en", "de", "zh", "ko")
LATIN = "Somebody read the entries of the search server. "
WIDE = "有人读取了搜索服务器中的条目。"


def letter(lang: Lang, blocks: tuple[Block, ...]) -> Letter:
    return as_sent(replace(SAMPLES[lang], blocks=blocks))


def paragraphs(lang: Lang, count: int, sentences: int) -> Letter:
    text = (WIDE if STYLES[lang].is_wide else LATIN) * sentences
    return letter(lang, (Paragraph(text=text.strip()),) * count)


@functools.cache
def growing(lang: Lang, sentences: int, most: int = 2) -> tuple[tuple[Letter, list[PageObject]], ...]:
    """Letters that get longer, one paragraph at a time, until they fill `most` pages."""
    return tuple(_growing(lang, sentences, most))


def _growing(lang: Lang, sentences: int, most: int) -> Iterator[tuple[Letter, list[PageObject]]]:
    for count in range(max(1, 20 // sentences), 150):
        one = paragraphs(lang, count, sentences)
        pages = pages_of(MAKER.make(one))
        if len(pages) > most:
            return
        yield one, pages


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sentences", [6])
def test_a_letter_of_less_than_a_page_and_a_fifth_is_set_on_one_page(lang: Lang, sentences: int) -> None:
    """Paragraph by paragraph; `test_page_fit_line_by_line.py` goes on in smaller steps.

    Held against what a PDF reader sees of those that are not: as usually set, each of them is longer than that.
    """
    numbers = []
    for one, pages in growing(lang, sentences):
        numbers.append(len(pages))
        if len(pages) == 2:
            ends = [max(down for down, _ in lines_on(page)) for page in pages]
            length = sum(end - 20 for end in ends)
            assert length > FITTED_PAGES * TEXT_HEIGHT - CLOSING_BLOCK - LINE * sentences, one.blocks

    assert numbers == sorted(numbers)
    assert {1, 2} == set(numbers)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sentences", [40])
def test_on_the_last_of_several_pages_five_lines_stand_above_the_closing_words(lang: Lang, sentences: int) -> None:
    found = [
        (len(pages), lines_above(one.closing, pages[-1]))
        for one, pages in growing(lang, sentences, 3)
        if len(pages) > 1
    ]

    assert {pages for pages, _ in found} == {2, 3}
    assert min(lines for _, lines in found) >= 5


@pytest.mark.parametrize("lang", LANGS)
def test_also_tables_lists_and_headings_stand_above_the_closing_words(lang: Lang) -> None:
    rows = tuple((f"Row {number}", "words") for number in range(3))
    end = (Heading(text="Next"), Fields(rows=rows), Numbered(entries=("One.", "Two.")))
    counted = []
    for count in range(12, 40):
        one = letter(lang, (*paragraphs(lang, count, 1).blocks, *end))
        pages = pages_of(MAKER.make(one))
        counted += [lines_above(one.closing, pages[-1])] if len(pages) == 2 else []

    assert counted
    assert min(counted) >= 5


@pytest.mark.parametrize("lang", LANGS)
def test_no_type_is_ever_smaller_than_ten_points(lang: Lang) -> None:
    sizes = {size for _, pages in growing(lang, 6) for page in pages for size in sizes_on(page)}

    assert min(sizes) >= 10 - 0.01


def test_a_law_that_demands_larger_type_gets_it_however_long_the_letter_becomes() -> None:
    """No letter that ships demands more than ten points; an organisation's own rule may."""
    for count in (2, *range(22, 36, 2)):
        one = replace(paragraphs("en", count, 1), least_points=12.0)
        assert min(size for page in pages_of(MAKER.make(one)) for size in sizes_on(page)) >= 12 - 0.01


def test_the_least_type_of_a_letter_is_what_its_duty_states() -> None:
    """California's two statutes demand ten points, of businesses and of agencies; no other law demands a size."""
    stated = {
        duty.jurisdiction: rule.least_points
        for duty in book().duties
        for rule in duty.format_rules
        if rule.least_points
    }

    assert stated == {"USA (California)": 10}
    assert letter_of("eu-gdpr-34-individuals").least_points == 0
    assert FormatRule(text="x", least_points=12).least_points == 12


def test_a_reader_with_a_long_name_gets_the_same_letter_from_a_maker_that_set_another_before() -> None:
    """What is measured once for a group holds only for readers whose lines have the same heights."""
    kept = document_maker("pdf", BundledFiles())
    names = ("Mr A,", "Ms Alexandra " + "Maximiliana " * 30, "Ms 李小龙,", "Ms محمد,", "Mr B,", "José Nguyễn,", "王强,")
    some = [replace(paragraphs("en", 24, 1), salutation=f"Dear {name}") for name in names]
    some += [replace(paragraphs("zh", 24, 1), addressee=(f"{name}", "上海市东川路800号")) for name in names[:3]]

    assert [kept.make(one) for one in some] == [document_maker("pdf", BundledFiles()).make(one) for one in some]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each measurement."""
    noted: list[str] = []
    query = Typesetter.query

    def note(self: Typesetter, source: Source, label: str, *, fonts: Sequence[Typeface]) -> object:
        noted.append(label)
        return query(self, source, label, fonts=fonts)

    monkeypatch.setattr(Typesetter, "query", note)
    return noted


@pytest.mark.parametrize(("lang", "name"), [("en", "Person {}"), ("en", "李{}"), ("zh", "李{}")])
def test_many_readers_of_a_group_are_measured_once(lang: Lang, name: str, asked: list[str]) -> None:
    """To measure costs as much as half a letter."""
    maker, one = document_maker("pdf", BundledFiles()), paragraphs(lang, 24, 1)
    counts = []
    for number in range(1, 9):
        who = name.format(number)
        maker.make(replace(one, addressee=(who, f"{number} Main Street"), salutation=f"Dear {who},"))
        counts.append(len(asked))

    assert counts[0] > 0
    assert set(counts) == {counts[0]}


def test_what_is_kept_of_a_group_has_a_limit(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that takes two lines is measured by itself, and of ten thousand of them not all are kept."""
    monkeypatch.setattr(pdf, "_REMEMBERED", 2)
    maker, one = document_maker("pdf", BundledFiles()), paragraphs("en", 2, 1)
    some = [replace(one, salutation=f"Dear {'Maximiliana ' * (12 + number)}") for number in range(3)]
    first = [maker.make(each) for each in some]
    before = len(asked)

    assert [maker.make(each) for each in some] == first
    assert len(asked) > before


def test_the_pages_are_numbered_where_there_are_several_and_at_the_same_place() -> None:
    one, many = (pages_of(MAKER.make(paragraphs("en", count, 6))) for count in (2, 20))
    places = [[down for down, text in all_lines(page) if text.startswith("Page")] for page in many]

    assert "Page" not in one[0].extract_text()
    assert [f"Page {number} of {len(many)}" in page.extract_text() for number, page in enumerate(many, 1)] == [
        True
    ] * len(many)
    assert len({down for (down,) in places}) == 1
