"""SMB 2 and 3 ([MS-SMB2]): the state of an answer, and the list of shares that comes through the pipe `srvsvc`.

The names of shares stay in memory, only to ask whether each lets a null session in.
"""

from __future__ import annotations

import struct

from leakguard.frozen import Frozen
from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

PENDING, MORE_NEEDED = 0x103, 0xC0000016
_FRAME, _HEADER = 4, 64
_LARGEST = 1024 * 1024
_MAGIC = b"\xfeSMB"
_MOST_INTERIM = 16
_RESPONSE = 0x02
_FAULT, _FIRST_AND_LAST = 3, 0x03
_MOST_SHARES = 10_000
_LONGEST_NAME = 1000
_TYPE_MASK, _DISK = 0x0FFFFFFF, 0
_LEVEL = 1


class SmbReader(Buffered):
    """One answer; those that only say "wait" are passed over."""

    def __init__(self) -> None:
        super().__init__()
        self._start = 0
        self._interim = 0

    def measure(self) -> int:
        """The length that stands before each answer."""
        if self.data[0] != 0:
            raise Garbled("not SMB")
        while len(self.data) >= self._start + _FRAME + _HEADER:
            stop = self._stop()
            if self.status != PENDING or len(self.data) < stop:
                return stop
            self._start = stop
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                raise Garbled("an answer that never comes")
        return self._start + _FRAME + _HEADER

    def _stop(self) -> int:
        (length,) = struct.unpack_from(">I", self.data, self._start)
        magic = self.data[self._start + _FRAME : self._start + _FRAME + 4]
        if magic != _MAGIC or not _HEADER <= length <= _LARGEST:
            raise Garbled("not SMB 2")
        return self._start + _FRAME + int(length)

    @property
    def status(self) -> int:
        """The NTSTATUS of the answer."""
        return int(struct.unpack_from("<I", self.data, self._start + _FRAME + 8)[0])

    @property
    def tree(self) -> int:
        """The number of the tree that was connected to."""
        return int(struct.unpack_from("<I", self.data, self._start + _FRAME + 36)[0])

    @property
    def session(self) -> int:
        """The number of the session."""
        return int(struct.unpack_from("<Q", self.data, self._start + _FRAME + 40)[0])

    def cursor(self) -> Cursor:
        """Behind the header."""
        return Cursor(self.data, self._start + _FRAME + _HEADER, order="little")

    def at(self, offset: int) -> Cursor:
        """Where an offset from the header's start points to."""
        return Cursor(self.data, self._start + _FRAME + offset, order="little")


class Share(Frozen):
    """One share; its name never leaves the session."""

    name: str
    is_disk: bool


def read_negotiate(reader: SmbReader) -> dict[str, int]:
    """`{"dialect", "signing"}`: the number of the dialect, and 1 where signing is offered, 3 where it is required."""
    cursor = reader.cursor()
    cursor.take(2)
    signing, dialect = cursor.unsigned(2), cursor.unsigned(2)
    return {"dialect": dialect, "signing": signing & 0x03}


def read_session_flags(reader: SmbReader) -> int:
    """1 for a guest, 2 for nobody, 0 where the server does not say."""
    cursor = reader.cursor()
    cursor.take(2)
    return cursor.unsigned(2)


def read_rights(reader: SmbReader) -> int:
    """What the server says that the session may do in the tree, as a mask of [MS-SMB2] 2.2.13.1."""
    cursor = reader.cursor()
    cursor.take(12)
    return cursor.unsigned(4)


def read_handle(reader: SmbReader) -> bytes:
    """The handle of the pipe that was opened."""
    cursor = reader.cursor()
    cursor.take(64)
    return cursor.take(16)


def read_piped(reader: SmbReader) -> bytes:
    """What came through the pipe."""
    cursor = reader.cursor()
    cursor.take(32)
    offset, count = cursor.unsigned(4), cursor.unsigned(4)
    return reader.at(offset).take(count)


def read_shares(words: bytes) -> tuple[int, list[Share]]:
    """The Windows error code, zero for none, and the shares ([MS-SRVS] 2.2.4.23); raises `Garbled`."""
    cursor = Cursor(words, order="little")
    cursor.take(2)
    kind, flags = cursor.unsigned(1), cursor.unsigned(1)
    cursor.take(20)
    if kind == _FAULT:
        return cursor.unsigned(4), []
    if kind != _RESPONSE or flags & _FIRST_AND_LAST != _FIRST_AND_LAST:
        raise Garbled("not a whole list of shares")
    level, again, container = (cursor.unsigned(4) for _ in range(3))
    if (level, again) != (_LEVEL, _LEVEL):
        raise Garbled("another list than was asked for")
    shares = _listed(cursor) if container else []
    cursor.take(4)
    if cursor.unsigned(4):
        cursor.take(4)
    return cursor.unsigned(4), shares


def _listed(cursor: Cursor) -> list[Share]:
    """The list itself: first a row of pointers and types, then the texts that the pointers stand for, in turn."""
    count, pointer = cursor.unsigned(4), cursor.unsigned(4)
    if not pointer:
        return []
    if count > _MOST_SHARES or cursor.unsigned(4) != count:
        raise Garbled("an impossible number of shares")
    rows = [(cursor.unsigned(4), cursor.unsigned(4), cursor.unsigned(4)) for _ in range(count)]
    shares = []
    for name, kind, remark in rows:
        words = _text(cursor) if name else ""
        if remark:
            _text(cursor)
        shares.append(Share(name=words, is_disk=kind & _TYPE_MASK == _DISK))
    return shares


def _text(cursor: Cursor) -> str:
    """A text of NDR: its room, its start, its length, its letters, and filling up to a multiple of four."""
    cursor.take(8)
    length = cursor.unsigned(4)
    if length > _LONGEST_NAME:
        raise Garbled("an impossible name")
    letters = cursor.take(2 * length)
    cursor.take(-cursor.at % 4)
    return letters.decode("utf-16le", "replace").rstrip("\0")
