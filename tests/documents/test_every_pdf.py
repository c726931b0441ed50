"""Every letter and every report as PDF: held to PDF/UA-1 by veraPDF, and to what a reader sees of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.documents.report_makers import report_maker
from leakguard.models.letters import Letter, as_drill, as_sent
from leakguard.reports.compose import compose
from support.all_letters import languages, letters, one_for_each_template
from support.pdf_pages import lines_above, pages_of, sizes_on
from support.reports import empty_report, english, full_report
from support.verapdf import verdicts

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

REPORTS = {"full": full_report, "empty": empty_report}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them, as they are sent and as drafts, and one of a drill."""
    folder = tmp_path_factory.mktemp("pdf")
    maker, reports = document_maker("pdf", BundledFiles()), report_maker("pdf", BundledFiles())
    for name, letter in letters():
        (folder / f"{name}.draft.pdf").write_bytes(maker.make(letter))
        (folder / f"{name}.sent.pdf").write_bytes(maker.make(as_sent(letter)))
    (folder / "drill.pdf").write_bytes(maker.make(as_drill(letter)))
    for name, report in REPORTS.items():
        (folder / f"report.{name}.pdf").write_bytes(reports.make(compose(report(), english())))
    return folder


@pytest.fixture(scope="module")
def sent(made: Path) -> dict[str, tuple[Letter, bytes]]:
    """Each letter as its reader gets it."""
    return {name: (as_sent(letter), (made / f"{name}.sent.pdf").read_bytes()) for name, letter in letters()}


def test_verapdf_finds_no_broken_rule_of_pdf_ua_in_any_of_them(made: Path) -> None:
    found = verdicts(made)

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert sorted(found) == sorted(path.name for path in made.iterdir())
    assert len(found) == 2 * sum(len(languages(one)) for one in one_for_each_template().values()) + 1 + len(REPORTS)


def test_verapdf_can_say_no(made: Path, tmp_path: Path) -> None:
    whole = next(iter(sorted(made.glob("*.sent.pdf"))))
    reader = PdfReader(whole)
    (tmp_path / "untagged.pdf").write_bytes(_untagged(reader))
    (tmp_path / "torn.pdf").write_bytes(whole.read_bytes()[:2000])
    found = verdicts(tmp_path)

    assert any("7.1" in problem for problem in found["untagged.pdf"])
    assert found["torn.pdf"]


def test_five_lines_stand_above_the_closing_words_of_each_letter_of_several_pages(
    sent: dict[str, tuple[Letter, bytes]],
) -> None:
    found = {name: (pages_of(document), letter.closing) for name, (letter, document) in sent.items()}
    lines = {name: lines_above(closing, pages[-1]) for name, (pages, closing) in found.items() if len(pages) > 1}

    assert lines
    assert {name: count for name, count in lines.items() if count < 5} == {}


def test_no_letter_has_type_of_less_than_ten_points(sent: dict[str, tuple[Letter, bytes]]) -> None:
    small = {
        name: min(sizes) for name, (_, document) in sent.items()
        if min(sizes := {size for page in pages_of(document) for size in sizes_on(page)}) < 9.99
    }  # fmt: skip

    assert small == {}


def _untagged(reader: PdfReader) -> bytes:
    """The same pages without the tree that a screen reader walks."""
    writer, kept = PdfWriter(), io.BytesIO()
    for page in reader.pages:
        writer.add_page(page)
    writer.write(kept)
    return kept.getvalue()
