"""BSON, read: any document that a host sends, with every length checked before it is believed (bsonspec.org, 1.1)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from leakguard.probes.formats.bson_types import BsonType
from leakguard.probes.formats.reading import Garbled

_DEEPEST = 64
"""Documents inside documents; servers allow 100, their answers use about five."""
_MOST_ELEMENTS = 200_000


_FIXED: Mapping[int, int] = {
    BsonType.DOUBLE: 8,
    BsonType.UNDEFINED: 0,
    BsonType.OBJECT_ID: 12,
    BsonType.BOOLEAN: 1,
    BsonType.DATE: 8,
    BsonType.NULL: 0,
    BsonType.INT32: 4,
    BsonType.TIMESTAMP: 8,
    BsonType.INT64: 8,
    BsonType.DECIMAL: 16,
    BsonType.MAX_KEY: 0,
    BsonType.MIN_KEY: 0,
}
_STRINGS = frozenset({BsonType.TEXT, BsonType.CODE, BsonType.SYMBOL})


def read_document(data: bytes) -> dict[str, Any]:
    """The one document that fills `data`; raises `Garbled` for anything else.

    Plain values: numbers, text, booleans, `None`, lists, dicts; every other type becomes `{"$type": number}`.
    """
    return _Reading(data).whole()


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
            return text if kind == BsonType.TEXT else {"$type": kind}
        if kind == BsonType.DOCUMENT:
            return self._document(end, depth + 1)
        if kind == BsonType.ARRAY:
            return [value for _, value in self._pairs(end, depth + 1)]
        self._skip(kind, end)
        return {"$type": kind}

    def _skip(self, kind: int, end: int) -> None:
        """Types that no answer needs, passed over by their own lengths."""
        if kind == BsonType.BINARY:
            self._take(self._length(end, least=0) + 1)
        elif kind == BsonType.REGEX:
            self._name(end)
            self._name(end)
        elif kind == BsonType.POINTER:
            self._text(end)
            self._take(12)
        elif kind == BsonType.SCOPED_CODE:
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
    if kind in (BsonType.INT32, BsonType.INT64):
        return int.from_bytes(raw, "little", signed=True)
    if kind == BsonType.DOUBLE:
        return struct.unpack("<d", raw)[0]
    if kind == BsonType.BOOLEAN:
        return raw != b"\x00"
    return None if kind == BsonType.NULL else {"$type": kind}
