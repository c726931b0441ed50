"""PDF: for people with and without eyes, the same on every machine."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from leakguard.bundled import BundledFiles
from leakguard.documents.fonts import Typeface, find_cjk_font, find_script_font, needs_cjk, region_of, scripts_of
from leakguard.documents.makers import document_maker
from leakguard.documents.pdf import PdfMaker, PdfSigns
from leakguard.documents.typography import fits_window
from leakguard.errors import DocumentFailed, FontMissing
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Block, Fields, Letter, Paragraph, as_drill
from support.notices import GDPR_34, complete, letter_of
from support.pdf_text import placed, words
from support.sample_letters import SAMPLES, texts_of

pytestmark = pytest.mark.untraced


FONTS_ALONE = """#let make(letter, look, own, measured: false) = {
  set document(title: "x")
  look.fonts.join(", ")
  if measured != false [#metadata((parts: (), closing: (1, 0), end: (1, 100))) <places>]
}"""
"""A template that names its fonts."""


def read(letter: Letter) -> PdfReader:
    return PdfReader(io.BytesIO(document_maker("pdf", BundledFiles()).make(letter)))


def tags_in(element: Any) -> Iterator[str]:  # noqa: ANN401  (pypdf types its values loosely)
    """The kinds of elements in the tree that a screen reader walks."""
    found = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(found, list):
        for one in found:
            yield from tags_in(one)
    elif isinstance(found, dict):
        if "/S" in found:
            yield str(found["/S"])
        yield from tags_in(found.get("/K"))


def glyphs_in(page: PageObject, family: str) -> set[bytes]:
    """The different pictures of signs that are shown in a font."""
    resources: Any = page["/Resources"]
    names = {name for name, font in resources["/Font"].items() if family in font.get_object()["/BaseFont"]}
    found, font = set[bytes](), ""
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        font = operands[0] if operator == b"Tf" else font
        if operator in {b"Tj", b"TJ"} and font in names:
            texts = [one.original_bytes for one in operands[0] if hasattr(one, "original_bytes")]
            found |= {text[place : place + 2] for text in texts for place in range(0, len(text), 2)}
    return found


@pytest.mark.parametrize("lang", SAMPLES)
def test_a_screen_reader_finds_title_language_and_structure(lang: Lang) -> None:
    letter = SAMPLES[lang]
    pdf = read(letter)
    root: Any = pdf.trailer["/Root"]

    assert root["/Lang"] == letter.traits.tag
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TR", "/TD"} <= set(tags_in(root["/StructTreeRoot"]))
    assert pdf.metadata is not None
    assert pdf.metadata.title == letter.title


@pytest.mark.parametrize("lang", SAMPLES)
def test_the_whole_letter_can_be_read_out_of_the_pdf(lang: Lang) -> None:
    letter = SAMPLES[lang]
    text = words("".join(page.extract_text() for page in read(letter).pages))

    assert [one for one in texts_of(letter) if words(one) not in text] == []


@pytest.mark.parametrize(("lang", "left"), [("en", 25), ("de", 25), ("fr", 110)])
def test_the_address_stands_in_the_window_of_an_envelope(lang: Lang, left: int) -> None:
    """57 to 85 mm from the top edge; at the left in most countries, at the right in France."""
    page = read(SAMPLES[lang]).pages[0]
    lines = [place for text, place in placed(page) if text.strip() and text.strip() in "".join(SAMPLES[lang].addressee)]

    assert lines
    assert all(57 <= top <= 85 for _, top in lines)
    assert round(min(across for across, _ in lines)) == left


@pytest.mark.parametrize(
    "addressee",
    [
        tuple(f"Zeile {number}" for number in range(1, 13)),
        ("W" * 70, "M" * 70, "Mr X"),
        ("MINISTERIUM FÜR WIRTSCHAFT UND MITTELSTAND, ABTEILUNG MMMM WWWW",) * 4,
        ("wmwm " * 60,),
    ],
)
def test_an_address_too_long_for_the_window_is_told_whole(addressee: tuple[str, ...]) -> None:
    letter = replace(SAMPLES["de"], addressee=addressee)
    text = words("".join(page.extract_text() for page in read(letter).pages))

    assert not fits_window(letter)
    assert all(words(line) in text for line in letter.addressee)


def test_the_title_keeps_its_distance_from_the_reference_where_the_window_is_too_small() -> None:
    letter = replace(SAMPLES["en"], addressee=tuple(f"Line {number}" for number in range(1, 13)))
    found = {text.strip(): down for text, (_, down) in placed(read(letter).pages[0]) if text.strip()}

    assert found[letter.title] - found[letter.reference] > 8


@pytest.mark.parametrize(
    "addressee",
    [
        ("Frau Dr. Anneliese Müller-Lüdenscheidt", "Universitätsstraße 150a", "44801 Bochum", "DEUTSCHLAND"),
        ("W" * 21,) * 6,
        ("m" * 21,) * 6,
        ("HHHHHHHHHHHHHHHHHHHHHHHHH",) * 6,
        ("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",) * 6,
    ],
)
def test_whatever_is_said_to_fit_stands_in_the_window(addressee: tuple[str, ...]) -> None:
    """The signs are counted, so the broadest of each kind are held against the font."""
    letter = replace(SAMPLES["de"], addressee=addressee)
    lines = [place for text, place in placed(read(letter).pages[0]) if text.strip() and text.strip() in addressee]

    assert not fits_window(letter) or (len(lines) == len(addressee) and all(57 <= top <= 87 for _, top in lines))
    assert fits_window(letter) or addressee[0][0] in "WmHn"


def test_an_address_of_four_usual_lines_fits() -> None:
    usual = ("Frau Dr. Anneliese Müller-Lüdenscheidt", "Universitätsstraße 150a", "44801 Bochum", "DEUTSCHLAND")

    assert fits_window(replace(SAMPLES["de"], addressee=usual))


def test_each_page_of_a_long_drill_says_what_it_is_and_where_it_belongs() -> None:
    letter = as_drill(
        replace(SAMPLES["de"], blocks=tuple(Paragraph(text=f"Paragraph {one}. " * 40) for one in range(12)))
    )
    pages = [page.extract_text() for page in read(letter).pages]

    assert len(pages) > 1
    assert all("DRILL" in page for page in pages)
    assert all(f"Seite {number} von {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all(letter.reference in page for page in pages)


def test_what_a_person_wrote_is_never_markup() -> None:
    letter = letter_of(GDPR_34, "en", complete(consequences={"value": '#panic("x") *bold* $x$ ]'}))
    text = words("".join(page.extract_text() for page in read(letter).pages))

    assert '#panic("x")*bold*$x$]' in text


def test_an_english_letter_needs_no_chinese_font_until_it_names_something_chinese() -> None:
    def none(*, region: str = "SC") -> Typeface:
        raise FontMissing(region)

    maker = PdfMaker(BundledFiles().text("templates", "documents/letter.typ"), find_font=none)
    assert maker.make(letter_of(GDPR_34, "en")).startswith(b"%PDF")
    values = complete()
    values["organisation"]["name"] = "示例大学"

    with pytest.raises(FontMissing):
        maker.make(letter_of(GDPR_34, "en", values))


def test_without_a_font_the_two_ways_to_get_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as caught:
        find_cjk_font([tmp_path, tmp_path / "missing"], wheel="no-such-wheel")

    assert "fonts-noto-cjk" in caught.value.next_step
    assert "pipx inject leakguard cvttf-notosanscjk-regular" in caught.value.next_step


def test_the_font_of_the_system_goes_before_the_one_of_the_wheel(tmp_path: Path) -> None:
    have(tmp_path / "fonts", "DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "NotoSansMonoCJKsc-Regular.otf")
    found = find_cjk_font([tmp_path])

    assert (found.folder, found.family) == (tmp_path / "fonts", "Noto Sans CJK SC")


def have(folder: Path, *names: str) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).touch()


@pytest.mark.parametrize(
    ("files", "region", "family"),
    [
        (["NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc"], "JP", "Noto Serif CJK JP"),
        (["NotoSansSC-Regular.otf", "NotoSansKR[wght].ttf"], "KR", "Noto Sans KR"),
        (["NotoSerifCJKjp-Regular.otf"], "JP", "Noto Serif CJK JP"),
        (["SourceHanSansSC-Regular.otf", "SourceHanSans-Regular.otf"], "JP", "Source Han Sans"),
        (["SourceHanSerifK-Regular.otf"], "KR", "Source Han Serif K"),
        (["SourceHanSansSC-Regular.otf"], "SC", "Source Han Sans SC"),
        (["NotoSansSC-Regular.otf"], "JP", "Noto Sans CJK TC"),
    ],
)
def test_the_best_font_of_the_region_is_taken(tmp_path: Path, files: list[str], region: str, family: str) -> None:
    """A file of one region does not serve another; then the wheel's does."""
    have(tmp_path / "fonts", *files)

    assert find_cjk_font([tmp_path], region=region).family == family


