"""Replies as rules see them: JSON means what the standard library makes of it, whatever the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.replies import SeenReply, View
from support.check_files import reply


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
    assert repr(SeenReply([reply("r", body)]).document) == repr(reference(body))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("text", ['{"é": [1, 2.5]}', "[]", '"x"', "{}\r\n\t ", "{} x", " [1]", "7"])
def test_every_encoding_of_json_is_read(text: str, encoding: str) -> None:
    body = text.encode(encoding)

    assert SeenReply([reply("r", body)]).document == reference(body)


def test_a_view_forgets_what_a_new_answer_may_change() -> None:
    class Counts:
        """A condition that holds once two answers are there."""

        def holds_for(self, view: View) -> bool:
            return len(view.replies) > 1

    view = View(replies={"a": SeenReply([reply("a")])}, named={"two": Counts()})
    assert not view.holds("two")

    view.see("b", SeenReply([reply("b")]), ())
    assert not view.holds("two")

    view.see("b", SeenReply([reply("b")]), ("two",))
    assert view.holds("two")
