"""The report in a real browser: printed on A4, and on a screen in a dark room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from leakguard.bundled import BundledFiles
from leakguard.documents.report_makers import report_maker
from leakguard.reports.compose import compose
from support.browser import browse, first_colour
from support.reports import english, full_report

pytestmark = pytest.mark.long

_MEASURE = b"""<script>
const dates = [...document.querySelectorAll("td > span:first-child, th > span:first-child")].filter(
  one => /^\\d{4}-\\d{2}-\\d{2} [0-9:+ ]+$/.test(one.textContent.trim()));
const lines = dates.map(one => Math.round(one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)));
document.title = "dates " + dates.length + " lines " + Math.max(...lines)
  + " wide " + document.documentElement.scrollWidth + " captions "
  + Math.max(...[...document.querySelectorAll("caption")].map(one => one.offsetWidth));
</script></body>"""
_ALLOWED = b"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"


def test_on_a_telephone_no_date_is_torn_apart_and_the_page_itself_is_not_moved_sideways(tmp_path: Path) -> None:
    made = report_maker("html", BundledFiles()).make(compose(full_report(), english()))
    page = tmp_path / "report.html"
    allowed = made.replace(b"default-src 'none'; style-src 'unsafe-inline'", _ALLOWED)
    page.write_bytes(allowed.replace(b"</body>", _MEASURE))
    told = browse(page, "--window-size=500,800", "--dump-dom").decode()

    found = re.search(r"<title>dates (\d+) lines (\d+) wide (\d+) captions (\d+)<", told)
    dates, lines, wide, captions = map(int, found.groups() if found else ())

    assert dates > 10
    assert lines <= 3
    assert wide <= 500
    assert captions <= 500


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_report_prints_page_by_page_and_is_dark_in_the_dark(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_bytes(report_maker("html", BundledFiles()).make(compose(full_report(is_drill=True), english())))
    browse(page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'printed.pdf'}")
    browse(page, "--blink-settings=preferredColorScheme=0", f"--screenshot={tmp_path / 'dark.png'}")
    printed = PdfReader(tmp_path / "printed.pdf")
    pages = ["".join(one.extract_text().split()) for one in printed.pages]
    width, height = (float(side) for side in printed.pages[0].mediabox[2:])

    assert (round(width), round(height)) == (595, 842)
    assert len(pages) >= 5
    assert [text for text in pages if "DRILL" not in text] == []
    assert [text for text in pages if "ledgerentry23,4c0fa249749ae100" not in text] == []
    assert all(f"{number}/{len(pages)}" in text for number, text in enumerate(pages, start=1))
    assert "E-3·24May07:42·9h12minlater" in "".join(pages)
    assert first_colour((tmp_path / "dark.png").read_bytes()) == (0x14, 0x18, 0x1C)
