"""Reports as HTML and as PDF: one file each, for people with and without eyes, the same bytes for the same report."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from leakguard.bundled import BundledFiles
from leakguard.documents.fonts import Typeface
from leakguard.documents.report_html import ReportHtmlMaker, css_text
from leakguard.documents.report_makers import REPORT_FORMATS, report_maker
from leakguard.documents.report_pdf import ReportPdfMaker
from leakguard.errors import DocumentFailed, FontMissing, UsageProblem
from leakguard.frozen import replace
from leakguard.reports.compose import compose
from leakguard.reports.values import Report
from support.colours import contrast
from support.reports import HOSTILE, empty_report, english, full_report, happenings

pytestmark = pytest.mark.long

VOID = {"meta", "img", "br", "col"}


class Page(HTMLParser):
    """Collects what a screen reader would go by, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def html(report: Report) -> str:
    return report_maker("html", BundledFiles()).make(compose(report, english())).decode()


def pdf(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(report_maker("pdf", BundledFiles()).make(compose(report, english()))))


@lru_cache
def usual_pdf() -> PdfReader:
    return pdf(full_report())


def squeezed(text: str) -> str:
    """Without spaces, which PDF places as it likes."""
    return "".join(text.split())


def test_a_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = html(full_report())

    assert not re.search(r"<(script|link|iframe|object|img|base|form)\b", text)
    assert not re.search(r"@import|url\(|\bon[a-z]+=\"", text.replace("&#34;", ""))
    assert [found for found in re.findall(r'(?:src|href)="([^"]*)"', text) if not found.startswith("#")] == []
    assert "default-src 'none'" in text


