"""Whatever a host says in any field of a finding: no output lets it move a cursor, turn a line or make one."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from contextlib import redirect_stdout
from html.parser import HTMLParser
from io import StringIO
from types import SimpleNamespace
from typing import cast
from unicodedata import category, normalize

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from rich.table import Table

from leakguard.bundled import BundledFiles
from leakguard.cli.options import Context
from leakguard.cli.scan.printing import FORMATS as SCAN_FORMATS
from leakguard.cli.scan.printing import OWN_FORMATS, write_view
from leakguard.documents.report_makers import report_maker
from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.outputs.csv_text import MARK
from leakguard.outputs.json_text import findings_jsonl, scan_json
from leakguard.outputs.run import change_line
from leakguard.outputs.scan_view import RuleText, ScanView
from leakguard.outputs.table import findings_table
from leakguard.outputs.words import printable
from leakguard.scanning.diff import Change, ChangeKind
from leakguard.scanning.exposure_summary import traits_of
from support.each import for_each
from support.hostile_words import POISON, TRICKS, hostile_finding, poisoned
from support.scan_views import scan_view

pytestmark = pytest.mark.untraced


def drawn(table: Table) -> str:
    live = Context().live
    with live.capture() as capture:
        live.print(table)
    return capture.get()


MANY = [replace(hostile_finding(), id=f"{POISON}{number}") for number in range(3)]


def table(findings: list[Finding], *, width: int, is_terminal: bool) -> str:
    console = Console(width=width, file=StringIO(), no_color=True, force_terminal=is_terminal, highlight=False)
    with console.capture() as capture:
        console.print(findings_table(findings, most=2))
    return capture.get()


def view(findings: list[Finding]) -> ScanView:
    rules = {POISON: RuleText(title="Something is open", why="Anybody can read it.")}
    return scan_view(tuple(findings), rules=rules, muted={}, run="R-1")


def written(name: str) -> Callable[[list[Finding]], str]:
    """What `leakguard scan` writes for other systems, by the function that writes it."""
    wiring = SimpleNamespace(report_maker=lambda form: report_maker(form, BundledFiles()))
    context = cast("Context", SimpleNamespace(wiring=wiring))

    def write(findings: list[Finding]) -> str:
        with redirect_stdout(StringIO()) as said:
            write_view(context, view(findings), name, None)
        return said.getvalue().removeprefix(MARK).replace("\r\n", "\n")

    return write


OWN: dict[str, Callable[[list[Finding]], str]] = {
    "jsonl": findings_jsonl,
    "json": lambda findings: scan_json("R-1", {}, findings),
    "table": lambda findings: table(findings, width=80, is_terminal=False),
}
FORMATS = {name: OWN[name] if name in OWN_FORMATS else written(name) for name in SCAN_FORMATS}
"""Every format that `leakguard scan --format` takes."""
FORMATS["wide table"] = lambda findings: table(findings, width=400, is_terminal=False)


def change(findings: list[Finding]) -> str:
    seen = poisoned(traits_of(findings[0]), findings[0].host or "")
    places = (findings[0].host or "",)
    told = Change(kind=ChangeKind.MOVED, check_id="x", target=places[0], after=seen, elsewhere=places, reason=places[0])
    return change_line(told) + "\n"


FORMATS["change"] = change


class Page(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {[name for name, _ in attrs]}")

    def handle_data(self, data: str) -> None:
        self.words += data


def _kinds_of_markdown(text: str) -> object:
    inline = [child.type for token in MarkdownIt().parse(text) for child in [token, *(token.children or ())]]
    return [kind for kind in inline if kind not in {"text", "softbreak", "text_special"}]


def _cells(text: str) -> object:
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    return len(cells), [cell for cell in cells if normalize("NFKC", cell).lstrip()[:1] in set("=+-@|%")]


def _links_of_sarif(text: str) -> object:
    messages = [result["message"]["text"] for run in json.loads(text)["runs"] for result in run["results"]]
    return re.findall(r"\]\(", "".join(messages))


def _controls(text: str) -> object:
    return [letter for letter in text.replace("\n", "") if category(letter)[0] == "C"]


SHAPES: dict[str, Callable[[str], object]] = {
    "html": lambda text: Page(text).tags,
    "md": _kinds_of_markdown,
    "csv": _cells,
    "sarif": _links_of_sarif,
    "json": lambda text: len(json.loads(text)),
    "ocsf": lambda text: len(json.loads(text)),
    "jsonl": _controls,
    "table": _controls,
    "wide table": _controls,
    "change": _controls,
}
"""What a reader of the format sees beside words: tags, links, formulas, fields; the same whatever the words are."""


def test_of_every_format_it_is_said_what_in_it_is_more_than_words() -> None:
    """A new format must say so here, and is then put to every trick below."""
    assert set(SHAPES) == set(FORMATS)


@for_each("trick", TRICKS)
@for_each("name", FORMATS)
def test_no_words_are_taken_for_more_than_words(name: str, trick: str) -> None:
    """A certificate, a cluster, an index, a place, a reason: whatever field says it, each format shows a text."""
    shown, plain = (FORMATS[name]([hostile_finding(words)]) for words in (TRICKS[trick], "words"))

    assert SHAPES[name](shown) == SHAPES[name](plain)
    words = Page(shown).words if name == "html" else shown
    if name in {"html", "table", "wide table", "change"}:
        assert printable(TRICKS[trick]) in " ".join(words.split()) or printable(TRICKS[trick]) in words


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("draw", [Context().as_text, drawn], ids=["into a file", "on a terminal"])
def test_a_cell_that_is_a_mere_text_is_one_on_our_consoles(draw: Callable[[Table], str], trick: str) -> None:
    """Tables of names are made of texts; the console, not each table, sees to it that they stay so."""
    words = printable(TRICKS[trick])
    table = Table(title=words, box=None)
    table.add_column(words, overflow="fold")
    table.add_row(words)

    shown = draw(table)

    assert shown.count(words.strip()) == 3
    assert "\x1b]8" not in shown


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
