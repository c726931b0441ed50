"""A manifest of an Android App Bundle: `XmlNode` of aapt2's Resources.proto, of which only what we need is read.

Fields of a protocol buffer, one message at a time, each bound-checked; nothing is unpacked that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.apps.elements import (
    ATTRIBUTES,
    MOST_ATTRIBUTES,
    MOST_DEPTH,
    MOST_ELEMENTS,
    PLAIN,
    Element,
    Reference,
    Value,
)
from leakguard.apps.unread import CannotRead, need

_VARINT, _WIDE, _BYTES, _NARROW = 0, 1, 2, 5
_LONGEST_VARINT = 10
Message = memoryview

_ANDROID = "http://schemas.android.com/apk/res/android"
_KNOWN = frozenset(ATTRIBUTES.values())
_NODE_ELEMENT = 1
_NAME, _ATTRIBUTE, _CHILD = 3, 4, 5
_SPACE, _ATTRIBUTE_NAME, _VALUE, _NUMBER, _COMPILED = 1, 2, 3, 5, 6
_ITEM_REFERENCE, _ITEM_PRIMITIVE = 1, 7
_REFERENCE_ID = 2
_INTEGERS, _BOOLEAN = (6, 7), 8


def read_proto_xml(data: bytes) -> Iterator[Element]:
    """Each element in its order; raises `CannotRead`, also in the middle."""
    count = 0
    waiting: list[tuple[tuple[str, ...], Message]] = [((), message) for message in _roots(data)]
    need(len(waiting) == 1, "it has no root, or several")
    while waiting:
        parents, message = waiting.pop()
        count += 1
        need(count <= MOST_ELEMENTS, f"it has more than {MOST_ELEMENTS:,} elements")
        need(len(parents) < MOST_DEPTH, f"its elements are nested more than {MOST_DEPTH} deep")
        element, children = _element(parents, message)
        yield element
        waiting.extend((element.path, child) for child in reversed(children))


def _roots(node: bytes | Message) -> list[Message]:
    return [message_of(value) for number, value in fields(memoryview(node)) if number == _NODE_ELEMENT]


def _element(parents: tuple[str, ...], message: Message) -> tuple[Element, list[Message]]:
    name, count = "", 0
    attributes: dict[str, Value] = {}
    children: list[Message] = []
    for number, value in fields(message):
        if number == _NAME:
            name = text_of(value)
        elif number == _ATTRIBUTE:
            count += 1
            need(count <= MOST_ATTRIBUTES, f"an element has more than {MOST_ATTRIBUTES} attributes")
            key, stated = _attribute(message_of(value))
            if key:
                attributes.setdefault(key, stated)
        elif number == _CHILD:
            children.extend(_roots(message_of(value)))
    return Element((*parents, name), attributes), children


def _attribute(message: Message) -> tuple[str, Value]:
    space = name = text = ""
    known = 0
    compiled: Value | None = None
    for number, value in fields(message):
        if number == _SPACE:
            space = text_of(value)
        elif number == _ATTRIBUTE_NAME:
            name = text_of(value)
        elif number == _VALUE:
            text = text_of(value)
        elif number == _NUMBER and isinstance(value, int):
            known = value
        elif number == _COMPILED:
            compiled = _compiled(message_of(value))
    named = name if name in (_KNOWN if space == _ANDROID else PLAIN) else ""
    stated = compiled if isinstance(compiled, Reference) else text or ("" if compiled is None else compiled)
    return ATTRIBUTES.get(known, "") if known else named, stated


def _compiled(item: Message) -> Value | None:
    for number, value in fields(item):
        if number == _ITEM_REFERENCE:
            ids = [each for kind, each in fields(message_of(value)) if kind == _REFERENCE_ID and isinstance(each, int)]
            return Reference(ids[0] if ids else 0)
        if number == _ITEM_PRIMITIVE:
            for kind, each in fields(message_of(value)):
                if kind in (*_INTEGERS, _BOOLEAN) and isinstance(each, int):
                    return bool(each) if kind == _BOOLEAN else each
    return None


def fields(message: Message) -> Iterator[tuple[int, int | Message]]:
    """Number and value of each field, in their order; raises `CannotRead`, also in the middle."""
    at = 0
    while at < len(message):
        at, key = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            at, value = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            at, length = _varint(message, at)
        elif wire in (_WIDE, _NARROW):
            length = 8 if wire == _WIDE else 4
        else:
            raise CannotRead("it is no protocol buffer")
        need(length <= len(message) - at, "a field is longer than what is left")
        yield number, message[at : at + length]
        at += length


def text_of(value: int | Message) -> str:
    """A field as text; raises `CannotRead` for a number."""
    return bytes(message_of(value)).decode("utf-8", "replace")


def message_of(value: int | Message) -> Message:
    """A field as a message; raises `CannotRead` for a number."""
    if isinstance(value, int):
        raise CannotRead("a field is a number that must be a text or a message")
    return value


def _varint(message: Message, at: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004  (the bit that says that more follows)
            return at + count + 1, value & 0xFFFFFFFFFFFFFFFF
    raise CannotRead("a number is cut short, or longer than one can be")
