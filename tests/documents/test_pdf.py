"""PDF: for people with and without eyes, the same on every machine."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from leakguard.bundled import Bundled
from leakguard.documents.fonts import CjkFont, find_cjk_font, needs_cjk
from leakguard.documents.makers import document_maker
from leakguard.documents.pdf import PdfMaker
from leakguard.errors import DocumentFailed, FontMissing
from leakguard.models.letters import Letter
from leakguard.notices.vocabulary import BOTH, Lang
from support.notices import CAC, GDPR_33, GDPR_34, complete, letter_of


def read(letter: Letter) -> PdfReader:
    return PdfReader(io.BytesIO(document_maker("pdf", Bundled()).make(letter)))


def words(text: str) -> str:
    """A text without spaces, which PDF places as it likes."""
    return "".join(text.split())


@pytest.mark.parametrize("duty", [GDPR_33, CAC])
@pytest.mark.parametrize("lang", BOTH)
def test_a_screen_reader_finds_title_language_and_structure(duty: str, lang: Lang) -> None:
    letter = letter_of(duty, lang)
    pdf = read(letter)
    root: Any = pdf.trailer["/Root"]

    assert root["/Lang"] == {"en": "en-GB", "zh": "zh-CN"}[lang]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == letter.title


@pytest.mark.parametrize("lang", BOTH)
def test_the_whole_letter_can_be_read_out_of_the_pdf(lang: Lang) -> None:
    letter = letter_of(GDPR_34, lang)
    text = words("".join(page.extract_text() for page in read(letter).pages))
    wanted = {"en": "Be careful with links.", "zh": "谨慎点击链接。"}

    assert words(letter.title) in text
    assert words(letter.salutation) in text
    assert words(letter.signature[0]) in text
    assert words(wanted[lang]) in text


def test_the_same_letter_gives_the_same_bytes() -> None:
    maker = document_maker("pdf", Bundled())

    assert maker.make(letter_of(GDPR_34, "zh")) == maker.make(letter_of(GDPR_34, "zh"))


def test_what_a_person_wrote_is_never_markup() -> None:
    letter = letter_of(GDPR_34, "en", complete(consequences={"value": '#panic("x") *bold* $x$ ]'}))
    text = words("".join(page.extract_text() for page in read(letter).pages))

    assert '#panic("x")*bold*$x$]' in text


def test_an_english_letter_needs_no_chinese_font_until_it_names_something_chinese() -> None:
    def none() -> CjkFont:
        raise FontMissing("none")

    maker = PdfMaker(Bundled().text("templates", "documents/letter.typ"), find_font=none)
    assert maker.make(letter_of(GDPR_34, "en")).startswith(b"%PDF")
    values = complete()
    values["organisation"]["name"] = "示例大学"

    with pytest.raises(FontMissing):
        maker.make(letter_of(GDPR_34, "en", values))


def test_without_a_font_the_two_ways_to_get_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as caught:
        find_cjk_font([tmp_path, tmp_path / "missing"], wheel="no-such-wheel")

    assert "fonts-noto-cjk" in caught.value.next_step
    assert "leakguard[cjk]" in caught.value.next_step


def test_the_font_of_the_system_goes_before_the_one_of_the_wheel(tmp_path: Path) -> None:
    for name in ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "NotoSansMonoCJKsc-Regular.otf"):
        (tmp_path / "fonts").mkdir(exist_ok=True)
        (tmp_path / "fonts" / name).touch()
    found = find_cjk_font([tmp_path])

    assert (found.folder, found.family) == (tmp_path / "fonts", "Noto Sans CJK SC")


def test_the_font_of_the_wheel_is_found(tmp_path: Path) -> None:
    found = find_cjk_font([tmp_path])
    shutil.rmtree(tmp_path)

    assert found.family == "Noto Sans CJK TC"
    assert list(found.folder.glob("NotoSansCJK*.otf"))


@pytest.mark.parametrize(("text", "needs"), [("café 12–3 “x”", False), ("大", True), ("，", True), ("𠀀", True)])
def test_signs_that_need_a_chinese_font_are_known(text: str, *, needs: bool) -> None:
    assert needs_cjk(text) is needs


def test_a_template_that_typst_refuses_is_named() -> None:
    with pytest.raises(DocumentFailed, match="typst could not make the PDF"):
        PdfMaker("#let x = ").make(letter_of(GDPR_34, "en"))
