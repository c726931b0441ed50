"""A letter as a page in a real browser: on the screen of a telephone, and printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Numbered, Paragraph
from support.browser import browse
from support.pdf_pages import all_lines, pages_of
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.long

_MEASURE = b"<script>document.title = 'wide ' + document.documentElement.scrollWidth</script></body>"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_word_without_a_space_does_not_widen_the_letter_beyond_the_screen(lang: Lang, tmp_path: Path) -> None:
    """A hash in a table and an address in a list pushed other lines out of sight; no window is narrower than 500."""
    blocks = (Fields(rows=(("Traces", "f" * 64),)), Numbered(entries=(f"We closed https://example.edu/{'x' * 90}",)))
    made = document_maker("html", BundledFiles()).make(replace(SAMPLES[lang], blocks=blocks))
    page = tmp_path / "letter.html"
    page.write_bytes(made.replace(b"</body>", _MEASURE))

    told = browse(page, "--window-size=500,800", "--dump-dom").decode()

    assert (found := re.search(r"<title>wide (\d+)", told)) is not None
    assert int(found[1]) <= 500


@pytest.mark.parametrize(("count", "sentences"), [(24, 1), (9, 4), (1, 60)])
def test_printed_on_two_pages_it_has_five_lines_above_the_closing_words(
    count: int, sentences: int, tmp_path: Path
) -> None:
    text = ("Somebody read the entries of the search server. " * sentences).strip()
    letter = replace(SAMPLES["en"], blocks=(Paragraph(text=text),) * count, footer=())
    page, printed = tmp_path / "letter.html", tmp_path / "letter.pdf"
    page.write_bytes(document_maker("html", BundledFiles()).make(letter))
    browse(page, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    pages = pages_of(printed.read_bytes())
    (closing,) = (place for place, (_, line) in enumerate(all_lines(pages[-1])) if line == "Yourssincerely,")

    assert len(pages) == 2
    assert closing >= 5
