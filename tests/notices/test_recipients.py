"""Rows of recipients: read strictly, one by one; a bad one is told by its line and its problem, never by its values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.notices import recipients as module
from leakguard.notices.recipients import (
    MOST_IN_LINE,
    Encoding,
    Recipient,
    RowRules,
    SetAside,
    read_recipients,
)
from support.notices import book

HEADER = "id,name,email,address,language,jurisdiction,data,account_leaked,minor,guardian"
GOOD = "p-1,Ada Example,ada@home.example,1 Main Street|2000 Town,en,DE,contact.email;location,no,,"


def rules(*more: str, encoding: Encoding = "utf-8") -> RowRules:
    return RowRules(vocabulary=book().vocabulary, lang="zh", more_data=more, encoding=encoding)


def rows(*lines: str, how: RowRules | None = None, header: str = HEADER) -> list[Recipient | SetAside]:
    text = "\n".join((header, *lines)).encode((how or rules()).encoding)
    return list(read_recipients(io.BytesIO(text).readline, how or rules(), name="people.csv"))


def problems_of(line: str, **changes: str) -> tuple[str, ...]:
    """What is wrong with the good row, changed."""
    cells = dict(zip(HEADER.split(","), line.split(","), strict=True)) | changes
    (row,) = rows(",".join(f'"{cell}"' for cell in cells.values()))
    return row.problems if isinstance(row, SetAside) else ()


def test_a_whole_row_is_read_with_everything_that_it_says() -> None:
    assert rows(GOOD) == [
        Recipient(
            id="p-1",
            lang="en",
            data=("contact.email", "location"),
            name="Ada Example",
            email="ada@home.example",
            address=("1 Main Street", "2000 Town"),
            jurisdiction="DE",
            line=2,
        )
    ]


def test_two_columns_are_enough_and_the_language_is_then_the_default() -> None:
    assert rows("p-1,location", header="id,data") == [Recipient(id="p-1", lang="zh", data=("location",), line=2)]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_separator_is_found_in_the_header(sign: str) -> None:
    header, row = sign.join(("id", "data", "name")), sign.join(("p-1", '"location;contact"', "Ada"))

    (found,) = rows(row, header=header)

    assert isinstance(found, Recipient)
    assert (found.data, found.name) == (("contact", "location"), "Ada")


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gb18030", b"")])
def test_chinese_rows_are_read_in_every_encoding_that_offices_save(encoding: Encoding, start: bytes) -> None:
    text = start + "id,name,data\r\np-1,王\u3000小明,contact\r\n".encode(encoding)

    (found,) = read_recipients(io.BytesIO(text).readline, rules(encoding=encoding), name="people.csv")

    assert isinstance(found, Recipient)
    assert found.name == "王 小明"


def test_languages_places_and_answers_are_read_as_people_write_them() -> None:
    (found,) = rows("p-1,EN_us,us-ca,credentials,Yes", header="id,language,jurisdiction,data,account_leaked")

    assert isinstance(found, Recipient)
    assert (found.lang, found.jurisdiction, found.is_account_leaked) == ("en", "US-CA", True)


def test_a_place_with_two_codes_is_read_as_the_rules_name_it() -> None:
    (found,) = rows("p-1,EN,pr,credentials,Yes", header="id,language,jurisdiction,data,account_leaked")

    assert isinstance(found, Recipient)
    assert found.jurisdiction == "US-PR"


def test_a_guardian_is_told_in_the_place_of_a_minor() -> None:
    (found,) = rows("p-1,contact,yes,Eva Example", header="id,data,minor,guardian")

    assert isinstance(found, Recipient)
    assert found.guardian == "Eva Example"


def test_kinds_of_data_that_the_facts_state_may_stand_in_the_rows_too() -> None:
    line, header = "p-1,identification_number.library_card", "id,data"

    assert isinstance(rows(line, header=header)[0], SetAside)
    assert isinstance(rows(line, header=header, how=rules("identification_number.library_card"))[0], Recipient)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("id", "", "id: is empty"),
        ("id", "ada@home.example", "id: must have 1 to 64"),
        ("id", "i" * 65, "id: must have 1 to 64"),
        ("id", "078-05-1120", "id: holds a social security number"),
        ("name", "Ada\x1b[2J", "name: holds a control character"),
        ("name", "Ada\u202eelpmaxE", "name: holds a sign that shows nothing"),
        ("name", "=HYPERLINK(0)", "name: begins as a formula does"),
        ("name", "＝1+1", "name: begins as a formula does"),
        ("name", "n" * 201, "name: is longer than 200"),
        ("name", "11010519491231002X", "name: holds a resident identity number"),
        ("address", "|".join("abcdefghi"), "address: must have 1 to 8 lines"),
        ("address", "|", "address: must have 1 to 8 lines"),
        ("address", "ok|@SUM(A1)", "address: begins as a formula does"),
        ("email", "ada", "email: is no e-mail address"),
        ("email", "a..b@home.example", "email: is no e-mail address"),
        ("email", "a@home.example, b@home.example", "email: is no e-mail address"),
        ("email", "a@home.example\rBcc: b@home.example", "email: holds a control character"),
        ("email", "Ada <a@home.example>", "email: is no e-mail address"),
        ("email", f"a@{'.'.join(['b' * 60] * 5)}", "email: is longer than 254"),
        ("language", "xx", "language: is none of en, zh"),
        ("jurisdiction", "XX", "jurisdiction: is no ISO code"),
        ("data", "", "data: is empty"),
        ("data", ";", "data: must name 1 to 60"),
        ("data", ";".join(["contact"] * 61), "data: must name 1 to 60"),
        ("data", "contact;contact.emial;nothing", "data: entry 2, 3 is no known kind of data"),
        ("account_leaked", "perhaps", "account_leaked: must be yes or no"),
        ("minor", "12", "minor: must be yes or no"),
        ("minor", "yes", "guardian: is needed for a minor"),
    ],
)
def test_a_bad_cell_is_told_by_its_column_and_what_is_wrong(column: str, cell: str, problem: str) -> None:
    found = problems_of(GOOD, **{column: cell})

    assert len(found) == 1, found
    assert found[0].startswith(problem)


@pytest.mark.parametrize("column", ["name", "address", "guardian"])
def test_a_row_whose_letter_could_not_be_shown_is_set_aside_alone(column: str) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {column: "สมชาย"}
    line = ",".join(cells.values())
    how = replace(rules(), can_show=str.isascii)

    good, bad = rows(GOOD, line.replace("p-1", "p-2"), how=how)

    assert isinstance(good, Recipient)
    assert isinstance(bad, SetAside)
    assert bad.problems[0].startswith(f"{column}: has signs that the fonts of a PDF do not have")


def test_where_credentials_leaked_the_row_must_say_whether_they_open_the_mail_account() -> None:
    assert "account_leaked: must be yes or no where" in problems_of(GOOD, data="credentials", account_leaked="")[0]
    assert problems_of(GOOD, data="credentials", account_leaked="yes") == ()


def test_all_problems_of_a_row_are_told_at_once() -> None:
    assert len(problems_of(GOOD, id="?", email="?", language="?", data="?", minor="yes")) == 5


def test_an_id_that_stood_in_an_earlier_row_is_set_aside() -> None:
    first, second = rows(GOOD, GOOD)

    assert isinstance(first, Recipient)
    assert second == SetAside(line=3, problems=("id: is in an earlier row too",))


def test_a_quotation_mark_that_stays_open_costs_one_row() -> None:
    found = rows('p-1,"contact', 'p-2,"contact"x', "p-3,contact", "", "p-4,contact", header="id,data")

    assert [type(row).__name__ for row in found] == ["SetAside", "SetAside", "Recipient", "Recipient"]
    assert [row.line for row in found] == [2, 3, 4, 6]


def test_a_row_with_too_few_or_too_many_cells_is_set_aside() -> None:
    found = rows("p-1", "p-2,contact,x", header="id,data")

    assert found == [
        SetAside(line=2, problems=("has 1 cells; the header has 2",)),
        SetAside(line=3, problems=("has 3 cells; the header has 2",)),
    ]


def test_a_line_that_is_too_long_or_in_another_encoding_is_set_aside_alone() -> None:
    text = b"id,data\np-1," + b"x" * (3 * MOST_IN_LINE) + b"\np-2,\xb0\xa1\np-3,contact\np-4," + b"y" * MOST_IN_LINE
    asked: list[int] = []

    def readline(most: int) -> bytes:
        asked.append(most)
        return stream.readline(most)

    stream = io.BytesIO(text)
    found = list(read_recipients(readline, rules(), name="people.csv"))

    assert [(type(row).__name__, row.line) for row in found] == [
        ("SetAside", 2),
        ("SetAside", 3),
        ("Recipient", 4),
        ("SetAside", 5),
    ]
    assert max(asked) == MOST_IN_LINE + 1


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "the header lacks id, data"),
        ("id;name", "the header lacks data"),
        ("id,data,data", "the column `data` stands here twice"),
        ("id,dta", "column 2: unknown column (did you mean `data`?)"),
        ("id,data,Ada Example", "column 3: unknown column"),
        ('id,"data', "the header lacks id, data"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_with_everything_that_is_wrong(header: str, text: str) -> None:
    with pytest.raises(BadFile) as caught:
        rows("p-1,contact", header=header)

    assert text in caught.value.message
    assert "Ada" not in caught.value.message


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,data,名".encode("gb18030"), "is no UTF-8 text; save the file as CSV UTF-8, or say --encoding gb18030"),
        ("id,data,Straße".encode("cp1252"), "is no UTF-8 text; save the file as CSV UTF-8"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\n", "is a spreadsheet such as XLSX; save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\n", "is an old spreadsheet such as XLS"),
        (b"\xff\xfei\x00d\x00\n\x00", "is UTF-16, which spreadsheets call Unicode text; save it as CSV UTF-8"),
        (b"\xfe\xff\x00i\x00d\x00\n", "is UTF-16"),
    ],
)
def test_a_header_in_another_encoding_says_what_to_do(header: bytes, told: str) -> None:
    with pytest.raises(BadFile) as caught:
        list(read_recipients(io.BytesIO(header).readline, rules(), name="people.csv"))

    assert f"line 1: the header: {told}" in caught.value.message


def test_of_a_file_of_another_kind_a_few_problems_are_told() -> None:
    with pytest.raises(BadFile) as caught:
        rows(header=",".join(f"x{number}" for number in range(1_000)))

    assert len(caught.value.problems) == 20


def test_a_header_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadFile, match="is longer than 16,384 bytes"):
        rows(header="id,data" + "x" * MOST_IN_LINE)


def test_rows_that_are_no_text_say_so_in_the_encoding_that_was_named() -> None:
    text = b"id,data\n\xff,x\n"

    for encoding, told in (("utf-8", "is no UTF-8 text; save the file"), ("gb18030", "is no GB18030 text")):
        (row,) = read_recipients(io.BytesIO(text).readline, rules(encoding=encoding), name="people.csv")  # type: ignore[arg-type]  # (both are encodings)
        assert isinstance(row, SetAside)
        assert row.problems[0].startswith(told)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadFile, match="lacks id, data"):
        list(read_recipients(io.BytesIO(b"").readline, rules(), name="people.csv"))


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)

    assert len(rows("p-1,contact", "p-2,contact", header="id,data")) == 2
    with pytest.raises(BadFile, match="line 4: has more than 2 rows"):
        rows("p-1,contact", "p-2,contact", "p-3,contact", header="id,data")


def test_rows_are_read_one_by_one_so_that_a_file_of_any_length_fits() -> None:
    def endless() -> Iterator[bytes]:
        yield b"id,data\n"
        number = 0
        while True:
            number += 1
            yield b"p-%d,contact\n" % number

    lines = endless()
    found = list(islice(read_recipients(lambda _: next(lines), rules(), name="people.csv"), 5))

    assert [row.line for row in found] == [2, 3, 4, 5, 6]


SECRET = "canary7731"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.tuples(st.sampled_from(HEADER.split(",")), st.text(max_size=12)).map(
                lambda told: f"{told[0]},{told[1]}{SECRET},{told[1]}".encode(errors="ignore")
            ),
        ),
        max_size=5,
    ),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_whatever_stands_in_a_file_is_read_or_set_aside_and_never_repeated(
    lines: list[bytes], encoding: Encoding
) -> None:
    text = b"id,name,data\n" + b"\n".join(lines)

    for row in read_recipients(io.BytesIO(text).readline, rules(encoding=encoding), name="people.csv"):
        assert isinstance(row, Recipient) or (row.problems and SECRET not in " ".join(row.problems))
