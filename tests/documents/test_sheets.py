"""Tables: what a person wrote comes back as it was written, and nothing of it is ever computed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from leakguard.documents.sheet_cells import clean
from leakguard.documents.sheet_makers import SHEET_FORMATS, sheet_maker
from leakguard.documents.xlsx_sheet import MOST_CHARACTERS, MOST_EXACT
from leakguard.errors import UsageProblem
from leakguard.models.sheets import Cell, Sheet
from leakguard.models.texts import may_compute

AT = datetime(2026, 6, 11, 1, 30, tzinfo=UTC)
CELLS = st.one_of(
    st.none(), st.integers(), st.text(), st.sampled_from(["=1+1", "+1", "-1", "@x", "＝1", "\t=1", " =1"])
)


def sheet(*rows: tuple[Cell, ...]) -> Sheet:
    width = max(len(row) for row in rows)
    return Sheet(title="Breach register", columns=tuple(f"column_{number}" for number in range(width)), rows=rows)


def csv_rows(of: Sheet) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sheet_maker("csv").make(of).decode("utf-8-sig"), newline="")))


def page(of: Sheet) -> Worksheet:
    return load_workbook(io.BytesIO(sheet_maker("xlsx").make(of))).worksheets[0]


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_no_cell_of_a_csv_can_be_taken_for_a_formula_and_every_text_comes_back(rows: list[tuple[Cell, Cell]]) -> None:
    header, *read = csv_rows(sheet(*rows))

    assert header == ["column_0", "column_1"]
    assert len(read) == len(rows)
    for cells, texts in zip(rows, read, strict=True):
        for cell, text in zip(cells, texts, strict=True):
            assert isinstance(cell, int) or not may_compute(text)
            assert text.removeprefix("'") == clean(str("" if cell is None else cell)).removeprefix("'")


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\x00=1", "%x", "|x"]
)
def test_every_beginning_of_a_formula_is_guarded(text: str) -> None:
    assert csv_rows(sheet((text,)))[1][0].startswith("'")


def test_a_row_stays_one_line_and_a_time_is_written_in_utc() -> None:
    made = sheet_maker("csv").make(sheet(("one\r\ntwo", AT, 7, None, 'say "hi"')))

    assert made.decode("utf-8-sig").splitlines()[1] == '"one  two","2026-06-11T01:30:00Z","7","","say ""hi"""'


def test_a_workbook_opens_with_real_dates_numbers_and_a_frozen_header() -> None:
    shown = page(sheet(("学校", AT, 9_500_000_000, None)))

    assert (shown.title, shown.freeze_panes, shown.auto_filter.ref) == ("Breach register", "B2", "A1:D2")
    assert [cell.value for cell in shown[1]] == ["column_0", "column_1", "column_2", "column_3"]
    assert [cell.value for cell in shown[2]] == ["学校", AT.replace(tzinfo=None), 9_500_000_000, None]
    assert shown["B2"].is_date
    assert shown["A1"].font.bold


@pytest.mark.parametrize("text", ["=1+1", "+1", "@x", "007"])
def test_a_workbook_keeps_a_formula_as_text(text: str) -> None:
    cell = page(sheet((text,)))["A2"]

    assert (cell.data_type, cell.value) == ("s", text)


def test_what_no_cell_holds_is_cut_or_written_as_text() -> None:
    shown = page(sheet(("a" * (MOST_CHARACTERS + 1), MOST_EXACT, -MOST_EXACT, MOST_EXACT - 1, "a\x00b\x0bc")))
    values = [cell.value for cell in shown[2]]

    assert values[0] == "a" * (MOST_CHARACTERS - 1) + "…"
    assert values[1:] == [str(MOST_EXACT), str(-MOST_EXACT), MOST_EXACT - 1, "a b c"]


def test_signs_that_count_twice_in_a_cell_are_counted_twice() -> None:
    shown = page(sheet(("a" + "😀" * MOST_CHARACTERS,)))["A2"].value

    assert isinstance(shown, str)
    assert shown == "a" + "😀" * (MOST_CHARACTERS // 2 - 1) + "…"


def test_a_sign_that_shows_nothing_cuts_no_word_in_two() -> None:
    cells = ("Daten\xadschutz", "\ufeffa\u200bb", "👩\u200d👧", "می\u200cخواهم", "\u202egnp.exe", "\u200e=1")
    made = sheet_maker("csv").make(sheet(cells))

    assert csv_rows(sheet(cells))[1] == ["Datenschutz", "ab", "👩👧", "می خواهم", "gnp.exe", "'=1"]
    assert not any(sign in made.decode("utf-8-sig") for sign in "\xad\u200b\u200c\u200d\u200e\u202e")


def test_an_empty_register_has_its_header() -> None:
    empty = Sheet(title="Breach register", columns=("incident",), rows=())

    assert csv_rows(empty) == [["incident"]]
    assert page(empty)["A1"].value == "incident"


def test_any_other_format_is_refused_with_those_that_there_are() -> None:
    assert {"csv", "xlsx"} <= set(SHEET_FORMATS)
    with pytest.raises(UsageProblem, match="no table format `ods`"):
        sheet_maker("ods")
