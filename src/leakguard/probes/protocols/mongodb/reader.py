"""MongoDB's messages: OP_MSG (2013) for servers since 3.6, OP_QUERY (2004) and OP_REPLY (1) for older ones."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, is_tls_alert
from leakguard.probes.protocols.mongodb.bson import read_document
from leakguard.probes.protocols.mongodb.bson_write import write_document

OP_MSG = 2013
OP_QUERY = 2004
_OP_REPLY = 1
_HEADER = 16
_LARGEST_MESSAGE = 48_000_000
"""`maxMessageSizeBytes` of every server since 2.4."""
_REPLY_HEAD = 20
_LENGTH = 4


def msg(command: Mapping[str, Any], number: int) -> bytes:
    """`command` as OP_MSG; its first key is the command's name and `$db` must be among the rest."""
    body = struct.pack("<i", 0) + b"\x00" + write_document(command)
    return struct.pack("<iiii", _HEADER + len(body), number, 0, OP_MSG) + body


def query(command: Mapping[str, Any], number: int) -> bytes:
    """`command` as OP_QUERY, which names the database in front and asks for one document."""
    rest = {name: value for name, value in command.items() if name != "$db"}
    collection = f"{command['$db']}.$cmd\x00".encode()
    body = struct.pack("<i", 0) + collection + struct.pack("<ii", 0, -1) + write_document(rest)
    return struct.pack("<iiii", _HEADER + len(body), number, 0, OP_QUERY) + body


class MongoReader(Buffered):
    """One message."""

    def __init__(self) -> None:
        super().__init__()
        self._needed = _HEADER

    def measure(self) -> int:
        """The length that the header states; a port that is not MongoDB's is seen here."""
        length, opcode = struct.unpack_from("<i", self.data)[0], struct.unpack_from("<i", self.data, 12)[0]
        if opcode not in (OP_MSG, _OP_REPLY) or not _HEADER < length <= _LARGEST_MESSAGE:
            raise Garbled("not a MongoDB message")
        return int(length)

    def feed(self, data: bytes) -> bool:
        """As `Buffered`; a TLS alert is shorter than a header, so it is looked for first."""
        whole = super().feed(data)
        if not whole and is_tls_alert(self.data):
            raise Garbled("a TLS alert")
        return whole

    def document(self) -> dict[str, Any]:
        """The answer's document; raises `Garbled`."""
        data = bytes(self.data[: struct.unpack_from("<i", self.data)[0]])
        if struct.unpack_from("<i", data, 12)[0] == OP_MSG:
            return _msg_document(data)
        return _first(data[_HEADER + _REPLY_HEAD :])


def _msg_document(data: bytes) -> dict[str, Any]:
    """Section kind 0; command answers have no other."""
    if len(data) < _HEADER + 5 or data[_HEADER + 4] != 0:
        raise Garbled("not a command's answer")
    return _first(data[_HEADER + 5 :])


def _first(data: bytes) -> dict[str, Any]:
    """The document at the start; a checksum may follow."""
    if len(data) < _LENGTH:
        raise Garbled("no document")
    return read_document(data[: max(struct.unpack_from("<i", data)[0], 0)])
