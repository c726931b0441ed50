"""BSON, as far as answers to read commands need it: reading anything, writing small commands (bsonspec.org, 1.1)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from leakguard.probes.formats.reading import Garbled

_DEEPEST = 64
"""Documents inside documents; servers allow 100, their answers use about five."""
_MOST_ELEMENTS = 200_000
_SMALLEST_DOCUMENT = 5


class _Type(IntEnum):
    """The type bytes of the format."""

    DOUBLE = 0x01
    TEXT = 0x02
    DOCUMENT = 0x03
    ARRAY = 0x04
    BINARY = 0x05
    UNDEFINED = 0x06
    OBJECT_ID = 0x07
    BOOLEAN = 0x08
    DATE = 0x09
    NULL = 0x0A
    REGEX = 0x0B
    POINTER = 0x0C
    CODE = 0x0D
    SYMBOL = 0x0E
    SCOPED_CODE = 0x0F
    INT32 = 0x10
    TIMESTAMP = 0x11
    INT64 = 0x12
    DECIMAL = 0x13
    MAX_KEY = 0x7F
    MIN_KEY = 0xFF


_FIXED: Mapping[int, int] = {
    _Type.DOUBLE: 8,
    _Type.UNDEFINED: 0,
    _Type.OBJECT_ID: 12,
    _Type.BOOLEAN: 1,
    _Type.DATE: 8,
    _Type.NULL: 0,
    _Type.INT32: 4,
    _Type.TIMESTAMP: 8,
    _Type.INT64: 8,
    _Type.DECIMAL: 16,
    _Type.MAX_KEY: 0,
    _Type.MIN_KEY: 0,
}
_STRINGS = frozenset({_Type.TEXT, _Type.CODE, _Type.SYMBOL})


def read_document(data: bytes) -> dict[str, Any]:
    """The one document that fills `data`; raises `Garbled` for anything else.

    Plain values: numbers, text, booleans, `None`, lists, dicts; every other type becomes `{"$type": number}`.
    """
    return _Reading(data).whole()


def write_document(values: Mapping[str, Any]) -> bytes:
    """A command: text, whole numbers, numbers, booleans, `None`, and mappings and lists of those."""
    body = b"".join(_element(name, value) for name, value in values.items())
    return struct.pack("<i", len(body) + _SMALLEST_DOCUMENT) + body + b"\x00"


class _Reading:
    """One pass over the bytes, with every length checked before it is believed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = _MOST_ELEMENTS

    def whole(self) -> dict[str, Any]:
        document = self._document(len(self._data), 0)
        if self._at != len(self._data):
            raise Garbled("bytes behind the document")
        return document

    def _document(self, end: int, depth: int) -> dict[str, Any]:
        return dict(self._pairs(end, depth))

    def _pairs(self, end: int, depth: int) -> list[tuple[str, Any]]:
        """The elements of the document at the cursor, which must end at or before `end`."""
        own_end = self._at + self._int32()
        if depth > _DEEPEST or not self._at < own_end <= end:
            raise Garbled("a document's length is wrong, or it is too deep")
        pairs = []
        while (kind := self._take(1)[0]) != 0:
            self._left -= 1
            if self._left < 0:
                raise Garbled("too many elements")
            pairs.append((self._name(own_end), self._value(kind, own_end, depth)))
        if self._at != own_end:
            raise Garbled("a document ends elsewhere than it says")
        return pairs

    def _value(self, kind: int, end: int, depth: int) -> Any:  # noqa: ANN401 (a host's own value)
        if kind in _FIXED:
            return _fixed(kind, self._take(_FIXED[kind]))
        if kind in _STRINGS:
            text = self._text(end)
            return text if kind == _Type.TEXT else {"$type": kind}
        if kind == _Type.DOCUMENT:
            return self._document(end, depth + 1)
        if kind == _Type.ARRAY:
            return [value for _, value in self._pairs(end, depth + 1)]
        self._skip(kind, end)
        return {"$type": kind}

    def _skip(self, kind: int, end: int) -> None:
        """Types that no answer needs, passed over by their own lengths."""
        if kind == _Type.BINARY:
            self._take(self._length(end, least=0) + 1)
        elif kind == _Type.REGEX:
            self._name(end)
            self._name(end)
        elif kind == _Type.POINTER:
            self._text(end)
            self._take(12)
        elif kind == _Type.SCOPED_CODE:
            self._take(self._length(end, least=14) - 4)
        else:
            raise Garbled("an unknown type")

    def _text(self, end: int) -> str:
        raw = self._take(self._length(end, least=1))
        if raw[-1] != 0:
            raise Garbled("a text without its end")
        return raw[:-1].decode("utf-8", "replace")

    def _name(self, end: int) -> str:
        stop = self._data.find(b"\x00", self._at, end)
        if stop < 0:
            raise Garbled("a name without its end")
        raw = self._take(stop + 1 - self._at)
        return raw[:-1].decode("utf-8", "replace")

    def _length(self, end: int, *, least: int) -> int:
        length = self._int32()
        if not least <= length <= end - self._at + 4:
            raise Garbled("a length is wrong")
        return length

    def _int32(self) -> int:
        return int.from_bytes(self._take(4), "little", signed=True)

    def _take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise Garbled("the document is cut")
        self._at += count
        return piece


def _fixed(kind: int, raw: bytes) -> Any:  # noqa: ANN401 (a host's own value)
    if kind in (_Type.INT32, _Type.INT64):
        return int.from_bytes(raw, "little", signed=True)
    if kind == _Type.DOUBLE:
        return struct.unpack("<d", raw)[0]
    if kind == _Type.BOOLEAN:
        return raw != b"\x00"
    return None if kind == _Type.NULL else {"$type": kind}


def _element(name: str, value: Any) -> bytes:  # noqa: ANN401 (a JSON value)
    kind, raw = _written(value)
    key = name.encode()
    if b"\x00" in key:
        raise ValueError("a name may not hold a zero byte")
    return bytes((kind,)) + key + b"\x00" + raw


def _written(value: Any) -> tuple[int, bytes]:  # noqa: ANN401 (a JSON value)
    match value:
        case None:
            written = (_Type.NULL, b"")
        case bool():
            written = (_Type.BOOLEAN, bytes((value,)))
        case int():
            small = -(2**31) <= value < 2**31
            written = (_Type.INT32, struct.pack("<i", value)) if small else (_Type.INT64, struct.pack("<q", value))
        case float():
            written = (_Type.DOUBLE, struct.pack("<d", value))
        case str():
            raw = value.encode()
            written = (_Type.TEXT, struct.pack("<i", len(raw) + 1) + raw + b"\x00")
        case Mapping():
            written = (_Type.DOCUMENT, write_document(value))
        case _:
            written = (_Type.ARRAY, write_document({str(index): item for index, item in enumerate(value)}))
    return written
