"""ClickHouse's native protocol in the form of revision 54032: a hello, an exception, and one text as an answer."""

from __future__ import annotations

from dataclasses import dataclass

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Garbled, is_tls_alert, whole_number

_HELLO, _DATA, _EXCEPTION, _PROGRESS, _PONG, _END, _PROFILE = 0, 1, 2, 3, 4, 5, 6
_TOTALS, _EXTREMES = 7, 8
_BLOCKS = frozenset({_DATA, _TOTALS, _EXTREMES})
_NUMBERS = {_PROGRESS: 3, _PONG: 0}
_MOST_COLUMNS = 16
_MOST_ROWS = 16
_LONGEST = 1024 * 1024
_MOST_NESTED = 16
_MOST_FIELDS = 16
"""A block that is not whole is read from its start again with each piece, so what may repeat in it is bounded."""
_LARGEST_REVISION = 1_000_000
_TEXT = "String"


@dataclass(slots=True, kw_only=True)
class PacketSummary:
    """What the packets of one answer held together."""

    version: str | None = None
    """`18.16`; only a hello tells it."""
    code: int | None = None
    """The number of an exception."""
    text: str | None = None
    """The one text of the one row."""
    is_whole: bool = False


class ClickhouseReader:
    """Packets up to a hello, an exception or the end of an answer."""

    def __init__(self) -> None:
        self.summary = PacketSummary()
        self._data = bytearray()
        self._at = 0

    @property
    def reusable(self) -> bool:
        """After an exception the server may hang up."""
        return self.summary.is_whole and self.summary.code is None and self._at == len(self._data)

    @property
    def wants_tls(self) -> bool:
        """A TLS alert in answer to plain text."""
        return is_tls_alert(self._data)

    def feed(self, data: bytes) -> bool:
        """Take bytes; true once the answer is whole."""
        self._data += data
        if self.wants_tls:
            raise Garbled("a TLS alert")
        while not self.summary.is_whole and self._at < len(self._data):
            cursor = _Waiting(self._data, self._at, order="little")
            try:
                self._packet(cursor)
            except _Incomplete:
                break
            self._at = cursor.at
        return self.summary.is_whole

    def at_end(self) -> bool:
        """A cut answer is never whole."""
        return self.summary.is_whole

    def _packet(self, cursor: _Waiting) -> None:
        kind = cursor.groups()
        if kind == _HELLO:
            self.summary.version = _hello(cursor)
        elif kind == _EXCEPTION:
            self.summary.code = _exception(cursor)
        elif kind in _BLOCKS:
            text = _block(cursor)
            self.summary.text = self.summary.text or text
        elif kind == _PROFILE:
            _profile(cursor)
        elif kind in _NUMBERS:
            for _ in range(_NUMBERS[kind]):
                cursor.groups()
        elif kind != _END:
            raise Garbled("not ClickHouse")
        self.summary.is_whole = kind in (_HELLO, _EXCEPTION, _END)


class _Incomplete(Garbled):
    """The packet may still become whole."""


class _Waiting(Cursor):
    """A cursor that tells what is not there yet from what can never be."""

    def take(self, count: int) -> bytes:
        if not 0 <= count <= _LONGEST:
            raise Garbled("an impossible length")
        if count > self.left:
            raise _Incomplete("the packet is cut")
        return super().take(count)


def _hello(cursor: _Waiting) -> str:
    name = cursor.grouped_text()
    major, minor, revision = cursor.groups(), cursor.groups(), cursor.groups()
    if not name.startswith("ClickHouse") or revision > _LARGEST_REVISION:
        raise Garbled("not ClickHouse")
    return f"{major}.{minor}"


def _exception(cursor: _Waiting) -> int:
    """Its number; the name, the words and the trace of the stack are passed over, those inside it as well."""
    code: int | None = None
    for _ in range(_MOST_NESTED):
        number = cursor.signed(4)
        code = number if code is None else code
        for _ in range(3):
            cursor.grouped_text()
        if cursor.unsigned(1) == 0:
            return code
    raise Garbled("an exception without an end")


def _block(cursor: _Waiting) -> str | None:
    """The first text of a block of texts; an empty block describes columns or marks the end."""
    cursor.grouped_text()
    _about_block(cursor)
    columns, rows = cursor.groups(), cursor.groups()
    if columns > _MOST_COLUMNS or rows > _MOST_ROWS:
        raise Garbled("more than was asked for")
    found: list[str] = []
    for _ in range(columns):
        cursor.grouped_text()
        kind = cursor.grouped_text()
        if rows and kind != _TEXT:
            raise Garbled("another type than was asked for")
        found += [cursor.grouped_text() for _ in range(rows)]
    return found[0] if found else None


def _about_block(cursor: _Waiting) -> None:
    """What is told of a block before its columns: two small numbers, each behind its own; nothing behind the zero."""
    for _ in range(_MOST_FIELDS):
        field = cursor.groups()
        if field == 0:
            return
        cursor.take({1: 1, 2: 4}.get(field, -1))
    raise Garbled("a block that never begins")


def _profile(cursor: _Waiting) -> None:
    """Rows, blocks, bytes, whether a limit applied, rows before it, whether they were counted."""
    for _ in range(3):
        cursor.groups()
    cursor.take(1)
    cursor.groups()
    cursor.take(1)


def numbers_of(text: str | None, count: int) -> list[int | None]:
    """`count` numbers with spaces between them, or as many times nothing."""
    words = (text or "").split(" ")
    return [whole_number(word) for word in words] if len(words) == count else [None] * count
