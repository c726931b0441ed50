"""The pool of strings of a compiled Android file (`ResStringPool` of AOSP's ResourceTypes.h), read one by one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from leakguard.apps.unread import CannotRead, need

MOST_STRINGS = 1_000_000
LONGEST = 1 << 16
"""Bytes of one string that is a name; `text` refuses what is longer."""
MOST_TEXT = 64 << 20
"""Bytes that `texts` gives in all: strings may overlap, so that a small pool states many."""
_HEADER = struct.Struct("<HHLLLLLL")
_UTF8 = 0x100


class StringPool:
    """The strings of one chunk by their numbers."""

    def __init__(self, chunk: bytes) -> None:
        """`chunk` begins with its header; raises `CannotRead`."""
        need(len(chunk) >= _HEADER.size, "a pool of strings is cut short")
        _, header, size, count, _, flags, start, _ = _HEADER.unpack_from(chunk)
        need(header >= _HEADER.size and size <= len(chunk), "a pool of strings is cut short")
        need(count <= MOST_STRINGS, f"a pool states more than {MOST_STRINGS:,} strings")
        need(header + 4 * count <= len(chunk), "a pool of strings is cut short")
        self._chunk, self._start, self._is_utf8 = chunk, start, bool(flags & _UTF8)
        self._offsets = struct.unpack_from(f"<{count}L", chunk, header)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._offsets)

    def text(self, number: int) -> str:
        """One string; raises `CannotRead` where there is none."""
        return self._text(number, LONGEST)

    def _text(self, number: int, most: int) -> str:
        need(0 <= number < len(self._offsets), "a string is named that the pool does not have")
        data = self._bytes_at(self._start + self._offsets[number], most)
        return data.decode("utf-8", "replace") if self._is_utf8 else data.decode("utf-16-le", "replace")

    def texts(self) -> Iterator[str]:
        """Each string once that can be read, up to a cap for all of them; raises `CannotRead` beyond it."""
        left = MOST_TEXT
        for number, offset in enumerate(self._offsets):
            if offset in self._offsets[max(0, number - 1) : number]:
                continue
            try:
                text = self._text(number, 2 * MOST_TEXT)
            except CannotRead:
                continue
            left -= len(text) + 1
            need(left >= 0, f"a pool holds more than {MOST_TEXT:,} letters")
            yield text

    def _bytes_at(self, at: int, most: int) -> bytes:
        at, length = self._length_at(at)
        if self._is_utf8:  # the number of letters stood there first, and the number of bytes follows
            at, length = self._length_at(at)
        else:
            length *= 2
        need(length <= most, f"a string is longer than {most:,} bytes")
        need(at + length <= len(self._chunk), "a string is beyond the end of its pool")
        return self._chunk[at : at + length]

    def _length_at(self, at: int) -> tuple[int, int]:
        """Where what follows begins, and the number at a place: one or two units, the first bit telling which."""
        unit, top = (1, 0x80) if self._is_utf8 else (2, 0x8000)
        need(at + 2 * unit <= len(self._chunk), "a string is beyond the end of its pool")
        first = int.from_bytes(self._chunk[at : at + unit], "little")
        if not first & top:
            return at + unit, first
        second = int.from_bytes(self._chunk[at + unit : at + 2 * unit], "little")
        return at + 2 * unit, (first & (top - 1)) << (8 * unit) | second
