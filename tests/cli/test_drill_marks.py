"""Whatever leaves a drill's folder says that it is a drill; a real one's letters stay as they are."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from leakguard.bundled import BundledFiles
from leakguard.cli.main import run
from leakguard.cli.options import DRILL_NOTE
from leakguard.documents.makers import FORMATS
from support.commands import CommandLine, command_line

pytestmark = pytest.mark.long

INCIDENT = "IR-2026-0001"
DRAFT = ("notice", "draft", "facts.yaml", "--duty", "eu-gdpr-34-individuals")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A drill's folder with the facts of the case and an incident whose clocks run."""
    line = command_line(tmp_path, monkeypatch, capsys)
    facts = BundledFiles().text("templates", "examples/university-replay.yaml")
    (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")
    line("incident", "open", "--title", "x")
    line("incident", "event", INCIDENT, "awareness")
    return line


def words_in_word(document: bytes) -> str:
    """Of the text, and of what stands at the head and foot of each page."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_letter_of_a_drill_says_so_at_both_ends(leakguard: CommandLine, form: str, lang: str) -> None:
    leakguard(*DRAFT, "--lang", lang, "--as", form, "-o", "letter")
    document = (leakguard.folder / "letter").read_bytes()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages] if form == "pdf" else []
    text = "\n".join(pages) if pages else words_in_word(document) if form == "docx" else document.decode()

    assert all("DRILL" in page for page in pages)
    assert text.count("DRILL") >= (1 if form == "pdf" else 2)


def test_a_letter_of_a_real_incident_does_not(leakguard: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    (leakguard.folder / "leakguard.toml").write_text("", encoding="utf-8")
    code = run([*DRAFT, "--as", "html"])
    said = capsys.readouterr()

    assert code == 0
    assert "DRILL" not in said.out + said.err


def test_a_register_of_a_drill_says_so_in_every_row(leakguard: CommandLine) -> None:
    rows = leakguard("notice", "register", "facts.yaml").out.splitlines()

    assert rows[0].lstrip("\ufeff").startswith('"drill",')
    assert [row.startswith('"DRILL",') for row in rows[1:]] == [True] * len(rows[1:])


def test_a_calendar_of_a_drill_says_so_in_every_entry(leakguard: CommandLine) -> None:
    text = leakguard("clock", "ics", "--incident", INCIDENT).out

    summaries = [line for line in text.splitlines() if line.startswith("SUMMARY")]
    assert summaries
    assert [line for line in summaries if "DRILL" not in line] == []


def test_every_command_in_the_folder_of_a_drill_says_so_beside_its_result(
    leakguard: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, so that a script reads the same document as ever."""
    assert leakguard.folder.exists()
    run(["incident", "list", "--format", "json"])
    said = capsys.readouterr()

    assert said.err.splitlines()[0] == DRILL_NOTE
    assert said.out.startswith("{")
