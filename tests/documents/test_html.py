"""HTML for mail programs and printers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.html import HtmlMaker
from leakguard.documents.makers import document_maker
from leakguard.errors import DocumentFailed
from leakguard.models.letters import Letter, as_drill
from leakguard.notices.vocabulary import BOTH, Lang
from support.notices import DUTIES, complete, letter_of
from support.sample_letters import SAMPLES, texts_of

VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Follows the tags, and collects the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.seen |= {str(name) for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("lang", BOTH)
def test_the_page_is_well_formed_and_loads_nothing(duty: str, lang: Lang) -> None:
    letter = letter_of(duty, lang)
    page = document_maker("html", BundledFiles()).make(letter).decode()
    parser = Balance()
    parser.feed(page)

    assert parser.open == []
    assert not parser.seen & {"script", "img", "link", "iframe", "src", "href", "onclick"}
    assert letter.title in parser.text
    assert all(line in parser.text for line in letter.footer)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en-GB"}">' in page


@pytest.mark.parametrize("lang", SAMPLES)
def test_the_page_holds_the_whole_letter_in_every_language(lang: Lang) -> None:
    letter = SAMPLES[lang]
    parser = Balance()
    parser.feed(page_of(letter))
    found = " ".join(parser.text.split())

    assert [text for text in texts_of(letter) if text not in found] == []
    assert parser.open == []


def page_of(letter: Letter) -> str:
    return document_maker("html", BundledFiles()).make(letter).decode()


def test_a_mail_program_that_drops_the_style_still_shows_a_letter() -> None:
    """Everything that makes it readable stands at the elements; `<style>` adds dark colours and the print layout."""
    page = re.sub("<style>.*?</style>", "", page_of(SAMPLES["zh"]), flags=re.DOTALL)
    sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)px", page)]

    assert "max-width:640px" in page
    assert "background:#ffffff" in page
    assert "text-indent:2em" in page
    assert min(sizes) >= 10 / 0.75  # ten points, which some laws ask for
    assert all(float(size) >= 1 for size in re.findall(r"font-size:([\d.]+)em", page))


def test_a_drill_is_marked_at_both_ends() -> None:
    page = page_of(as_drill(SAMPLES["en"]))

    assert page.count("DRILL") == 2
    assert page.index("DRILL") < page.index("<header>")
    assert page.rindex("DRILL") > page.index("</footer>")


def test_every_text_is_escaped() -> None:
    letter = letter_of(DUTIES[0], "en", complete(consequences={"value": "<script>alert(1)</script> & more"}))
    page = document_maker("html", BundledFiles()).make(letter).decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_same_letter_gives_the_same_bytes() -> None:
    maker = document_maker("html", BundledFiles())

    assert maker.make(letter_of(DUTIES[0])) == maker.make(letter_of(DUTIES[0]))


@pytest.mark.parametrize("broken", ["{{ letter.titel }}", "{% if %}"])
def test_a_broken_template_is_named(broken: str) -> None:
    with pytest.raises(DocumentFailed, match="could not be made") as caught:
        HtmlMaker(broken).make(letter_of(DUTIES[0]))

    assert re.search("letter.html", caught.value.next_step)
