"""`leakguard notice import`: a letter that a lawyer edited in a word processor comes back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.text.paragraph import Paragraph

from leakguard.models.letters import Letter
from leakguard.notices.letters.round_trip import MOST_LINES
from leakguard.notices.lint.docx_reading import MOST_BYTES
from leakguard.use_cases.letters import import_letter
from leakguard.use_cases.letters.draft_notices import draft_notice
from support.commands import CommandLine, Ran, command_line

GDPR = ("--duty", "eu-gdpr-33-authority")
PEOPLE = ("--duty", "cn-pipl-57-individuals", "--lang", "zh")
TAKEN = "Our team closed the server on 24 May 2019."
EDITED = "Our team closed the server within the hour, on 24 May 2019."
IN_FILE, EDITED_IN_FILE = "our team closed the server on 24 May 2019", EDITED[0].lower() + EDITED[1:-1]
"""The letter makes a sentence of the fact's words."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-11-30T12:00Z"
    Path("facts.yaml").write_text(made("notice", "example").out, encoding="utf-8")
    return made


def opened(run: CommandLine, *options: str) -> Document:
    run("notice", "draft", "facts.yaml", *options, "--as", "docx", "-o", "letter.docx")
    return docx.Document("letter.docx")


def lines_of(document: Document) -> list[Paragraph]:
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [*document.paragraphs, *(line for cell in cells for line in cell.paragraphs)]


def change(document: Document, was: str, now: str) -> None:
    """As an editor does it: the text of the line, whatever it is a part of."""
    line = next(line for line in lines_of(document) if was in line.text)
    text = line.text.replace(was, now)
    line.clear()  # type: ignore[no-untyped-call]
    line.add_run(text)


def back(run: CommandLine, document: Document, *options: str) -> Ran:
    document.save("letter.docx")
    return run("notice", "import", "letter.docx", "facts.yaml", *options)


@pytest.mark.parametrize(
    "options", [GDPR, (*GDPR, "--lang", "zh"), PEOPLE, ("--duty", "cn-cac-incident-general", "--lang", "zh")]
)
def test_a_letter_that_nobody_changed_changes_nothing(run: CommandLine, options: tuple[str, ...]) -> None:
    ran = back(run, opened(run, *options), *options)

    assert (ran.code, ran.out) == (0, "The letter says what the facts say. Nothing to take over.\n")


def test_a_changed_passage_becomes_the_text_of_its_fact_and_all_else_of_the_file_stays(run: CommandLine) -> None:
    before = Path("facts.yaml").read_text(encoding="utf-8")
    document = opened(run, *GDPR)
    change(document, TAKEN, EDITED)
    ran = back(run, document, *GDPR, "-o", "facts.yaml")
    after = Path("facts.yaml").read_text(encoding="utf-8")

    assert ran.code == 0
    assert f"measures_taken:\n  was: {IN_FILE}\n  now: {EDITED_IN_FILE}" in ran.out
    assert "Two people have to approve the letter" in ran.out
    assert after.replace(f'"{EDITED_IN_FILE}"', "") == before.replace(IN_FILE, "")
    assert EDITED in run("notice", "draft", "facts.yaml", *GDPR).out


def test_without_a_file_to_write_to_the_changes_are_only_shown(run: CommandLine) -> None:
    before = Path("facts.yaml").read_text(encoding="utf-8")
    document = opened(run, *GDPR)
    change(document, TAKEN, EDITED)
    ran = back(run, document, *GDPR, "--format", "json")

    assert ran.code == 1
    assert ran.document["passages"] == [{"fact": "measures_taken", "was": IN_FILE, "now": EDITED_IN_FILE}]
    assert ran.document["written_to"] is None
    assert Path("facts.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("was", "now", "fact"),
    [
        ("9,500,000,000 records", "95,000 records", "record_count"),
        ("e-mail addresses", "no addresses", "data_categories"),
        ("privacy@university.example", "lawyer@firm.example", "dpo_contact"),
    ],
)
def test_a_changed_fact_is_refused_by_its_name(run: CommandLine, was: str, now: str, fact: str) -> None:
    document = opened(run, *GDPR)
    change(document, TAKEN, EDITED)
    change(document, was, now)
    before = Path("facts.yaml").read_text(encoding="utf-8")
    ran = back(run, document, *GDPR, "-o", "facts.yaml")

    assert ran.code == 2
    assert f"  {fact}: " in ran.err
    assert "draft the letter again" in ran.err
    assert Path("facts.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: change(document, "Likely consequences", "No consequences"),
        lambda document: change(document, "Yours faithfully,", "Best,"),
        lambda document: document.add_paragraph("We admit no liability."),
        lambda document: document.paragraphs[2].insert_paragraph_before("We admit no liability."),
        lambda document: next(one for one in document.paragraphs if one.text == TAKEN).clear(),
        lambda document: change(document, "Example University", "Example College"),
    ],
)
def test_changed_fixed_text_is_refused(run: CommandLine, edit: Callable[[Document], object]) -> None:
    document = opened(run, *GDPR)
    edit(document)
    ran = back(run, document, *GDPR, "-o", "facts.yaml")

    assert ran.code == 2
    assert "letter.docx: " in ran.err


