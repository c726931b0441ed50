"""Text and tables on a terminal: no word, no id and no command is broken, and no table is wider than the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from leakguard.outputs.terminal import Column, Table, laid_out, page, painted, wrap

pytestmark = pytest.mark.untraced

COMMAND = "leakguard incident event IR-2026-0001 notice_received --at TIME --source \"a, b. c\" --reason 'late; very'"
WORDS = st.lists(st.text("abcXYZ019-_/.:", min_size=1, max_size=30), max_size=12)
WIDTHS = st.integers(10, 220)


def words_of(lines: list[str]) -> list[str]:
    return [word for line in lines for word in line.split()]


@given(WORDS, WIDTHS)
def test_wrapping_keeps_every_word_whole_and_in_its_order(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width, indent="  ", hang="    ")

    assert words_of(lines) == words
    assert all(cell_len(line) <= width or len(line.split()) == 1 for line in lines)


@given(st.text(st.sampled_from("数据泄露事件，。（）《》必须报告"), min_size=1, max_size=80), st.integers(12, 80))
def test_chinese_is_broken_between_characters_and_never_before_a_full_stop(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert "".join(lines) == text
    assert all(line[0] not in "，。）》" for line in lines[1:])
    assert all(cell_len(line) <= width or set(line) & set("，。）（》《") for line in lines)


@pytest.mark.parametrize("width", [20, 40, 80, 100])
@pytest.mark.parametrize(
    "text",
    [
        f"Did an outsider tell us? Record when: {COMMAND}",
        f"It is late, so write it down now: {COMMAND}, and tell the commander that the clock has begun.",
        f"- Look at the clocks every half an hour: {COMMAND}",
    ],
)
def test_a_command_stands_whole_on_a_line_of_its_own_below_its_sentence(text: str, width: int) -> None:
    lines = page(text, width).split("\n")

    assert [line.strip() for line in lines if "leakguard" in line] == [COMMAND]
    assert all(cell_len(line) <= width for line in lines if "leakguard" not in line)


def test_a_command_that_fits_stays_behind_its_sentence_but_never_in_a_list() -> None:
    text = "See: leakguard scan show"

    assert page(text, 80) == text
    assert page(f"- {text}", 80) == "- See:\n    leakguard scan show"


def test_what_follows_a_label_stands_in_the_column_of_its_words() -> None:
    assert page("  who     the commander leads and decides who does what", 40).split("\n") == [
        "  who     the commander leads and",
        "          decides who does what",
    ]


def test_the_name_of_the_program_in_a_sentence_is_no_command() -> None:
    assert laid_out("put it into leakguard.toml and read about /opt/leakguard/bin", 30) == [
        "put it into leakguard.toml and",
        "read about /opt/leakguard/bin",
    ]


def texts(table: Table, width: int) -> list[str]:
    return [line.plain for line in table.lines(width)]


COLUMNS = (
    Column(heading="ID", is_whole=True), Column(heading="STATE"),
    Column(heading="RECORDS", is_number=True, gives_way=1),
    Column(heading="TITLE", gives_way=2), Column(heading="WHY", gives_way=3),
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"F-[0-9a-f]{4,40}", fullmatch=True), st.sampled_from(["open", "at risk", "closed"]),
            st.integers(0, 10**15).map(str), WORDS.map(" ".join), WORDS.map(" ".join),
        ),
        max_size=3,
    ),
    WIDTHS,
)  # fmt: skip
def test_a_table_fits_the_width_and_keeps_ids_and_words_whole(rows: list[tuple[str, ...]], width: int) -> None:
    lines = texts(Table(columns=COLUMNS, rows=tuple(rows)), width)

    told = set(words_of(lines))
    assert all(word in told for row in rows for cell in row for word in cell.split() if cell != "-")
    needed = max((len(row[0]) for row in rows), default=0) + 2 + len("at risk")
    for line in lines:
        assert cell_len(line) <= max(width, needed) or len(line.split()) == 1


def test_columns_that_have_no_room_give_way_in_their_order() -> None:
    told = ("a title of some length here", "a reason that takes its time to tell")
    row = ("F-1a2b3c4d", "open", "9,500,000,000", *told)
    table = Table(columns=COLUMNS, rows=(row,))

    assert texts(table, 200)[0].split() == ["ID", "STATE", "RECORDS", "TITLE", "WHY"]
    assert texts(table, 44)[0].split() == ["ID", "STATE", "RECORDS"]
    assert texts(table, 44)[2:] == [
        "    title: a title of some length here",
        "    why: a reason that takes its time to",
        "      tell",
    ]
    assert texts(table, 20)[0].split() == ["ID", "STATE"]
    assert "records: 9,500,000,000" in " ".join(words_of(texts(table, 20)))


def test_a_cell_that_says_nothing_takes_no_line_below_its_row() -> None:
    assert texts(Table(columns=COLUMNS, rows=(("F-1", "open", "1", "-", ""),)), 20) == [
        "ID   STATE  RECORDS",
        "F-1  open         1",
    ]


def test_what_is_late_is_coloured_and_the_words_say_it_alone() -> None:
    late, calm = painted("due 2026-05-23, LATE by 3 h"), painted("due 2026-05-23, 3 h left")

    assert [late.plain[span.start : span.end] for span in late.spans] == ["LATE"]
    assert not calm.spans
    assert Text("due 2026-05-23, LATE by 3 h").plain == late.plain
