"""ONC RPC's answers (RFC 5531) over TCP, and the mount service's list of exports (RFC 1813, 5.2.5), counted."""

from __future__ import annotations

import struct

from leakguard.frozen import Frozen
from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

_MARK, _LAST, _SIZE = 4, 0x80000000, 0x7FFFFFFF
_LARGEST = 4 * 1024 * 1024
_MOST_FRAGMENTS = 1000
_REPLY, _ACCEPTED = 1, 0
_LONGEST_TEXT = 1024
"""MNTPATHLEN; the names of groups and the verifier of an answer are shorter still."""
_MOST_EXPORTS = 10_000
_MOST_GROUPS = 10_000
_EVERYBODY = frozenset({"*", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "::/0", "(everyone)"})
REFUSED = -1
"""A call that was not even accepted."""


class RpcReader(Buffered):
    """One answer, in one fragment or more (RFC 5531, 11)."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._needed = 2 * _MARK
        self._fragments: list[tuple[int, int]] = []
        self._at = 0
        self._last = False

    def measure(self) -> int:
        """Walks over the fragments; the first begins with the number of our call."""
        while not self._last:
            if len(self.data) < self._at + _MARK:
                return self._at + _MARK
            self._check()
            mark = struct.unpack_from(">I", self.data, self._at)[0]
            stop = self._at + _MARK + int(mark & _SIZE)
            if len(self.data) < stop:
                return stop
            self._fragments.append((self._at + _MARK, stop))
            self._at, self._last = stop, bool(mark & _LAST)
        return self._at

    def _check(self) -> None:
        mark, number = struct.unpack_from(">II", self.data)
        size = struct.unpack_from(">I", self.data, self._at)[0] & _SIZE
        if number != self._number or mark & _SIZE < _MARK or size > _LARGEST or len(self._fragments) > _MOST_FRAGMENTS:
            raise Garbled("not an answer of RPC")

    def result(self) -> tuple[int, Cursor]:
        """0 and the result, or why there is none: the number of RFC 5531's `accept_stat`, or `REFUSED`."""
        cursor = Cursor(b"".join(bytes(self.data[start:stop]) for start, stop in self._fragments), _MARK)
        if cursor.unsigned(4) != _REPLY:
            raise Garbled("not an answer")
        if cursor.unsigned(4) != _ACCEPTED:
            return REFUSED, cursor
        cursor.take(4)
        _text(cursor)
        return cursor.unsigned(4), cursor


class Exports(Frozen):
    """How many folders are offered, and how many of them to everybody."""

    exports: int = 0
    everybody: int = 0


def read_exports(cursor: Cursor) -> Exports:
    """A linked list of folders, each with a linked list of those who may mount it; an empty one means everybody."""
    exports = everybody = 0
    while cursor.unsigned(4):
        exports += 1
        if exports > _MOST_EXPORTS:
            raise Garbled("more folders than an answer holds")
        _text(cursor)
        everybody += _is_for_everybody(cursor)
    return Exports(exports=exports, everybody=everybody)


def _is_for_everybody(cursor: Cursor) -> bool:
    groups: set[str] = set()
    count = 0
    while cursor.unsigned(4):
        count += 1
        if count > _MOST_GROUPS:
            raise Garbled("more groups than an answer holds")
        groups.add(_text(cursor))
    return not groups or not groups.isdisjoint(_EVERYBODY)


def _text(cursor: Cursor) -> str:
    """A text behind its length, filled up to a multiple of four."""
    length = cursor.unsigned(4)
    if length > _LONGEST_TEXT:
        raise Garbled("an impossible length")
    return cursor.take(length + -length % 4)[:length].decode("utf-8", "replace")
