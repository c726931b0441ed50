"""Android's binary XML, the form of a manifest in an APK: chunks of AOSP's ResourceTypes.h, each within its bounds."""

from __future__ import annotations

import struct
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
from leakguard.apps.string_pool import StringPool
from leakguard.apps.unread import CannotRead, need

_CHUNK = struct.Struct("<HHL")
_START = struct.Struct("<llHHH")
_ATTRIBUTE = struct.Struct("<lllHBBL")
_XML, _POOL, _MAP, _START_TAG, _END_TAG = 0x0003, 0x0001, 0x0180, 0x0102, 0x0103
_REFERENCE, _STRING, _BOOLEAN = 0x01, 0x03, 0x12
_INTEGERS = range(0x10, 0x20)
_NOWHERE = -1


def read_axml(data: bytes) -> Iterator[Element]:
    """Each element in its order; raises `CannotRead`, also in the middle."""
    need(len(data) >= _CHUNK.size, "it is no binary XML")
    kind, header, size = _CHUNK.unpack_from(data)
    need(kind == _XML and header >= _CHUNK.size, "it is no binary XML")
    need(size <= len(data), "it is cut short")
    return _Reader(data[:size], header).elements()


class _Reader:
    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._start = data, start
        self._pool: StringPool | None = None
        self._numbers: tuple[int, ...] = ()

    def elements(self) -> Iterator[Element]:
        path: list[str] = []
        count = 0
        for kind, header, at, end in self._chunks():
            if kind == _POOL and not count:  # as Android: the last one before the first element
                self._pool = StringPool(self._data[at:end])
            elif kind == _MAP and not count:
                self._numbers = struct.unpack_from(f"<{(end - at - header) // 4}L", self._data, at + header)
            elif kind == _START_TAG:
                count += 1
                need(count <= MOST_ELEMENTS, f"it has more than {MOST_ELEMENTS:,} elements")
                need(len(path) < MOST_DEPTH, f"its elements are nested more than {MOST_DEPTH} deep")
                yield self._element(path, at + header, end)
            elif kind == _END_TAG:
                need(path, "an element ends that never began")
                path.pop()
        need(not path, "an element never ends")

    def _chunks(self) -> Iterator[tuple[int, int, int, int]]:
        at, data = self._start, self._data
        while at < len(data):
            need(at + _CHUNK.size <= len(data), "it is cut short")
            kind, header, size = _CHUNK.unpack_from(data, at)
            need(_CHUNK.size <= header <= size <= len(data) - at, "a part of it states a size that it cannot have")
            yield kind, header, at, at + size
            at += size

    def _element(self, path: list[str], at: int, end: int) -> Element:
        need(at + _START.size <= end, "an element is cut short")
        _, name, start, size, count = _START.unpack_from(self._data, at)
        need(count <= MOST_ATTRIBUTES, f"an element has more than {MOST_ATTRIBUTES} attributes")
        need(size >= _ATTRIBUTE.size or not count, "an attribute is shorter than one can be")
        need(at + start + size * count <= end, "an element is cut short")
        path.append(self._text(name))
        attributes: dict[str, Value] = {}
        for number in range(count):
            key, value = self._attribute(at + start + size * number)
            if key and value is not None:
                attributes.setdefault(key, value)
        return Element(tuple(path), attributes)

    def _attribute(self, at: int) -> tuple[str, Value | None]:
        space, name, raw, _, _, kind, data = _ATTRIBUTE.unpack_from(self._data, at)
        number = self._numbers[name] if 0 <= name < len(self._numbers) else 0
        key = ATTRIBUTES.get(number, "") if number else self._plain(name) if space == _NOWHERE else ""
        return (key, self._value(kind, data, raw)) if key else ("", None)

    def _plain(self, name: int) -> str:
        return text if (text := self._text(name)) in PLAIN else ""

    def _value(self, kind: int, data: int, raw: int) -> Value | None:
        if kind == _STRING:
            return self._text(data)
        if kind == _REFERENCE:
            return Reference(data)
        if kind == _BOOLEAN:
            return bool(data)
        if kind in _INTEGERS:
            return data
        return self._text(raw) if raw != _NOWHERE else None

    def _text(self, number: int) -> str:
        if self._pool is None:
            raise CannotRead("it has no pool of strings")
        return self._pool.text(number)
