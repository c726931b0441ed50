"""Android's compiled code (DEX): the names of the classes that a file defines, and its strings; no code is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from leakguard.apps.unread import CannotRead, need

MOST_STRINGS = 2_000_000
MOST_CLASSES = 500_000
MOST_RATIO = 2
"""Bytes of strings in all, times the length of the file: strings may overlap."""
_HEADER = 0x70
_OLDEST, _NEWEST = b"035", b"040"
_CLASS = 32
"""Bytes that define a class; the first four are its type."""


class Dex:
    """One file of code."""

    def __init__(self, data: bytes) -> None:
        """Raises `CannotRead`."""
        need(len(data) >= _HEADER and data[:4] == b"dex\n", "it is no DEX file")
        need(_OLDEST <= data[4:7] <= _NEWEST, "it is of a version of DEX that is not read")
        self._data = data
        strings, strings_at, types, types_at = struct.unpack_from("<4L", data, 0x38)
        classes, classes_at = struct.unpack_from("<2L", data, 0x60)
        need(strings <= MOST_STRINGS, f"it states more than {MOST_STRINGS:,} strings")
        need(classes <= MOST_CLASSES, f"it states more than {MOST_CLASSES:,} classes")
        need(strings_at + 4 * strings <= len(data), "its strings are beyond its end")
        need(types_at + 4 * types <= len(data), "its types are beyond its end")
        need(classes_at + _CLASS * classes <= len(data), "its classes are beyond its end")
        self._strings = struct.unpack_from(f"<{strings}L", data, strings_at)
        self._types = struct.unpack_from(f"<{types}L", data, types_at)
        self._classes = [each for each, *_ in struct.iter_unpack("<L28x", data[classes_at:][: _CLASS * classes])]

    def class_names(self) -> Iterator[str]:
        """`com.umeng.analytics.MobclickAgent`; raises `CannotRead`, also in the middle."""
        for number in self._classes:
            need(number < len(self._types), "a class has a type that is not stated")
            string = self._types[number]
            need(string < len(self._strings), "a type has a name that is not stated")
            name = self._bytes_at(self._strings[string]).decode("utf-8", "replace")
            yield name.removeprefix("L").removesuffix(";").replace("/", ".")

    def strings(self) -> Iterator[bytes]:
        """Each string as it is stored; raises `CannotRead` for more than the file could hold without overlaps."""
        left = MOST_RATIO * len(self._data)
        for at in self._strings:
            text = self._bytes_at(at)
            left -= len(text) + 1
            need(left >= 0, "its strings overlap")
            yield text

    def _bytes_at(self, at: int) -> bytes:
        begin = at
        while begin < len(self._data) and self._data[begin] & 0x80:
            begin += 1
            need(begin - at < 5, "the length of a string is longer than one can be")  # noqa: PLR2004  (32 bits)
        end = self._data.find(b"\0", begin + 1)
        if begin >= len(self._data) or end < 0:
            raise CannotRead("a string is beyond its end")
        return self._data[begin + 1 : end]
