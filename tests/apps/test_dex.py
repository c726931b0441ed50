"""Android's compiled code: names of classes and strings, each within its file."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.apps.dex import MOST_CLASSES, MOST_STRINGS, Dex
from leakguard.apps.unread import CannotRead
from support.app_packages import to_dex
from support.each import for_each

CLASSES = ["com.umeng.analytics.Agent", "cn.example.jobs.Main"]
WHOLE = to_dex(CLASSES, [b"one", "汉字".encode(), b"x" * 200])


def patched(at: int, *numbers: int) -> bytes:
    return WHOLE[:at] + struct.pack(f"<{len(numbers)}L", *numbers) + WHOLE[at + 4 * len(numbers) :]


def test_classes_and_strings_are_read() -> None:
    found = Dex(WHOLE)

    assert list(found.class_names()) == CLASSES
    assert list(found.strings())[2:] == [b"one", "汉字".encode(), b"x" * 200]


REFUSED = {
    "it is no DEX file": b"dex\n035\0",
    "it is no DEX file ": b"no dex" * 40,
    "it is of a version of DEX that is not read": to_dex(version=b"041"),
    f"it states more than {MOST_STRINGS:,} strings": patched(0x38, MOST_STRINGS + 1),
    f"it states more than {MOST_CLASSES:,} classes": patched(0x60, MOST_CLASSES + 1),
    "its strings are beyond its end": patched(0x3C, 90_000),
    "its types are beyond its end": patched(0x44, 90_000),
    "its classes are beyond its end": patched(0x64, 90_000),
}


@for_each("why,data", REFUSED.items(), ids=list(REFUSED))
def test_code_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        Dex(data)

    assert str(refused.value) == why.rstrip()


TYPES_AT = 0x70 + 4 * 5
INSIDE = {
    "a class has a type that is not stated": patched(TYPES_AT + 8, 99),
    "a type has a name that is not stated": patched(TYPES_AT, 99),
    "a string is beyond its end": patched(0x70, 90_000),
    "a string is beyond its end ": patched(0x70, len(WHOLE) - 1),
    "the length of a string is longer than one can be": to_dex(strings=[b"x"])[:-3] + b"\x80" * 9,
}


@for_each("why,data", INSIDE.items(), ids=list(INSIDE))
def test_what_points_behind_the_file_is_refused(why: str, data: bytes) -> None:
    found = Dex(data)

    with pytest.raises(CannotRead) as refused:
        [*found.class_names(), *found.strings()]
    assert str(refused.value) == why.rstrip()


def test_strings_that_share_their_bytes_give_no_more_than_the_file_could_hold() -> None:
    """A megabyte of one string, named by each of a hundred thousand numbers, would come to a hundred gigabytes."""
    count = 200
    at = 0x70 + 4 * count
    data = to_dex()[:0x38] + struct.pack("<2L", count, 0x70) + to_dex()[0x40:0x70]
    data += struct.pack(f"<{count}L", *[at] * count) + b"\x7f" + b"x" * 4000 + b"\0"

    with pytest.raises(CannotRead, match="overlap"):
        list(Dex(data).strings())


@settings(max_examples=60, deadline=None)
@given(at=st.integers(8, len(WHOLE)), new=st.binary(min_size=1, max_size=4))
def test_whatever_is_changed_in_code_it_is_read_or_refused(at: int, new: bytes) -> None:
    with suppress(CannotRead):
        found = Dex(WHOLE[:at] + new + WHOLE[at + len(new) :])
        assert all(isinstance(each, str) for each in found.class_names())
        assert all(isinstance(each, bytes) for each in found.strings())
