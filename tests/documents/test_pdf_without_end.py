"""PDF: a letter with tables that are taller than a page, and words that are wider than a column."""

from __future__ import annotations

import pytest

from documents.test_pdf import read
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Paragraph
from support.pdf_text import placed, words
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.long


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_runs_off_the_page_however_long_it_is(lang: Lang) -> None:
    """A table taller than a page and a hash wider than its column lost what stood beyond the edge."""
    hashes = [f"{number:064x}" for number in range(1, 90)]
    rows = (("Traces", ", ".join(hashes)), ("Next", "behind them"))
    pdf = read(replace(SAMPLES[lang], blocks=(Fields(rows=rows), Paragraph(text=f"sha512:{'0' * 128}"))))
    found = [(text.strip(), place) for page in pdf.pages for text, place in placed(page) if text.strip()]
    text = words("".join(page.extract_text() for page in pdf.pages))

    assert len(pdf.pages) > 2
    assert all(0 < down < 290 and 0 < across < 190 for text, (across, down) in found)
    assert sum(one in text for one in hashes) >= len(hashes) - len(pdf.pages)
    assert not any("0" * 100 in page.extract_text() for page in pdf.pages)
    assert "behindthem" in text