@pytest.mark.parametrize(
    ("text", "region"), [("大学", "SC"), ("大学のサーバー", "JP"), ("서울大學", "KR"), ("x", "SC")]
)
def test_the_signs_of_a_text_tell_its_region(text: str, region: str) -> None:
    assert region_of(text) == region


def test_the_font_of_the_wheel_is_found(tmp_path: Path) -> None:
    found = find_cjk_font([tmp_path])
    shutil.rmtree(tmp_path)

    assert found.family == "Noto Sans CJK TC"
    assert list(found.folder.glob("NotoSansCJK*.otf"))


@pytest.mark.parametrize(
    ("text", "needs"), [("café 12–3 “x”", False), ("大", True), ("，", True), ("𠀀", True), ("한", True), ("か", True)]
)
def test_signs_that_need_a_chinese_font_are_known(text: str, *, needs: bool) -> None:
    assert needs_cjk(text) is needs


def test_a_template_that_typst_refuses_is_named() -> None:
    with pytest.raises(DocumentFailed, match="typst could not make the PDF"):
        PdfMaker("#let x = ").make(letter_of(GDPR_34, "en"))


@pytest.mark.parametrize("lang", ["en", "de", "zh"])
def test_the_letters_of_an_arabic_name_are_joined(lang: Lang) -> None:
    """As the first and as the last of two, one letter has two pictures; unjoined it has one, and cannot be read."""
    maker = PdfMaker(BundledFiles().text("templates", "documents/letter.typ"), find_script=lambda _: None)
    made = PdfReader(io.BytesIO(maker.make(replace(SAMPLES[lang], salutation="\u0645\u0645"))))

    assert len(glyphs_in(made.pages[0], "DejaVuSansMono")) == 2