def test_every_element_is_closed_and_every_heading_table_and_drawing_has_a_name() -> None:
    page = Page(html(full_report()))
    ids = [str(one["id"]) for _, one in page.tags if one.get("id")]

    assert page.opened == []
    assert len(set(ids)) == len(ids)
    assert len(page.all("h1")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert {one.get("scope") for one in page.all("th")} == {"row", "col"}
    assert all(one["role"] == "img" for one in page.all("svg") if "role" in one)
    named = [name for _, one in page.tags for name in str(one.get("aria-labelledby") or "").split()]
    assert set(named) <= set(ids)
    assert {str(one["href"])[1:] for one in page.all("a")} <= set(ids)


@pytest.mark.parametrize("place", [0, 1])
def test_every_colour_can_be_read_on_light_and_on_dark_ground(place: int) -> None:
    """WCAG 2.2, 1.4.3 asks for 4.5 to 1; the second set of colours is that of a dark room."""
    styles = re.findall(r":root \{(.*?)\}", html(full_report()), flags=re.DOTALL)
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", styles[place]))

    assert len(colours) == 11
    for name in ("ink", "soft", "run", "good", "risk", "bad", "link"):
        assert contrast(colours[name], colours["paper"]) >= 4.5


def test_hostile_words_stay_words_on_a_page() -> None:
    text = html(full_report())

    assert "<img" not in text
    assert "alert(1)" in "".join(Page(text).words)


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40), st.text(alphabet="<>&\"'`{}%\\\x00\u202e\ud800\n", max_size=12))
def test_whatever_is_said_no_element_is_made_and_no_line_is_turned(said: str, signs: str) -> None:
    first, shown = happenings()[0], f"a{said}{signs}"
    line = replace(first, source=shown, about=shown)
    text = html(replace(empty_report(), title=shown, timeline=(line,)))

    assert [tag for tag, _ in Page(text).tags] == usual_tags()
    assert not [sign for sign in text.replace("\n", "") if category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@lru_cache
def usual_tags() -> list[str]:
    line = replace(happenings()[0], source="x", about="y")
    return [tag for tag, _ in Page(html(replace(empty_report(), title="x", timeline=(line,)))).tags]


def test_hostile_words_stay_words_in_the_pdf() -> None:
    """What is markup, code or data for typst, in every place where words come from outside."""
    said = '#read("/etc/passwd") $x$ *b* <l> @ref \\n \x00\u202e'
    first = replace(happenings()[0], source=said, about=said)
    text = squeezed("".join(page.extract_text() for page in pdf(full_report(title=said, timeline=(first,))).pages))

    assert text.count(squeezed('#read("/etc/passwd")$x$*b*<l>@ref')) >= 2


@pytest.mark.parametrize("form", REPORT_FORMATS)
def test_the_same_report_gives_the_same_bytes(form: str) -> None:
    maker, paper = report_maker(form, BundledFiles()), compose(full_report(), english())

    assert maker.make(paper) == maker.make(paper)


def test_a_drill_is_seen_on_every_page() -> None:
    real, drill = html(full_report()), html(full_report(is_drill=True))

    assert '<div class="across" aria-hidden="true">DRILL</div>' in drill
    assert "<title>DRILL: " in drill
    assert "DRILL" not in real
    pages = [page.extract_text() for page in pdf(full_report(is_drill=True)).pages]
    assert [page for page in pages if "DRILL" not in page] == []


def test_the_foot_of_each_page_commits_to_the_ledger() -> None:
    pages = [squeezed(page.extract_text()) for page in usual_pdf().pages]

    assert len(pages) > 2
    assert all("ledgerentry23,4c0fa249749ae100" in page for page in pages)
    assert f"{len(pages)}/{len(pages)}" in pages[-1]


def test_a_screen_reader_finds_its_way_in_the_pdf() -> None:
    found = usual_pdf()
    root: Any = found.trailer["/Root"]
    tags = structure(root["/StructTreeRoot"])

    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert found.metadata is not None
    assert str(found.metadata.title).startswith("Incident report IR-2026-0001")
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/L"} <= {name for name, _ in tags}
    assert all(alt for name, alt in tags if name == "/Figure")
    assert root["/Outlines"]


def structure(node: Any) -> list[tuple[str, str]]:  # noqa: ANN401  (a PDF's own tree)
    found, waiting = [], [node]
    while waiting:
        here = waiting.pop().get_object()
        if isinstance(here, list):
            waiting += here
        elif isinstance(here, dict):
            found.append((str(here.get("/S", "")), str(here.get("/Alt", ""))))
            waiting += [here["/K"]] if "/K" in here and not isinstance(here["/K"], int) else []
    return found


def test_the_pdf_says_all_that_the_page_says() -> None:
    text = squeezed("".join(page.extract_text() for page in usual_pdf().pages))

    for words in (
        "Deadlines missed: 2",
        "9 h 12 min later",
        "met late, 9 h 10 min over",
        "cd" * 32,
        "not legal advice",
    ):
        assert squeezed(words) in text


def test_what_is_copied_out_of_the_pdf_is_what_a_command_takes() -> None:
    """A sign that nobody sees in an address, the id of a finding or a hash would make it another one."""
    text = "".join(page.extract_text() for page in usual_pdf().pages)

    assert "mail.example.edu:9200\nF-1\n" in text
    assert "\u200b" not in text


def test_chinese_words_need_a_font_that_shows_them() -> None:
    def none_there() -> Typeface:
        raise FontMissing("no font")

    maker = ReportPdfMaker(BundledFiles().text("templates", "report/report.typ"), find_font=none_there)
    chinese = compose(full_report(title="邮件日志"), english())

    with pytest.raises(FontMissing):
        maker.make(chinese)
    assert "邮件日志" in pdf(full_report(title="邮件日志")).pages[0].extract_text()


def test_a_sign_that_no_font_has_is_shown_by_its_number() -> None:
    """One such sign in the words of one person kept the whole report from being made."""
    title = "On fire \N{FIRE} and \N{DOMINO TILE HORIZONTAL BACK}, said #panic()"
    made = report_maker("pdf", BundledFiles()).make(compose(replace(full_report(), title=title), english()))
    words = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())

    assert "On fire [U+1F525] and [U+1F030], said #panic()" in words


def test_a_broken_template_is_named() -> None:
    paper = compose(full_report(), english())

    with pytest.raises(DocumentFailed, match="report could not be made"):
        ReportHtmlMaker("{{ nothing }}").make(paper)
    with pytest.raises(DocumentFailed, match="typst could not"):
        ReportPdfMaker("#nothing", find_font=lambda: Typeface(BundledFiles().path("templates"), "x")).make(paper)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageProblem, match="no report format `docx`"):
        report_maker("docx", BundledFiles())


def test_no_word_ends_a_string_of_the_style() -> None:
    assert css_text('a"; } </style>') == r"a\22 \3b  \7d  \3c \2f style\3e "
    assert HOSTILE not in css_text(HOSTILE)
