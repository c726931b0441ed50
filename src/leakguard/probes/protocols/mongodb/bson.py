"""BSON, read: any document that a host sends, with every length checked before it is believed (bsonspec.org, 1.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mongodb.bson_types import BsonType

_DEEPEST = 64
"""Documents inside documents; servers allow 100, their answers use about five."""
_MOST_ELEMENTS = 30_000
"""A list of six thousand databases has so many; to read them takes half a tenth of a second."""
_BYTES_AN_ELEMENT = 8
"""The least that the elements of an answer have on the average: `ok` alone has twelve. Smaller ones weigh far more in
our memory than on the wire."""
_FREE_ELEMENTS = 500
"""Elements that a document may hold whatever its size."""

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
_PASSED_OVER: Mapping[int, Mapping[str, int]] = {kind: {"$type": kind} for kind in map(int, BsonType)}
"""What stands for a value of a type that no answer needs: one for each type, however many there are."""
_STRINGS = frozenset({BsonType.TEXT, BsonType.CODE, BsonType.SYMBOL})


def read_document(data: bytes) -> dict[str, Any]:
    """The one document that fills `data`; raises `Garbled` for anything else.

    Plain values: numbers, text, booleans, `None`, lists, dicts; every other type becomes `{"$type": number}`, which is
    the same one each time.
    """
    return _Reading(data).whole()


class _Reading:
    """One pass over the bytes, with every length checked before it is believed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = min(_MOST_ELEMENTS, _FREE_ELEMENTS + len(data) // _BYTES_AN_ELEMENT)

    def whole(self) -> dict[str, Any]:
        document = self._document(len(self._data), 0)
        if self._at != len(self._data):
            raise Garbled("bytes behind the document")
        return document

    def _document(self, end: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind, name, own_end in self._elements(end, depth):
            found[name.decode("utf-8", "replace")] = self._value(kind, own_end, depth)
        return found

    def _elements(self, end: int, depth: int) -> Iterator[tuple[int, bytes, int]]:
        """Type, name and bounds of each element of the document at the cursor, which must end at or before `end`.

        Whoever asks reads the element's value before the next.
        """
        own_end = self._at + self._int32()
        if depth > _DEEPEST or not self._at < own_end <= end:
            raise Garbled("a document's length is wrong, or it is too deep")
        while (kind := self._take(1)[0]) != 0:
            self._left -= 1
            if self._left < 0:
                raise Garbled("too many elements")
            yield kind, self._name(own_end), own_end
        if self._at != own_end:
            raise Garbled("a document ends elsewhere than it says")

    def _value(self, kind: int, end: int, depth: int) -> Any:  # noqa: ANN401 (a host's own value)
        width = _FIXED.get(kind)
        if width is not None:
            return _fixed(kind, self._take(width))
        if kind in _STRINGS:
            text = self._text(end)
            return text if kind == BsonType.TEXT else _PASSED_OVER[kind]
        if kind == BsonType.DOCUMENT:
            return self._document(end, depth + 1)
        if kind == BsonType.ARRAY:
            return [self._value(kind, own_end, depth + 1) for kind, _, own_end in self._elements(end, depth + 1)]
        self._skip(kind, end)
        return _PASSED_OVER[kind]

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

    def _name(self, end: int) -> bytes:
        stop = self._data.find(b"\x00", self._at, end)
        if stop < 0:
            raise Garbled("a name without its end")
        raw, self._at = self._data[self._at : stop], stop + 1
        return raw

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
    return None if kind == BsonType.NULL else _PASSED_OVER[kind]