def test_a_name_is_set_in_a_font_of_the_system_that_is_made_for_its_script() -> None:
    asked: list[str] = []

    def find(script: str) -> Typeface:
        asked.append(script)
        return find_cjk_font()

    maker = PdfMaker(FONTS_ALONE, find_script=find)
    letter = replace(SAMPLES["en"], salutation="Dear श्री")
    made = [PdfReader(io.BytesIO(maker.make(letter))).pages[0].extract_text() for _ in range(2)]

    assert made == [f"Libertinus Serif, {find_cjk_font().family}"] * 2
    assert asked == ["Devanagari"]


def test_a_script_that_would_be_misspelt_keeps_its_own_letter_back_and_no_other() -> None:
    """A font for formulas has the signs of Hindi, and does not know how they are joined."""
    signs = PdfSigns(find_script=lambda _: None)
    maker = PdfMaker(BundledFiles().text("templates", "documents/letter.typ"), find_script=lambda _: None)

    assert [signs.can_show(name) for name in ("श्रीकृष्ण", "محمد", "Ada")] == [False, True, True]
    with pytest.raises(DocumentFailed, match="no sign for letters of the script Devanagari") as caught:
        maker.make(replace(SAMPLES["en"], salutation="Dear श्री"))
    assert "fonts-noto-core" in caught.value.next_step


@pytest.mark.parametrize(
    ("files", "script", "family"),
    [
        (
            ["DejaVuSans.ttf", "NotoSansArabic-Regular.ttf", "NotoNaskhArabic-Regular.ttf"],
            "Arabic",
            "Noto Naskh Arabic",
        ),
        (["DejaVuSans.ttf", "NotoSansThai[wdth,wght].ttf"], "Thai", "Noto Sans Thai"),
        (["DejaVuSans.ttf"], "Arabic", "DejaVu Sans"),
        (["DejaVuSans.ttf"], "Devanagari", None),
    ],
)
def test_the_best_font_of_a_script_is_taken(tmp_path: Path, files: list[str], script: str, family: str | None) -> None:
    have(tmp_path / "fonts", *files)
    found = find_script_font(script, [tmp_path])

    assert (found and found.family) == family


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("Ada Юлія Ωδ דוד 示例 ⁿ x", ()),
        ("محمد श्री สมชาย", ("Arabic", "Devanagari", "Thai")),
        ("ë \N{GRINNING FACE} →", ()),
    ],
)
def test_the_scripts_of_a_text_are_known(text: str, scripts: tuple[str, ...]) -> None:
    assert scripts_of(text) == scripts


def _pages_with_table(count: int, above: int) -> list[str]:
    rows = tuple((f"Row {number} begins", f"row {number} ends") for number in range(count))
    blocks: tuple[Block, ...] = (*(Paragraph(text="Words. " * 12) for _ in range(above)), Fields(rows=rows))
    return [page.extract_text() for page in read(replace(SAMPLES["en"], blocks=blocks)).pages]


def test_a_longer_table_breaks_between_rows_and_leaves_no_page_half_empty() -> None:
    first, second = _pages_with_table(12, 22)

    assert "Row 0 begins" in first
    assert "Row 11 begins" in second
    for number in range(12):
        assert (f"Row {number} begins" in first) is (f"row {number} ends" in first)
