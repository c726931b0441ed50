"""MongoDB: commands that describe the server; the first key of a command's document is its name."""

from __future__ import annotations

import re
import struct

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(rb"[\x00-\xff]{3}[\x00-\x02][\x00-\xff]{8}(?:\x01\x00\x00\x00|\xdd\x07\x00\x00)")
"""The sixteen bytes of a header, of a message of at most 48 MB."""

_HEADER = 16
_OP_MSG = 2013
_OP_QUERY = 2004


def _carries(verb: str, data: bytes) -> bool:
    """One message, whose document starts with the verb and fills the rest."""
    if len(data) <= _HEADER or struct.unpack_from("<i", data)[0] != len(data):
        return False
    start = _document(data)
    fills = len(data) > start + 5 and start + struct.unpack_from("<i", data, start)[0] == len(data)
    return start > 0 and fills and data[start + 5 :].split(b"\x00", 1)[0] == verb.encode()


def _document(data: bytes) -> int:
    """Where the command's document starts, or zero if this is neither OP_MSG nor a command in OP_QUERY."""
    opcode = struct.unpack_from("<i", data, 12)[0]
    if opcode == _OP_MSG:
        return _HEADER + 5
    collection_end = data.find(b".$cmd\x00", _HEADER + 4)
    is_command = data.find(b"\x00", _HEADER + 4) == collection_end + 5
    return collection_end + 6 + 8 if opcode == _OP_QUERY and is_command else 0


def _greets(data: bytes) -> bool:
    """It answers HTTP in HTTP, with a sentence that says where one has come to."""
    return b"MongoDB over HTTP" in data


def _begins(data: bytes) -> bool:
    """The head of a message: a length, a number, the number of ours, `OP_REPLY` or `OP_MSG`."""
    return _ANSWER.match(data) is not None or _greets(data)


GATE = ByteGate(
    verbs=frozenset({"hello", "isMaster", "buildInfo", "listDatabases", "dbStats", "listCollections", "listIndexes"}),
    carries=_carries,
    begins=_begins,
    greets=_greets,
)
