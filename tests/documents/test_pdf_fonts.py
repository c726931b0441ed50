"""The PDF of a letter shows each language in a font of its own, from the wheel or from the system."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from leakguard.bundled import BundledFiles
from leakguard.documents.fonts import Typeface, find_cjk_font
from leakguard.documents.makers import document_maker, sign_checker
from leakguard.documents.pdf import PdfMaker
from leakguard.errors import DocumentFailed
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Block, Fields, Letter, Paragraph, as_drill
from support.notices import GDPR_34, letter_of
from support.pdf_text import placed, words
from support.sample_letters import SAMPLES, texts_of

pytestmark = pytest.mark.long


def read(letter: Letter) -> PdfReader:
    return PdfReader(io.BytesIO(document_maker("pdf", BundledFiles()).make(letter)))


def fonts_of(page: PageObject) -> Iterator[str]:
    resources: Any = page["/Resources"]
    for font in resources["/Font"].values():
        yield font.get_object()["/BaseFont"]


@pytest.mark.parametrize("lang", SAMPLES)
def test_each_language_is_set_in_a_font_of_its_own_region(lang: Lang) -> None:
    """The same sign has other strokes in Japan than in China; a letter with the neighbour's shapes looks foreign."""
    asked: list[str] = []

    def find(*, region: str = "SC") -> Typeface:
        asked.append(region)
        return find_cjk_font(region=region)

    PdfMaker(BundledFiles().text("templates", "documents/letter.typ"), find_font=find).make(SAMPLES[lang])
    names = {str(font) for page in read(SAMPLES[lang]).pages for font in fonts_of(page)}
    wanted = {"zh": "SC", "zh-hant": "TC", "ja": "JP", "ko": "KR"}.get(lang)

    assert asked == ([wanted] if wanted else [])
    assert any("CJK" in name for name in names) is (wanted is not None)


def test_the_same_letter_gives_the_same_bytes_from_a_fresh_maker_and_from_a_kept_one() -> None:
    """A merge keeps one maker for thousands of letters: nothing of the one before may be left in the next."""
    kept = document_maker("pdf", BundledFiles())
    turns = [SAMPLES[lang] for lang in ("zh", "en", "ja", "zh", "en")]
    made = [kept.make(letter) for letter in turns]

    assert made == [document_maker("pdf", BundledFiles()).make(letter) for letter in turns]
    assert kept.make(replace(SAMPLES["en"], addressee=("Mr B", "1 Road"))) != made[1]


@pytest.mark.parametrize("lang", ["zh", "ja", "ko"])
def test_a_postal_address_shows_also_where_the_salutation_names_the_reader(lang: Lang) -> None:
    letter = replace(SAMPLES[lang], addressee=("上海市东川路800号", "张三"))

    assert words("上海市东川路800号") in words(read(letter).pages[0].extract_text())


@pytest.mark.parametrize("lang", ["zh", "ja", "ko"])
def test_the_font_of_the_wheel_shows_all_three_languages(lang: Lang, tmp_path: Path) -> None:
    def wheel(*, region: str = "SC") -> Typeface:
        return find_cjk_font([tmp_path], region=region)

    maker = PdfMaker(BundledFiles().text("templates", "documents/letter.typ"), find_font=wheel)
    pages = PdfReader(io.BytesIO(maker.make(SAMPLES[lang]))).pages
    text = words("".join(page.extract_text() for page in pages))

    assert [one for one in texts_of(SAMPLES[lang]) if words(one) not in text] == []


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [("Ada Example", True), ("Nguyễn Văn Ạ", True), ("Юлія Ґ", True), ("示例", True), ("דוד", True), ("محمد", True),
     ("ABC \N{DOMINO TILE HORIZONTAL BACK}", False), ("Zoë \N{GRINNING FACE}", False)],
)  # fmt: skip
def test_whether_a_name_can_be_shown_is_known_before_its_letter_is_made(name: str, *, is_shown: bool) -> None:
    """A letter is refused that would show boxes; with many letters, that stopped those of everybody else."""
    letter = replace(letter_of(GDPR_34), salutation=f"Dear {name},")

    assert sign_checker("pdf")(name) is is_shown
    assert sign_checker("html")(name)
    if is_shown:
        assert read(letter).pages
    else:
        with pytest.raises(DocumentFailed, match="the fonts of a PDF have no sign for"):
            read(letter)


@pytest.mark.parametrize(("lang", "word"), [("en", "Faculty of Higher Education and Research, "), ("zh", "某某科技")])
def test_a_long_name_stands_above_the_later_pages_whole_or_cut_and_never_off_the_paper(lang: Lang, word: str) -> None:
    """The header grows upwards, and a name of three lines lost its first one at the edge of the paper."""
    many = tuple(Paragraph(text=f"Paragraph {one}. " * 40) for one in range(9))
    letter = as_drill(replace(SAMPLES[lang], sender=(word * (160 // len(word)),), blocks=many))
    first, later = [placed(page) for page in read(letter).pages[:2]]

    assert min(down for text, (_, down) in later if text.strip()) > 6
    assert words(letter.sender[0]) in words("".join(text for text, _ in first))
    assert "…" in "".join(text for text, (_, down) in later if down < 20)
    assert letter.reference in "".join(text for text, _ in later)


def _pages_with_table(count: int, above: int) -> list[str]:
    rows = tuple((f"Row {number} begins", f"row {number} ends") for number in range(count))
    blocks: tuple[Block, ...] = (*(Paragraph(text="Words. " * 12) for _ in range(above)), Fields(rows=rows))
    return [page.extract_text() for page in read(replace(SAMPLES["en"], blocks=blocks)).pages]


@pytest.mark.parametrize("above", [26, 27, 28])
def test_a_table_of_a_few_rows_stays_on_one_page(above: int) -> None:
    pages = _pages_with_table(3, above)

    assert ["Row 0 begins" in page for page in pages] == ["Row 2 begins" in page for page in pages]
