"""The manifest of a mail merge: read strictly, since a resumed run trusts it, and silent about people."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.frozen import names_of, replace
from leakguard.notices.letters.marks import file_mark, key_mark, letter_name, row_mark
from leakguard.notices.merge_manifest import (
    MadeLetter,
    differences,
    head_line,
    letter_line,
    parse_head,
    parse_letter,
)
from leakguard.notices.recipients import Recipient
from support.merging import HEAD, KEY

ADA = Recipient(id="p1", lang="en", data=("health",), name="Ada Example", email="ada@home.example", line=1_234_567)
LETTER = MadeLetter(
    file="1234/1234567-0123456789abcdef.pdf", sha256="f" * 64, bytes=27_000, lang="en", row=row_mark(KEY, ADA)
)


def test_head_and_letters_are_read_as_they_were_written() -> None:
    assert parse_head(head_line(HEAD)) == HEAD
    assert parse_letter(letter_line(LETTER)) == LETTER


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../1234567-0123456789abcdef.pdf"},
        {"file": "/etc/passwd"},
        {"sha256": "f" * 63},
        {"bytes": "many"},
        {"bytes": True},
        {"row": 7},
        {"more": 1},
    ],
)
def test_a_line_that_is_not_as_we_write_it_names_no_letter(change: dict[str, object]) -> None:
    told = {**json.loads(letter_line(LETTER)), **change}

    assert parse_letter(json.dumps(told) + "\n") is None


@pytest.mark.parametrize("line", ["", "\n", "[]\n", letter_line(LETTER)[:-1], letter_line(LETTER)[:40] + "\n"])
def test_half_a_line_is_none(line: str) -> None:
    assert parse_letter(line) is None
    assert parse_head(line) is None


@pytest.mark.parametrize("change", [{"schema": "leakguard.letters/2"}, {"places": "EU"}, {"more": 1}])
def test_a_head_of_another_kind_is_none(change: dict[str, object]) -> None:
    assert parse_head(json.dumps({**json.loads(head_line(HEAD)), **change}) + "\n") is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert parse_letter(text + "\n") is None
    assert parse_head(text + "\n") is None


def test_what_changed_is_told_in_words_with_short_digests() -> None:
    new = replace(HEAD, recipients="0" * 64, letters=3, head="7:abc")

    assert list(differences(HEAD, new)) == [
        "letters: was 2, is 3",
        "the ledger of the incident: was none, is 7:abc",
        "the file of recipients: was dddddddddddd, is 000000000000",
    ]


def test_marks_tell_nothing_without_the_key_and_change_with_everything_that_a_row_says() -> None:
    changes: list[dict[str, object]] = [
        {"id": "p2"}, {"lang": "zh"}, {"data": ("location",)}, {"name": "Ada"}, {"email": "a@home.example"},
        {"address": ("Town",)}, {"jurisdiction": "DE"}, {"is_account_leaked": True}, {"guardian": "Eva"},
    ]  # fmt: skip
    others = [replace(ADA, **change) for change in changes]  # type: ignore[arg-type]  # (its own fields)

    assert set(names_of(Recipient)) == {"line"}.union(*changes)
    assert len({row_mark(KEY, one) for one in (ADA, *others)}) == len(others) + 1
    assert row_mark(KEY, ADA) != row_mark(bytes(32), ADA)
    assert row_mark(KEY, replace(ADA, line=9)) == row_mark(KEY, ADA)


def test_marks_of_different_kinds_differ() -> None:
    assert len({key_mark(KEY), key_mark(bytes(32)), file_mark(KEY, "")[:16], file_mark(KEY, "ab")[:16]}) == 4


def test_a_letter_is_named_by_the_line_and_the_mark_of_its_row() -> None:
    mark = row_mark(KEY, ADA)

    assert letter_name(ADA.line, mark, "html") == f"1234/1234567-{mark[:16]}.html"
    assert letter_name(7, mark, "pdf") == f"0000/0000007-{mark[:16]}.pdf"
