"""Property lists: by Python's own reader, once nothing in them can grow beyond its file."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.apps.plists import MOST_BYTES, MOST_HELD, MOST_OBJECTS, read_plist
from leakguard.apps.unread import CannotRead
from support.app_packages import plist
from support.each import for_each

STATED = {"name": "中文", "long": "x" * 40, "list": [1, 2.5, True, b"bytes" * 9], "inner": {"a": {"b": "c"}}}
WHOLE = plist(STATED)


def trailer(*, width: int = 1, refs: int = 1, count: int = 1, top: int = 0, table: int = 8) -> bytes:
    return struct.pack(">6xBBQQQ", width, refs, count, top, table)


@for_each("is_binary", (True, False))
def test_a_list_is_read_in_both_forms(is_binary: bool) -> None:  # noqa: FBT001  (a case)
    assert read_plist(plist(STATED, is_binary=is_binary)) == STATED


def bomb(objects: int, entries: int) -> bytes:
    """Lists that all lie over the same bytes, each of which names them again."""
    body = b"bplist00" + b"\xaf\x12" + struct.pack(">L", entries) + b"\0\0" * entries
    table = len(body)
    return body + struct.pack(">L", 8) * objects + trailer(width=4, refs=2, count=objects, table=table)


REFUSED = {
    f"it is longer than {MOST_BYTES:,} bytes": b" " * (MOST_BYTES + 1),
    "it is no property list": b"{}",
    "it is no property list ": b"bplist00",
    "it is no property list  ": b"bplist15" + WHOLE[8:],
    "it is no property list   ": WHOLE[:-32] + trailer(width=0),
    "it is no property list    ": b"<plist><dict><key>a</key></dict></plist>",
    "it is no property list     ": b'<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>',
    f"it states more than {MOST_OBJECTS:,} objects": WHOLE[:-32] + trailer(count=MOST_OBJECTS + 1),
    "it is cut short": WHOLE[:-32] + trailer(count=99, table=len(WHOLE) - 32),
    "an object is beyond its end": b"bplist00\xff" + trailer(),
    "its objects hold more than their file": bomb(1000, 5000),
    "its objects hold more than their file ": b"bplist00" + b"\x5f\x13" + b"\xff" * 8 + b"\x08" + trailer(table=18),
    "it is a property list of another kind": plist(["a"]),
}  # fmt: skip


@for_each("why,data", REFUSED.items(), ids=list(REFUSED))
def test_a_list_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        read_plist(data)

    assert str(refused.value) == why.rstrip()


def test_an_object_whose_length_is_cut_off_is_refused() -> None:
    """Its first byte is the last of the file: where the table stands ends with just that byte."""
    table = 0xAF
    data = b"bplist00".ljust(table) + bytes((table + 32,)) + trailer(table=table)

    with pytest.raises(CannotRead, match="beyond its end"):
        read_plist(data)


def test_a_bomb_would_hold_more_than_a_list_may() -> None:
    """A thousand lists over one place of ten kilobytes come to five million values."""
    lists, entries = 1000, 5000

    assert len(bomb(lists, entries)) < 20_000
    assert lists * entries > MOST_HELD


def test_keys_that_are_no_text_are_left_out() -> None:
    data = b"bplist00" + b"\xd2\x01\x03\x02\x02" + b"\x10\x05" + b"\x51a" + b"\x51k" + b"\x08\x0d\x0f\x11"

    assert read_plist(data + trailer(count=4, table=len(data) - 4)) == {"k": "a"}


@settings(max_examples=100, deadline=None)
@given(at=st.integers(8, len(WHOLE)), new=st.binary(min_size=1, max_size=4))
def test_whatever_is_changed_in_a_binary_list_it_is_read_or_refused(at: int, new: bytes) -> None:
    with suppress(CannotRead):
        assert all(isinstance(key, str) for key in read_plist(WHOLE[:at] + new + WHOLE[at + len(new) :]))