def test_quotation_marks_and_dashes_that_word_sets_by_itself_are_no_change(run: CommandLine) -> None:
    text = Path("facts.yaml").read_text(encoding="utf-8").replace(IN_FILE, "we closed the 'old' server - today", 1)
    Path("facts.yaml").write_text(text, encoding="utf-8")
    document = opened(run, *GDPR)
    change(
        document,
        "'old' server -",
        "\N{LEFT SINGLE QUOTATION MARK}old\N{RIGHT SINGLE QUOTATION MARK} server \N{EN DASH}",
    )

    assert back(run, document, *GDPR).out == "The letter says what the facts say. Nothing to take over.\n"


def test_a_reason_inside_a_sentence_is_taken_over_without_the_sentence(run: CommandLine) -> None:
    document = opened(run, *GDPR)
    change(document, "we are still finding out since when", "nobody at the vendor remembers since when")
    ran = back(run, document, *GDPR, "-o", "facts.yaml")

    assert ran.code == 0
    assert "breach_date:" in ran.out
    assert (
        "We do not know yet when it began: nobody at the vendor remembers"
        in run("notice", "draft", "facts.yaml", *GDPR).out
    )


def test_only_the_language_of_the_letter_changes(run: CommandLine) -> None:
    document = opened(run, *PEOPLE)
    step = next(
        line.text for line in document.paragraphs if line.style is not None and line.style.name == "List Number"
    )
    change(document, step, f"请立即{step}")
    ran = back(run, document, *PEOPLE, "-o", "facts.yaml", "--format", "json")

    assert [one["now"] for one in ran.document["passages"]] == [f"请立即{step}"]
    english = run("notice", "draft", "facts.yaml", "--duty", "cn-pipl-57-individuals").out
    assert "请立即" not in english


def test_the_approval_that_no_longer_holds_is_named(run: CommandLine) -> None:
    incident = "IR-2026-0001"
    run("incident", "open", "--title", "Open server")
    text = Path("facts.yaml").read_text(encoding="utf-8").replace("delay_reason: {unknown: ", "delay_reason: {value: ")
    addressees = "addressees: {eu-gdpr-33-authority: Data protection authority}\n"
    Path("facts.yaml").write_text(text + addressees, encoding="utf-8")
    asked = (*GDPR, "--stage", "initial", "--incident", incident)
    run("notice", "approve", "facts.yaml", *asked, "--by", "A. Counsel")
    document = opened(run, *GDPR, "--stage", "initial")
    change(document, TAKEN, EDITED)
    ran = back(run, document, *asked, "-o", "facts.yaml")

    assert ran.code == 0
    assert "The approval of A. Counsel for" in ran.out
    assert "no longer holds" in ran.out


@pytest.mark.parametrize(
    "data",
    [b"", b"not a zip", b"PK\x03\x04 broken", b"\x00" * 100],
)
def test_what_is_no_docx_is_refused(run: CommandLine, data: bytes) -> None:
    Path("letter.docx").write_bytes(data)
    ran = run("notice", "import", "letter.docx", "facts.yaml", *GDPR)

    assert ran.code == 2
    assert "is no DOCX that can be read" in ran.err


def packed(xml: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", xml)
    return written.getvalue()


BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
LINE = "<w:p><w:r><w:t>line</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (BODY.format(LINE * (MOST_LINES + 1)), "too little in common"),
        (BODY.format("".join(LINE.replace("line", f"line {at}") for at in range(2_000))), "too little in common"),
        ("<a>" + " " * (MOST_BYTES + 1) + "</a>", "far too long"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "is no DOCX that can be read"),
    ],
)
def test_a_letter_beyond_every_size_or_with_tricks_is_refused(run: CommandLine, xml: str, says: str) -> None:
    Path("letter.docx").write_bytes(packed(xml))
    ran = run("notice", "import", "letter.docx", "facts.yaml", *GDPR)

    assert ran.code == 2
    assert says in ran.err


def test_the_letter_of_another_duty_is_refused(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which fact a line tells is seen in a letter without it: one for each fact, however many lines differ."""
    drafted: list[Letter] = []

    def draft(*given: Any, **named: Any) -> Letter:  # noqa: ANN401  (handed on)
        drafted.append(draft_notice(*given, **named))
        return drafted[-1]

    document = opened(run, "--duty", "eu-gdpr-34-individuals")
    monkeypatch.setattr(import_letter, "draft_notice", draft)
    ran = back(run, document, *GDPR)

    assert ran.code == 2
    assert len(drafted) < 60


def test_a_letter_that_libreoffice_saved_is_compared_by_the_names_of_its_styles(run: CommandLine) -> None:
    """LibreOffice makes the id of a style anew, from its name: the frame of a draft looked like added paragraphs."""
    opened(run, *GDPR)
    renamed = {"Basis": "Basisoftheletter", "Mark": "Markofadrill", "EnvelopeAddress": "Envelopeaddress"}
    with zipfile.ZipFile("letter.docx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for part in ("word/document.xml", "word/styles.xml"):
        for old, new in renamed.items():
            parts[part] = re.sub(rf'((?:w:val|w:styleId)="){old}"'.encode(), rf'\1{new}"'.encode(), parts[part])
    with zipfile.ZipFile("letter.docx", "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    assert b'w:val="Basisoftheletter"' in parts["word/document.xml"]

    ran = run("notice", "import", "letter.docx", "facts.yaml", *GDPR)
    assert (ran.code, "Nothing to take over" in ran.out) == (0, True)
