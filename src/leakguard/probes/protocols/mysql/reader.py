"""MySQL's packets, protocol version 10: the greeting, the answer to a login, and one row of an answer."""

from __future__ import annotations

import re

from leakguard.frozen import Frozen
from leakguard.probes.formats.reading import Buffered, Garbled

_HEAD = 4
_LARGEST_PACKET = 64 * 1024
"""Far above a greeting, an error or a row of five numbers."""
_MOST_PACKETS = 64
_HANDSHAKE = 10
_OLD_HANDSHAKE = 9
"""Of servers before 3.21, and of a few that pretend to be one: no account is told, and a login has another form."""
_CAPABILITIES_END = 15
"""Behind the version: thread, eight bytes of salt, a zero, and the lower half of the capabilities."""
_OK = 0x00
_MORE = 0x01
_ERROR = 0xFF
_ERROR_HEAD = 3
_END = 0xFE
_END_LONGEST = 8
_ENDS = 2
"""One behind the columns, one behind the rows."""
_CLIENT_SSL = 0x800
_LONGEST_SHORT = 0xFA
_NULL = 0xFB
_VERSION = re.compile(r"(?:5\.5\.5-)?(\d{1,4}(?:\.\d{1,4}){1,3})")
"""MariaDB says `5.5.5-` before its own version, so that old replicas take it for a MySQL that they know."""
_TIDB = re.compile(r"TiDB-v?(\d{1,4}(?:\.\d{1,4}){1,3})", re.IGNORECASE)


class Greeting(Frozen):
    """What a server says first."""

    version: str | None = None
    product: str | None = None
    offers_tls: bool = False
    error: int | None = None
    """An error's number, when the server hangs up instead of greeting."""
    protocol: int = _HANDSHAKE


class PacketsReader(Buffered):
    """One packet; `until_end`: all packets of an answer with rows."""

    def __init__(self, *, until_end: bool = False, most: int = _MOST_PACKETS) -> None:
        super().__init__()
        self._most = most
        self._ends = 0
        self.packets: list[bytes] = []
        self._until_end = until_end
        self._read = 0

    def measure(self) -> int:
        """To the end of the packet that settles the question."""
        while not self._settled():
            at = self._read
            if len(self.data) < at + _HEAD:
                return at + _HEAD
            length = int.from_bytes(self.data[at : at + 3], "little")
            if not 0 < length <= _LARGEST_PACKET or len(self.packets) >= self._most:
                raise Garbled("not a packet of an answer to us")
            if len(self.data) < at + _HEAD + length:
                return at + _HEAD + length
            self._read = at + _HEAD + length
            self.packets.append(bytes(self.data[at + _HEAD : self._read]))
            self._ends += _is_end(self.packets[-1])
        return self._read

    def greeting(self) -> Greeting:
        """The first packet as a greeting; raises `Garbled`."""
        payload = self.packets[0]
        if payload[0] == _ERROR:
            return Greeting(error=_number(payload))
        version, zero, rest = payload[1:].partition(b"\x00")
        if payload[0] == _OLD_HANDSHAKE and zero:
            words = version.decode("latin-1")
            return Greeting(version=_version(words), product=_product(words), protocol=_OLD_HANDSHAKE)
        if payload[0] != _HANDSHAKE or not zero or len(rest) < _CAPABILITIES_END:
            raise Garbled("not a greeting")
        words = version.decode("latin-1")
        capabilities = int.from_bytes(rest[_CAPABILITIES_END - 2 : _CAPABILITIES_END], "little")
        return Greeting(version=_version(words), product=_product(words), offers_tls=bool(capabilities & _CLIENT_SSL))

    @property
    def is_ok(self) -> bool:
        """Whether the answer is "you are in"."""
        return self._first() == _OK

    @property
    def switches(self) -> bool:
        """Whether the server asks for a proof in another way."""
        return self._first() == _END

    @property
    def asks(self) -> bool:
        """Whether the server asks for a proof in any way."""
        return self._first() in (_MORE, _END)

    def error(self) -> int | None:
        """The number of the error that the last packet tells, if it is one; raises `Garbled`."""
        last = self.packets[-1] if self.packets else b""
        return _number(last) if last[:1] == bytes((_ERROR,)) else None

    def row(self) -> list[str | None] | None:
        """The values of the first row, if there is one; raises `Garbled`."""
        rows = self._rows()
        return _values(rows[0]) if rows else None

    def rows(self) -> list[list[str | None]]:
        """The values of all rows; raises `Garbled`."""
        return [_values(row) for row in self._rows()]

    def _rows(self) -> list[bytes]:
        ends = [at for at, packet in enumerate(self.packets) if _is_end(packet)]
        return self.packets[ends[0] + 1 : ends[-1]] if ends else []

    def _first(self) -> int | None:
        return self.packets[0][0] if self.packets else None

    def _settled(self) -> bool:
        if not self.packets or not self._until_end:
            return bool(self.packets)
        return self._ends == _ENDS or self.packets[-1][0] in (_OK, _ERROR)


def _is_end(packet: bytes) -> bool:
    return packet[0] == _END and len(packet) <= _END_LONGEST


def _number(payload: bytes) -> int:
    if len(payload) < _ERROR_HEAD:
        raise Garbled("a cut error")
    return int.from_bytes(payload[1:3], "little")


def _version(words: str) -> str | None:
    found = _TIDB.search(words) or _VERSION.match(words)
    return found[1] if found else None


def _product(words: str) -> str:
    if _TIDB.search(words):
        return "tidb"
    return "mariadb" if "mariadb" in words.lower() else "mysql"


def _values(payload: bytes) -> list[str | None]:
    """A row as text: each value with its length; no number that we ask for is longer than 250 digits."""
    at, values = 0, list[str | None]()
    while at < len(payload):
        length = payload[at]
        if length == _NULL:
            values.append(None)
            at += 1
            continue
        raw = payload[at + 1 : at + 1 + length]
        if length > _LONGEST_SHORT or len(raw) != length:
            raise Garbled("a cut row")
        values.append(raw.decode("latin-1"))
        at += 1 + length
    return values
