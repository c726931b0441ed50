"""Manifests of Android App Bundles, and the protocol buffers that they are."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.apps import proto_xml
from leakguard.apps.elements import MOST_ATTRIBUTES, MOST_DEPTH, Element, Reference
from leakguard.apps.proto_xml import fields, read_proto_xml
from leakguard.apps.unread import CannotRead
from support.app_packages import ANDROID, Ref, Tag, manifest, proto, to_proto, uses, varint
from support.each import for_each


def test_a_manifest_is_read() -> None:
    root = manifest("CAMERA", uses("READ_SMS", maxSdkVersion=18), Tag("uses-permission", {"name": Ref(7)}))

    found = list(read_proto_xml(to_proto(root)))

    assert [each.path[-1] for each in found] == ["manifest", "uses-sdk", *["uses-permission"] * 3, "application"]
    assert found[0].text("package") == "cn.example.jobs"
    assert (found[1].number("minSdkVersion"), found[1].number("targetSdkVersion")) == (26, 35)
    assert found[2] == Element(("manifest", "uses-permission"), {"name": "android.permission.CAMERA"})
    assert found[3].number("maxSdkVersion") == 18
    assert found[4].attributes["name"] == Reference(7)
    assert found[5].attributes["debuggable"] is False


def of(*attribute: bytes) -> dict[str, object]:
    """What is read of an element with one attribute."""
    (found,) = read_proto_xml(proto(1, proto(3, "manifest") + proto(4, b"".join(attribute))))
    return dict(found.attributes)


NAME = proto(1, ANDROID) + proto(2, "name")


@for_each("attribute,found", (
    (NAME + proto(3, "x"), {"name": "x"}),
    (proto(2, "garbled") + proto(5, 0x01010003) + proto(3, "x"), {"name": "x"}),
    (NAME + proto(5, 0x01019999) + proto(3, "x"), {}),
    (proto(2, "name") + proto(3, "x"), {}),
    (proto(1, "urn:other") + proto(2, "package") + proto(3, "x"), {"package": "x"}),
    (proto(2, "split") + proto(3, "x"), {"split": "x"}),
    (NAME, {"name": ""}),
    (NAME + proto(6, proto(7, proto(7, 5))), {"name": 5}),
    (NAME + proto(6, proto(7, proto(3, 5))), {"name": ""}),
    (NAME + proto(6, proto(1, b"")), {"name": Reference(0)}),
    (NAME + proto(6, proto(2, b"")), {"name": ""}),
))  # fmt: skip
def test_an_attribute_goes_by_its_number_or_by_androids_namespace(attribute: bytes, found: object) -> None:
    assert of(attribute) == found


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = proto(1, proto(3, "e") + (proto(5, inner) if inner else b""))
    return inner


REFUSED = {
    "it has no root, or several": b"",
    "it has no root, or several ": proto(1, b"") * 2,
    "it is no protocol buffer": b"\x0b",
    "a field is longer than what is left": b"\x0a\x09abc",
    "a field is longer than what is left ": b"\x09abc",
    "a number is cut short, or longer than one can be": b"\x0a\x80",
    "a number is cut short, or longer than one can be ": b"\x80" * 11,
    "a field is a number that must be a text or a message": proto(1, 5),
    f"its elements are nested more than {MOST_DEPTH} deep": nested(MOST_DEPTH + 1),
    f"an element has more than {MOST_ATTRIBUTES} attributes": proto(1, proto(4, b"") * (MOST_ATTRIBUTES + 1)),
}


@for_each("why,data", REFUSED.items(), ids=list(REFUSED))
def test_a_manifest_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        list(read_proto_xml(data))

    assert str(refused.value) == why.rstrip()


def test_more_elements_than_a_manifest_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proto_xml, "MOST_ELEMENTS", 20)

    assert len(list(read_proto_xml(proto(1, proto(5, proto(1, b"")) * 19)))) == 20
    with pytest.raises(CannotRead, match="it has more than 20 elements"):
        list(read_proto_xml(proto(1, proto(5, proto(1, b"")) * 20)))


def test_numbers_of_fixed_width_are_passed_over() -> None:
    message = varint(1 << 3 | 1) + b"8 bytes." + varint(2 << 3 | 5) + b"four"

    assert [(number, bytes(value)) for number, value in fields(memoryview(message)) if not isinstance(value, int)] == [
        (1, b"8 bytes."), (2, b"four"),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 400), new=st.binary(min_size=1, max_size=4))
def test_whatever_is_changed_in_a_manifest_it_is_read_or_refused(at: int, new: bytes) -> None:
    whole = to_proto(manifest("CAMERA", "READ_CONTACTS"))
    changed = whole[:at] + new + whole[at + len(new) :]

    with suppress(CannotRead):
        assert all(isinstance(each, Element) for each in read_proto_xml(changed))
