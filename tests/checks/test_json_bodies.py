"""Bodies as JSON: they mean what the standard library makes of them, whatever the bytes, and however large."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks import replies as json_bodies
from leakguard.checks.replies import MOST_PIECES, PIECE, json_in


def refused(text: str) -> float:
    raise ValueError(text)


def reference(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    try:
        return json.loads(body, parse_constant=refused)
    except (ValueError, RecursionError):
        return None


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"a"', b":", b",", b"1", b"-0", b"1e999", b"true", b"null", b"NaN", b" ", b"\n", b"\0",
     b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\xa9", b'"\xed\xa0\xbd"', b"\xc2\xa0", b"\x0b"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map(b"".join) | st.binary(max_size=12))
def test_any_bytes_are_read_as_the_standard_library_reads_them(body: bytes) -> None:
    assert repr(json_in(body)) == repr(reference(body))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("text", ['{"é": [1, 2.5]}', "[]", '"x"', "{}\r\n\t ", "{} x", " [1]", "7"])
def test_every_encoding_of_json_is_read(text: str, encoding: str) -> None:
    body = text.encode(encoding)

    assert json_in(body) == reference(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner, max_size=5),
    max_leaves=30,
)


@given(VALUES, st.sampled_from([{}, {"indent": 1}, {"ensure_ascii": False}]))
def test_any_value_is_read_as_it_was_written(value: object, style: dict[str, Any]) -> None:
    body = json.dumps(value, **style).encode()

    assert repr(json_in(body)) == repr(value)


@given(VALUES, st.sampled_from([None, 1]), st.integers(0, 40), st.integers(0, 3), st.integers(0, 6))
def test_what_is_read_piece_by_piece_is_the_same(
    value: object, indent: int | None, piece: int, levels: int, most: int
) -> None:
    body = json.dumps(value, indent=indent).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_bodies, "PIECE", piece)
        patch.setattr(json_bodies, "LEVELS", levels)
        patch.setattr(json_bodies, "MOST_PIECES", most)
        assert repr(json_in(body)) == repr(value)


@given(st.lists(PIECES, max_size=12).map(b"".join), st.integers(0, 6))
def test_piece_by_piece_no_bytes_are_read_that_the_standard_library_refuses(body: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_bodies, "PIECE", piece)
        found = json_in(body)

    assert found is None or repr(found) == repr(reference(body))


ROW = {"index": "customers", "docs.count": "1", "store.size": "2b", "note": "x" * 200}


@pytest.mark.parametrize(
    "value",
    [
        [ROW] * 3000,
        {"indices": {f"i{number}": ROW for number in range(3000)}},
        {"hits": {"hits": [ROW] * 3000}, "took": 1},
    ],
    ids=["rows", "indices", "hits"],
)
@pytest.mark.parametrize("before", ["", " ", " " * 5000], ids=["plain", "a space", "many spaces"])
def test_large_listings_are_read_whole(value: object, before: str) -> None:
    body = before.encode() + json.dumps(value).encode()

    assert len(body) > PIECE
    assert json_in(body) == value


def test_a_key_of_many_rows_is_kept_once() -> None:
    """A listing of all indices would else weigh three times as much."""
    first, *_, last = json_in(json.dumps([ROW] * 3000).encode())

    assert all(one is other for one, other in zip(first, last, strict=True))


@pytest.mark.parametrize("odd", ['"\\ud800"', "1e999"])
def test_what_only_the_slower_reader_takes_makes_a_large_body_unreadable(odd: str) -> None:
    """It would keep everybody waiting."""
    rows = json.dumps([ROW] * 3000)[:-1] + f", {odd}]"

    assert repr(json_in(f"[{odd}]".encode())) == repr(json.loads(f"[{odd}]"))
    assert json_in(rows.encode()) is None


@pytest.mark.parametrize("count", [MOST_PIECES, MOST_PIECES + 1])
def test_very_many_short_values_are_read_whole(count: int) -> None:
    value = ["a name of something"] * count

    assert json_in(json.dumps(value).encode()) == value


def test_a_value_that_is_large_by_itself_is_read() -> None:
    assert json_in(b'["' + b"x" * PIECE + b'"]') == ["x" * PIECE]


@pytest.mark.parametrize(
    "body", [b"[" * 300_000, b'{"a":' * 100_000, b"[" + b'"a",' * 50_000, b"[" + b'"a",' * 50_000 + b"]]"]
)
def test_a_large_body_that_is_no_json_is_none(body: bytes) -> None:
    assert json_in(body) is None
