"""Whatever a host says in any field of a finding: no output lets it move a cursor, turn a line or make one."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from leakguard.bundled import Bundled
from leakguard.documents.report_makers import report_maker
from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.outputs.csv_text import MARK, csv_parts
from leakguard.outputs.json_text import findings_jsonl, scan_json
from leakguard.outputs.markdown import markdown_parts
from leakguard.outputs.ocsf import ocsf_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_paper import scan_paper
from leakguard.outputs.scan_view import RuleText, ScanView
from leakguard.outputs.table import findings_table
from support.hostile_words import POISON, hostile_finding
from support.scan_views import scan_view

MANY = [replace(hostile_finding(), id=f"{POISON}{number}") for number in range(3)]


def table(findings: list[Finding], *, width: int, is_terminal: bool) -> str:
    console = Console(width=width, file=StringIO(), no_color=True, force_terminal=is_terminal, highlight=False)
    with console.capture() as capture:
        console.print(findings_table(findings, width=width, most=2))
    return capture.get()


def view(findings: list[Finding]) -> ScanView:
    rules = {POISON: RuleText(title="Something is open", why="Anybody can read it.")}
    return scan_view(tuple(findings), rules=rules, muted={}, run="R-1")


def page(findings: list[Finding]) -> str:
    return report_maker("html", Bundled()).make(scan_paper(view(findings))).decode()


FORMATS: dict[str, Callable[[list[Finding]], str]] = {
    "sarif": lambda findings: "".join(sarif_parts(view(findings))),
    "ocsf": lambda findings: "".join(ocsf_parts(view(findings))),
    "csv": lambda findings: "".join(csv_parts(view(findings))).removeprefix(MARK).replace("\r\n", "\n"),
    "md": lambda findings: "".join(markdown_parts(view(findings))),
    "html": page,
    "jsonl": findings_jsonl,
    "json": lambda findings: scan_json("R-1", {}, findings),
    "narrow table": lambda findings: table(findings, width=80, is_terminal=False),
    "wide table": lambda findings: table(findings, width=400, is_terminal=False),
}


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_moves_a_cursor_or_turns_a_line_comes_out(name: str) -> None:
    shown = FORMATS[name](MANY)

    assert not [letter for letter in shown.replace("\n", "") if unicodedata.category(letter)[0] == "C"]
    assert not {"\u2028", "\u2029"} & set(shown)
    assert not [line for line in shown.splitlines() if line.startswith("forged")]


def test_markup_is_text_on_a_terminal_too() -> None:
    """Styles of ours are escapes; nothing else is, and square brackets of a host are no style."""
    shown = table(MANY, width=400, is_terminal=True)

    assert "[bold]loud" in shown
    assert "\x1b]0;" not in shown
    assert "\x9b" not in shown


def test_json_says_it_all_the_same() -> None:
    """A script gets the very words, but for half a character, which no text can hold."""
    said = POISON.replace("\ud800", "?")
    lines = [json.loads(line) for line in findings_jsonl(MANY).splitlines()]

    assert [one["version"] for one in lines] == [said] * 3
    assert lines[0]["tls"]["subject"] == lines[0]["reason"] == lines[0]["proof"]["requests"][0]["what"] == said
    assert json.loads(scan_json("R-1", {}, MANY))["findings"] == lines


def test_no_word_of_a_host_is_markup_a_mention_or_a_formula() -> None:
    assert "<script>" not in FORMATS["html"](MANY)
    assert "<script>" not in FORMATS["md"](MANY)
    assert not [
        cell
        for line in csv.reader(io.StringIO(FORMATS["csv"](MANY)))
        for cell in line
        if cell.startswith(("=", "+", "-", "@"))
    ]
