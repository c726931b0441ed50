"""Android's binary XML, held to what Android itself reads, and refused where it breaks off."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.apps import axml
from leakguard.apps.axml import read_axml
from leakguard.apps.elements import MOST_ATTRIBUTES, MOST_DEPTH, Element, Reference
from leakguard.apps.string_pool import LONGEST, MOST_STRINGS, StringPool
from leakguard.apps.unread import CannotRead
from support.app_packages import ANDROID, Ref, Tag, chunk, manifest, pool, to_axml, uses
from support.each import for_each

LINE = struct.pack("<LL", 1, 0xFFFFFFFF)
NAMES = ["name", "manifest", "uses-permission", "android.permission.CAMERA", ANDROID, "decoy", "package"]
MAP = chunk(0x0180, b"", struct.pack("<L", 0x01010003))


def element(name: int, *rows: bytes, count: int | None = None, size: int = 20, start: int = 20) -> bytes:
    head = struct.pack("<lLHHHHHH", -1, name, start, size, len(rows) if count is None else count, 0, 0, 0)
    return chunk(0x0102, LINE, head + b"".join(rows))


def end(name: int) -> bytes:
    return chunk(0x0103, LINE, struct.pack("<lL", -1, name))


def row(name: int, data: int, *, kind: int = 3, raw: int = -1, space: int = 4) -> bytes:
    return struct.pack("<lllHBBL", space, name, raw, 8, 0, kind, data)


def document(*parts: bytes) -> bytes:
    return chunk(0x0003, b"", b"".join(parts))


def read(*parts: bytes) -> list[Element]:
    return list(read_axml(document(*parts)))


@for_each("is_utf8", (True, False))
def test_a_manifest_is_read_in_both_encodings(is_utf8: bool) -> None:  # noqa: FBT001  (a case)
    root = manifest("CAMERA", uses("READ_SMS", maxSdkVersion=18), Tag("uses-permission", {"name": Ref(0x7F0B0001)}))
    root.attributes["versionName"] = "版本 8.1"

    found = list(read_axml(to_axml(root, is_utf8=is_utf8)))

    assert [each.path[-1] for each in found] == ["manifest", "uses-sdk", *["uses-permission"] * 3, "application"]
    assert found[0].text("package") == "cn.example.jobs"
    assert found[0].text("versionName") == "版本 8.1"
    assert found[0].number("versionCode") == 81
    assert (found[1].number("minSdkVersion"), found[1].number("targetSdkVersion")) == (26, 35)
    assert found[2] == Element(("manifest", "uses-permission"), {"name": "android.permission.CAMERA"})
    assert found[3].number("maxSdkVersion") == 18
    assert found[4].attributes["name"] == Reference(0x7F0B0001)
    assert found[4].is_in_resources("name")
    assert found[4].text("name") == ""
    assert found[5].attributes["debuggable"] is False
    assert found[5].number("debuggable") is None


def test_an_attribute_goes_by_its_number_and_not_by_the_name_beside_it() -> None:
    """Android finds it by the number: a manifest whose names are garbled asks for just as much."""
    parts = (pool(["garbled", *NAMES[1:]]), MAP, element(1), element(2, row(0, 3)), end(2), end(1))

    assert read(*parts)[1].text("name") == "android.permission.CAMERA"


def test_a_name_without_a_number_is_no_attribute_of_android_and_hides_none() -> None:
    decoy = row(6, 5, space=-1)
    false_name = row(1, 5)
    parts = (pool(NAMES), MAP, element(1, decoy, false_name), element(2, row(0, 3)), end(2), end(1))

    found = read(*parts)

    assert found[0].attributes == {"package": "decoy"}
    assert found[1].text("name") == "android.permission.CAMERA"


def test_a_plain_name_is_not_taken_for_androids_own() -> None:
    parts = (pool(NAMES), element(2, row(0, 5, space=-1)), end(2))

    assert read(*parts)[0].attributes == {}


def test_a_number_that_is_none_of_ours_is_passed_over() -> None:
    other = chunk(0x0180, b"", struct.pack("<L", 0x01019999))

    assert read(pool(NAMES), other, element(2, row(0, 3)), end(2))[0].attributes == {}


@for_each(
    "kind,raw,value", ((0x11, -1, 3), (0x12, -1, True), (0x01, -1, Reference(3)), (0x05, 3, NAMES[3]), (0x05, -1, None))
)
def test_a_value_is_taken_as_its_kind_says(kind: int, raw: int, value: object) -> None:
    found = read(pool(NAMES), MAP, element(2, row(0, 3, kind=kind, raw=raw)), end(2))

    assert found[0].attributes.get("name") == value


def test_the_last_pool_before_the_first_element_counts_as_for_android() -> None:
    decoys = pool([*NAMES[:3], "android.permission.VIBRATE", *NAMES[4:]])

    assert read(decoys, pool(NAMES), MAP, element(2, row(0, 3)), end(2))[0].text("name") == NAMES[3]
    assert read(pool(NAMES), MAP, element(2, row(0, 3)), decoys, end(2))[0].text("name") == NAMES[3]


def test_what_is_of_another_kind_is_passed_over() -> None:
    assert [each.path for each in read(pool(NAMES), chunk(0x0999, b"", b"1234"), element(1), end(1))] == [("manifest",)]


def nested(depth: int) -> bytes:
    return b"".join(element(1) for _ in range(depth)) + b"".join(end(1) for _ in range(depth))


REFUSED = {
    "it is no binary XML": b"<manifest/>",
    "it is no binary XML ": b"\3",
    "it is cut short": document(pool(NAMES))[:-4],
    "it is cut short ": chunk(0x0003, b"", pool(NAMES) + b"1234"),
    "a part of it states a size that it cannot have": document(struct.pack("<HHL", 1, 8, 4)),
    "a part of it states a size that it cannot have ": document(struct.pack("<HHL", 1, 8, 400)),
    "it has no pool of strings": document(element(1), end(1)),
    "an element is cut short": document(pool(NAMES), chunk(0x0102, LINE, b"1234")),
    "an element is cut short ": document(pool(NAMES), element(1, count=3), end(1)),
    "an attribute is shorter than one can be": document(pool(NAMES), element(1, count=1, size=8), end(1)),
    f"an element has more than {MOST_ATTRIBUTES} attributes": document(
        pool(NAMES), element(1, count=MOST_ATTRIBUTES + 1), end(1)
    ),
    "an element never ends": document(pool(NAMES), element(1)),
    "an element ends that never began": document(pool(NAMES), end(1)),
    f"its elements are nested more than {MOST_DEPTH} deep": document(pool(NAMES), nested(MOST_DEPTH + 1)),
    "a string is named that the pool does not have": document(pool(NAMES), element(99), end(1)),
}


@for_each("why,data", REFUSED.items(), ids=list(REFUSED))
def test_a_manifest_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        list(read_axml(data))

    assert str(refused.value) == why.rstrip()


def test_more_elements_than_a_manifest_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axml, "MOST_ELEMENTS", 20)

    assert len(read(pool(NAMES), (element(1) + end(1)) * 20)) == 20
    with pytest.raises(CannotRead, match="it has more than 20 elements"):
        read(pool(NAMES), (element(1) + end(1)) * 21)


def test_nothing_is_refused_that_is_as_deep_as_it_may_be() -> None:
    assert len(read(pool(NAMES), nested(MOST_DEPTH))) == MOST_DEPTH


def raw_pool(count: int, offsets: bytes, data: bytes, *, flags: int = 0x100, start: int | None = None) -> bytes:
    begin = 28 + len(offsets) if start is None else start
    return chunk(0x0001, struct.pack("<5L", count, 0, flags, begin, 0), offsets + data)


POOLS = {
    "a pool of strings is cut short": b"1234",
    "a pool of strings is cut short ": pool(NAMES)[:-8],
    "a pool of strings is cut short  ": raw_pool(9, b"", b""),
    f"a pool states more than {MOST_STRINGS:,} strings": raw_pool(MOST_STRINGS + 1, b"", b""),
}


@for_each("why,data", POOLS.items(), ids=list(POOLS))
def test_a_pool_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        StringPool(data)

    assert str(refused.value) == why.rstrip()


STRINGS = {
    "a string is beyond the end of its pool": raw_pool(1, struct.pack("<L", 900), b"\1\1a\0"),
    "a string is beyond the end of its pool ": raw_pool(1, struct.pack("<L", 0), b"\x09\x09a\0"),
    f"a string is longer than {LONGEST:,} bytes": raw_pool(
        1, struct.pack("<L", 0), struct.pack("<HH", 0x8001, 0xFFFF) + b"\0" * 8, flags=0
    ),
}


@for_each("why,data", STRINGS.items(), ids=list(STRINGS))
def test_a_string_is_refused_with_the_reason_and_left_out_of_all_of_them(why: str, data: bytes) -> None:
    found = StringPool(data)

    with pytest.raises(CannotRead) as refused:
        found.text(0)
    assert str(refused.value) == why.rstrip()
    assert list(found.texts()) == []


@for_each("is_utf8", (True, False))
def test_long_and_foreign_strings_are_read(is_utf8: bool) -> None:  # noqa: FBT001  (a case)
    texts = ["", "a" * 127, "b" * 128, "汉字" * 200, "\N{GRINNING FACE}"]

    found = StringPool(pool(texts, is_utf8=is_utf8))

    assert len(found) == len(texts)
    assert list(found.texts()) == texts
    assert [found.text(number) for number in range(len(texts))] == texts


def test_a_string_of_32768_letters_is_read_in_utf_16() -> None:
    text = "x" * 32_768

    assert StringPool(pool([text], is_utf8=False)).text(0) == text


def test_a_text_that_is_too_long_for_a_name_is_among_all_of_them() -> None:
    """A secret may stand in it."""
    long = StringPool(pool(["x" * LONGEST, "a"], is_utf8=False))

    with pytest.raises(CannotRead, match="is longer than"):
        long.text(0)
    assert list(long.texts()) == ["x" * LONGEST, "a"]


def test_strings_that_share_a_place_are_given_once() -> None:
    shared = raw_pool(3, struct.pack("<3L", 0, 0, 0), b"\1\1a\0")

    assert list(StringPool(shared).texts()) == ["a"]


def test_strings_that_overlap_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.apps.string_pool.MOST_TEXT", 100)

    with pytest.raises(CannotRead, match="more than 100 letters"):
        list(StringPool(pool(["a" * 60, "b" * 60])).texts())


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 900), new=st.binary(min_size=1, max_size=4))
def test_whatever_is_changed_in_a_manifest_it_is_read_or_refused(at: int, new: bytes) -> None:
    whole = to_axml(manifest("CAMERA", "READ_CONTACTS"))
    changed = whole[:at] + new + whole[at + len(new) :]

    with suppress(CannotRead):
        assert all(isinstance(each, Element) for each in read_axml(changed))
